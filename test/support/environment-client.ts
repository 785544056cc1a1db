// An environment server of the notes clone on free ports, and the calls that tests make of it.
import { createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/core/episode/environment.ts';
import { listenerOrigin } from '../../src/proxy/listener.ts';
import {
  startEnvironmentServer,
  type EnvironmentServer,
  type EnvironmentServerOptions,
} from '../../src/server/environment-server.ts';
import { IN_MEMORY, openEpisodeStore } from '../../src/store/episode-log.ts';
import { notesEnvironment } from './notes-clone.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look inside with paths they know
  readonly json: any;
}

export interface SentRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What stands on the request line, where it is not the URL's path. */
  readonly target?: string;
}

/** One request on a connection of its own; a body that is no text is sent as JSON. */
export function send(
  url: string,
  { method = 'GET', headers = {}, body, target }: SentRequest = {},
): Promise<HttpAnswer> {
  const { hostname, port, pathname, search } = new URL(url);
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const typed =
    payload === undefined || 'content-type' in headers ? headers : { 'content-type': 'application/json', ...headers };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { hostname, port, method, path: target ?? pathname + search, headers: typed, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            get json() {
              return JSON.parse(text) as unknown;
            },
          });
        });
      },
    );
    request.once('error', reject);
    request.end(payload);
  });
}

export interface TestServer extends EnvironmentServer {
  readonly agentUrl: string;
  readonly controlUrl: string;
  /** A call of the control plane. */
  call(method: string, path: string, body?: unknown): Promise<HttpAnswer>;
  /** Makes an episode; gives its base URL. */
  begin(start?: object): Promise<string>;
}

const key = randomBytes(16);

export async function testServer(
  environment: Environment = notesEnvironment(),
  options: Partial<EnvironmentServerOptions> = {},
): Promise<TestServer> {
  const defects: unknown[] = [];
  let made = 0;
  const server = await startEnvironmentServer({
    environment,
    store: openEpisodeStore(IN_MEMORY),
    hash: (text) => createHmac('sha256', key).update(text).digest('hex'),
    newId: () => `episode-${++made}`,
    now: () => 0,
    listen: { host: '127.0.0.1', port: 0 },
    control: { host: '127.0.0.1', port: 0 },
    onFailure: (error) => defects.push(error),
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    if (defects.length > 0) throw defects[0];
  });
  const [agentUrl, controlUrl] = [listenerOrigin(server.agent), listenerOrigin(server.control)];
  const call = (method: string, path: string, body?: unknown) =>
    send(controlUrl + path, { method, ...(body === undefined ? {} : { body }) });
  return {
    ...server,
    agentUrl,
    controlUrl,
    call,
    begin: async (start = {}) => {
      const { status, text, json } = await call('POST', '/episodes', start);
      if (status !== 201) throw new Error(text);
      return (json as { url: string }).url;
    },
  };
}
