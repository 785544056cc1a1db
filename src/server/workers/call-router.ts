// Calls of the control plane, passed on to the worker whose episode they are about. Those about many episodes go to all workers
// that are concerned, and their answers are put together.
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { MynahError } from '../../core/std/errors.ts';
import { isArray, isObject, memberOf, parseJson, printJson, type Json, type JsonObject } from '../../core/std/json.ts';
import { controlBodyBytesMax } from '../../core/std/limits.ts';
import { readIncomingBody } from '../agent/incoming-body.ts';
import { problemOf } from '../control/problem.ts';
import { KEEP_ALIVE_MS } from '../environment-server.ts';
import { ownerOf } from './ownership.ts';
import type { WorkerPool } from './worker-pool.ts';

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asked {
  readonly method: string;
  readonly url: string;
  /** The URL without a token before it. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Not listening: it is given connections. */
export function createCallRouter(
  pool: Pick<WorkerPool, 'count' | 'portOf'>,
  onFailure: (error: unknown) => void,
): Server {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const next = (): number => (turn = (turn + 1) % pool.count);
  const ask = async (index: number, asked: Asked): Promise<Answered> => send(agent, await pool.portOf(index), asked);
  const server = createServer((request, response) => {
    route(request, ask, pool.count, next).then(
      ({ status, headers, text }) => {
        if (!request.complete) response.shouldKeepAlive = false;
        response.writeHead(status, {
          ...passedOn(headers),
          ...(isEmpty(status) ? {} : { 'content-length': Buffer.byteLength(text) }),
        });
        response.end(isEmpty(status) ? undefined : text);
      },
      (error: unknown) => {
        if (!(error instanceof MynahError)) onFailure(error);
        const { status, body } = problemOf(error);
        response.shouldKeepAlive = false;
        response.writeHead(status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
        response.end(printJson(body));
      },
    );
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.once('close', () => agent.destroy());
  return server;
}

/** Answers without a body. */
function isEmpty(status: number): boolean {
  return status === 202 || status === 204;
}

type Ask = (index: number, asked: Asked) => Promise<Answered>;

async function route(request: IncomingMessage, ask: Ask, count: number, next: () => number): Promise<Answered> {
  const bytes = await readIncomingBody(request, controlBodyBytesMax);
  if (bytes === 'too-large')
    throw new MynahError('ERR_BODY_TOO_LARGE', `the body of a call may have ${controlBodyBytesMax} bytes`);
  if (bytes === 'aborted') throw new MynahError('ERR_CALL_INVALID', 'the body of the call did not end');
  const { method = 'GET', url = '/', headers } = request;
  const path = url.replace(/^\/t\/[^/]+(?=\/)/, '');
  const asked: Asked = { method, url, path, headers, text: bytes.toString('utf8') };
  const [name = ''] = path.split('?');
  if (method === 'POST' && name === '/episodes:batch') return joined(asked, 'episodes', ownerOfStart(count, next), ask);
  if (method === 'POST' && name === '/step:batch')
    return joined(asked, 'steps', (step) => ownerOf(idOf(step), count), ask);
  if (method === 'GET' && name === '/episodes') return newest(asked, count, ask);
  if (method === 'GET' && name === '/metrics') return summed(asked, count, ask);
  return ask(ownerOfCall(asked, name, count, next), asked);
}

/** Only an id leads to a worker; whatever else it is about, all workers are the same, and what they make is theirs. */
function ownerOfCall({ method, headers, text }: Asked, name: string, count: number, next: () => number): number {
  const id = /^\/episodes\/([^/]+)/.exec(name)?.[1];
  if (id !== undefined) return ownerOf(id, count);
  if (method === 'POST' && name === '/episodes') return ownerOfStart(count, next)(bodyOf(text) ?? {});
  const body = bodyOf(text);
  const session = memberOf(memberOf(body, 'params'), 'session_id') ?? memberOf(body, 'episode_id');
  const openEnv = headers['x-episode-id'] ?? headers['mcp-session-id'] ?? session;
  return typeof openEnv === 'string' ? ownerOf(openEnv, count) : next();
}

/** The worker that makes an episode: of its id, else of the one that it goes on from, else any. */
function ownerOfStart(count: number, next: () => number): (start: Json) => number {
  return (start) => {
    const [id, from] = [memberOf(start, 'id'), memberOf(memberOf(start, 'from'), 'episode')];
    const owners = [id, from].filter((one) => typeof one === 'string').map((one) => ownerOf(one, count));
    if (owners.length === 2 && owners[0] !== owners[1])
      throw new MynahError(
        'ERR_CALL_INVALID',
        `with several workers, an episode that goes on from another gets its id from the server; leave out id`,
      );
    return owners[0] ?? next();
  };
}

/** A call for many: each worker gets its part, and the answers come in the order of the elements. */
async function joined(asked: Asked, name: string, owner: (element: Json) => number, ask: Ask): Promise<Answered> {
  const list = memberOf(bodyOf(asked.text), name);
  if (!isArray(list)) return ask(0, asked);
  const parts = new Map<number, number[]>();
  list.forEach((element, at) => {
    const index = owner(element);
    parts.set(index, [...(parts.get(index) ?? []), at]);
  });
  const results: Json[] = [];
  let last = await (parts.size === 0 ? ask(0, asked) : undefined);
  await Promise.all(
    [...parts].map(async ([index, places]) => {
      const text = printJson({ [name]: places.map((at) => list[at] as Json) });
      const answered = await ask(index, { ...asked, text });
      const part = answered.status === 200 ? memberOf(bodyOf(answered.text), name) : undefined;
      if (isArray(part)) places.forEach((at, place) => (results[at] = part[place] ?? null));
      if (last === undefined || answered.status !== 200) last = answered;
    }),
  );
  const answered = last as Answered;
  return answered.status === 200 ? { ...answered, text: printJson({ [name]: results }) } : answered;
}

/** The newest of all workers. */
async function newest(asked: Asked, count: number, ask: Ask): Promise<Answered> {
  const all = await askAll(asked, count, ask);
  const refused = all.find(({ status }) => status !== 200);
  if (refused !== undefined) return refused;
  const episodes = all.flatMap(({ text }) => memberOf(bodyOf(text), 'episodes') as readonly JsonObject[]);
  episodes.sort((a, b) => Number(b['created_at']) - Number(a['created_at']));
  const limit = Number(new URLSearchParams(asked.path.split('?')[1]).get('limit') ?? '100');
  return { ...(all[0] as Answered), text: printJson({ episodes: episodes.slice(0, limit) }) };
}

/** Counts of all workers, each sample added up. */
async function summed(asked: Asked, count: number, ask: Ask): Promise<Answered> {
  const all = await askAll(asked, count, ask);
  const sums = new Map<string, number>();
  for (const { text } of all) {
    for (const [, sample = '', value] of text.matchAll(/^([^#\s]\S*) (\S+)$/gm))
      sums.set(sample, (sums.get(sample) ?? 0) + Number(value));
  }
  const [first] = all as [Answered];
  const text = first.text.replace(
    /^([^#\s]\S*) (\S+)$/gm,
    (_line, sample: string) => `${sample} ${sums.get(sample) ?? 0}`,
  );
  return { ...first, text };
}

function askAll(asked: Asked, count: number, ask: Ask): Promise<readonly Answered[]> {
  return Promise.all(Array.from({ length: count }, (_none, index) => ask(index, asked)));
}

/** Members of a body, for finding out where it goes: the worker says what is wrong with it. */
function bodyOf(text: string): JsonObject | undefined {
  try {
    const body = parseJson(text);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function idOf(step: Json): string {
  const id = memberOf(step, 'id');
  return typeof id === 'string' ? id : '';
}

function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const names = ['content-type', 'cache-control', 'mcp-session-id'];
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}

function send(agent: Agent, port: number, { method, url, headers, text }: Asked): Promise<Answered> {
  const { connection: _connection, 'transfer-encoding': _encoding, expect: _expect, ...kept } = headers;
  return new Promise((resolve, reject) => {
    const gone = (): void =>
      reject(new MynahError('ERR_WORKER_DIED', 'the worker of this episode is being replaced; ask again'));
    const request = httpRequest(
      {
        agent,
        host: '127.0.0.1',
        port,
        method,
        path: url,
        headers: { ...kept, 'content-length': Buffer.byteLength(text) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', gone);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 500,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    request.once('error', gone);
    request.end(text);
  });
}
