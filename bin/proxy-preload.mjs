// Loaded into Node programs that run under `mynah record -- COMMAND` or `mynah run`: Node's fetch and http modules ignore
// proxy variables, so here they are told to use the proxy in MYNAH_PROXY. Every connection goes through CONNECT, so that
// programs that bring their own agents are covered too.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { createRequire } from 'node:module';

const proxy = process.env.MYNAH_PROXY ? new URL(process.env.MYNAH_PROXY) : undefined;

/** The dispatcher of fetch, made on first use: most programs that run never fetch. */
function useProxyForFetch(url) {
  const slot = Symbol.for('undici.globalDispatcher.1');
  Object.defineProperty(globalThis, slot, {
    configurable: true,
    get() {
      // Loading undici asks for the dispatcher too, and makes a plain one where there is none.
      Object.defineProperty(globalThis, slot, { configurable: true, writable: true, value: undefined });
      const { ProxyAgent } = createRequire(import.meta.url)('undici');
      const agent = new ProxyAgent({ uri: url.origin, token: authorization(url), proxyTunnel: true });
      const dispatcher = agent.compose((dispatch) => (options, handler) => dispatch(withOneLength(options), handler));
      // The plain one cannot be removed, but it can be replaced.
      globalThis[slot] = dispatcher;
      return dispatcher;
    },
  });
}

/**
 * Where a program sets Content-Length itself, the fetch of Node adds its own, as `37, 37`; only its own version of undici
 * takes that.
 */
function withOneLength(options) {
  if (options.headers === undefined || Array.isArray(options.headers)) return options;
  const headers = Object.entries(options.headers).map(([name, value]) => {
    const [, length] = (name.toLowerCase() === 'content-length' && /^(\d+)(?:, \1)+$/.exec(value)) || [];
    return [name, length ?? value];
  });
  return { ...options, headers: Object.fromEntries(headers) };
}

function authorization({ username, password }) {
  if (username === '') return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}

/** Connects to the proxy itself, hence never through it. */
const toProxy = Object.assign(new http.Agent(), { createConnection: net.createConnection });

/** Opens a connection through the proxy; gives the socket once the proxy has agreed. */
function connectThroughProxy(url, host, port, done) {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const token = authorization(url);
  const headers = token ? { host: target, 'proxy-authorization': token } : { host: target };
  const request = new http.ClientRequest({
    host: url.hostname,
    port: url.port,
    method: 'CONNECT',
    path: target,
    headers,
    agent: toProxy,
  });
  request.once('connect', (response, socket, head) => {
    if (response.statusCode !== 200) {
      socket.destroy();
      done(new Error(`the recording proxy answered ${response.statusCode} for ${target}`));
      return;
    }
    if (head.length > 0) socket.unshift(head);
    done(null, socket);
  });
  request.once('error', done);
  request.end();
}

function useProxyForAgent(prototype, url, defaultPort, overSocket) {
  const direct = prototype.createConnection;
  prototype.createConnection = function createConnection(options, callback) {
    if (options.socketPath || options.socket || typeof callback !== 'function')
      return direct.call(this, options, callback);
    connectThroughProxy(
      url,
      options.host ?? options.hostname ?? 'localhost',
      options.port ?? defaultPort,
      (error, socket) => {
        if (error) callback(error);
        else callback(null, overSocket(this, direct, options, socket));
      },
    );
    return undefined;
  };
}

if (proxy) {
  useProxyForFetch(proxy);
  useProxyForAgent(http.Agent.prototype, proxy, 80, (_agent, _direct, _options, socket) => socket);
  useProxyForAgent(https.Agent.prototype, proxy, 443, (agent, direct, options, socket) =>
    direct.call(agent, { ...options, socket }),
  );
}
