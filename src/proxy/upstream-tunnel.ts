// Connections to upstreams through another proxy: a tunnel by CONNECT, for whatever goes through it.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { buildConnector } from 'undici';

/**
 * Opens a tunnel to a host and port.
 * @param via URL of the proxy; its user name and password are sent to it
 * @param timeoutMs milliseconds that the proxy may take
 */
export function openUpstreamTunnel(via: string, host: string, port: number, timeoutMs: number): Promise<Socket> {
  const proxy = new URL(via);
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const user = [proxy.username, proxy.password].map(decodeURIComponent).join(':');
  const ask = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = ask({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        ...(proxy.username ? { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` } : {}),
      },
      agent: false,
      timeout: timeoutMs,
    });
    const fail = (reason: string) => {
      asked.destroy();
      reject(Object.assign(new Error(`the proxy ${proxy.host} ${reason}`), { code: 'ERR_UPSTREAM_TUNNEL' }));
    };
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode !== 200) return fail(`answered ${statusCode} to CONNECT ${authority}`);
      socket.setTimeout(0);
      resolve(socket);
    });
    asked.once('timeout', () => fail('did not answer in time'));
    asked.once('error', (error) => fail(`cannot be asked: ${error.message}`));
    asked.end();
  });
}

type TlsOptions = Pick<ConnectionOptions, 'rejectUnauthorized' | 'ca' | 'cert' | 'key'>;

/** Connects what undici sends through a proxy. */
export function tunnelConnector(
  via: string,
  timeoutMs: number,
  tls: buildConnector.BuildOptions,
): buildConnector.connector {
  const secure = buildConnector(tls);
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    openUpstreamTunnel(via, host, port, timeoutMs).then(
      (socket) => {
        if (options.protocol === 'https:') secure({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
}

/** Connects what node:http and node:https send through a proxy. */
export function tunnelAgent(via: string, timeoutMs: number, isSecure: boolean, tls: TlsOptions): HttpAgent {
  const createConnection = (
    { host, port }: { readonly host: string; readonly port: number },
    done: (error: Error | null, stream?: Duplex) => void,
  ): void => {
    openUpstreamTunnel(via, host, Number(port), timeoutMs).then(
      (socket) => done(null, isSecure ? connectTls({ ...tls, socket, host, servername: serverName(host) }) : socket),
      (error: Error) => done(error),
    );
  };
  return Object.assign(isSecure ? new HttpsAgent() : new HttpAgent(), { createConnection });
}

/** An address is no name that a server could be asked for. */
function serverName(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host;
}
