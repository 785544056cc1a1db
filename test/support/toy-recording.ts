// Small services written as plain functions, recorded as a proxy would record them, and put beside their clones: the same
// client drives both, and both transcripts must be equal.
import { isDeepStrictEqual } from 'node:util';
import { compile } from '../../src/core/compiler/compile.ts';
import type { Exchange, Header } from '../../src/core/exchange/exchange.ts';
import { parseForm } from '../../src/core/exchange/form.ts';
import type { CloneModel } from '../../src/core/model/clone-model.ts';
import type { Recording, SessionStart } from '../../src/core/recording/recording.ts';
import { initialWorld, loadModel, step, type Transition } from '../../src/core/runtime/step.ts';

export const TOY_ORIGIN = 'https://toy.example';
/** 2026-03-01T09:00:00Z: when every toy and every recording of one begins. */
export const TOY_START = 1_772_355_600_000;

/* eslint-disable @typescript-eslint/no-explicit-any -- bodies are whatever a toy takes and gives; tests know their paths */
export interface ToyRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, any>>;
  readonly body: any;
  readonly header: Readonly<Record<string, string>>;
  /** Path and query as sent. */
  readonly target: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface ToyAnswer {
  readonly status: number;
  readonly body?: any;
  /** Body that is not JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** A body that is sent as it is: its type stands in the headers. */
export class RawBody {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type ToyHandler = (request: ToyRequest) => ToyAnswer;
export type Toy = (method: string, request: Omit<ToyRequest, 'params'>) => ToyAnswer;
/** Makes the service anew, in its first state. */
export type MakeToy = () => Toy;

export const ok = (body: unknown): ToyAnswer => ({ status: 200, body });
export const created = (body: unknown): ToyAnswer => ({ status: 201, body });
export const noContent: ToyAnswer = { status: 204 };
export const notFound: ToyAnswer = { status: 404, body: { error: 'not found' } };
export const iso = (now: number): string => new Date(now).toISOString();

/** A service by its routes (`PATCH /notes/{id}`); what no route matches is 404. */
export function toy(handlers: Readonly<Record<string, ToyHandler>>): Toy {
  const routes = Object.entries(handlers).map(([route, handler]) => {
    const [method, path] = route.split(' ') as [string, string];
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
    return { method, names, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`), handler };
  });
  return (method, request) => {
    const path = request.target.split('?')[0] as string;
    for (const { method: own, names, pattern, handler } of routes) {
      const match = own === method ? pattern.exec(path) : null;
      if (match === null) continue;
      const params = Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1] as string)]));
      return handler({ ...request, params });
    }
    return notFound;
  };
}

export interface SentAnswer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
  /** What a clone did for it; undefined for the original. */
  readonly transition?: Transition;
}

/** What a script drives: the original while it is recorded, the original again, or the clone. */
export interface ToyClient {
  send(method: string, target: string, body?: unknown, headers?: Readonly<Record<string, string>>): SentAnswer;
  get(target: string, headers?: Readonly<Record<string, string>>): SentAnswer;
  post(target: string, body?: unknown, headers?: Readonly<Record<string, string>>): SentAnswer;
  put(target: string, body?: unknown, headers?: Readonly<Record<string, string>>): SentAnswer;
  patch(target: string, body?: unknown, headers?: Readonly<Record<string, string>>): SentAnswer;
  delete(target: string, headers?: Readonly<Record<string, string>>): SentAnswer;
  /** Begins another session of the recording. */
  session(name: string, start?: SessionStart): void;
  /** A step of time that asks nothing. */
  rest(): void;
}

export type Script = (client: ToyClient) => void;

type Send = ToyClient['send'];

function clientOf(
  send: Send,
  session: ToyClient['session'] = () => undefined,
  rest = (): void => undefined,
): ToyClient {
  return {
    send,
    session,
    rest,
    get: (target, headers) => send('GET', target, undefined, headers),
    post: (target, body, headers) => send('POST', target, body ?? {}, headers),
    put: (target, body, headers) => send('PUT', target, body ?? {}, headers),
    patch: (target, body, headers) => send('PATCH', target, body ?? {}, headers),
    delete: (target, headers) => send('DELETE', target, undefined, headers),
  };
}

export interface ToyOptions {
  /** Milliseconds between requests. */
  readonly stepMs?: number;
  readonly origin?: string;
}

/** Drives a new service by the script and records it; every request takes one step of the clock. */
export function recordToy(
  make: MakeToy,
  script: Script,
  { stepMs = 1000, origin = TOY_ORIGIN }: ToyOptions = {},
): Recording {
  let service = make();
  let now = TOY_START;
  let session = { name: 'one', start: 'continues' as SessionStart };
  const sessions = [session];
  const exchanges: Exchange[] = [];
  const send: Send = (method, target, body, headers = {}) => {
    const answer = answerOf(service, method, target, body, headers, now);
    exchanges.push({
      id: `x${exchanges.length + 1}`,
      session: session.name,
      origin,
      startedAt: now,
      endedAt: now + 1,
      request: { method, target, headers: requestHeaders(body, headers), ...bodyOf(body) },
      response: {
        status: answer.status,
        headers: Object.entries(answer.headers),
        ...(answer.text === undefined ? {} : { body: { text: answer.text } }),
      },
    });
    now += stepMs;
    return { status: answer.status, body: parsed(answer.text), headers: answer.headers };
  };
  const begin: ToyClient['session'] = (name, start = 'continues') => {
    session = { name, start };
    if (exchanges.length === 0) sessions.length = 0;
    sessions.push(session);
    if (start === 'fresh') service = make();
  };
  script(clientOf(send, begin, () => void (now += stepMs)));
  return { formatVersion: 1, toolVersion: 'test', createdAt: TOY_START, sessions, exchanges };
}

function answerOf(
  service: Toy,
  method: string,
  target: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  now: number,
): { status: number; text: string | undefined; headers: Readonly<Record<string, string>> } {
  const mark = target.indexOf('?');
  const {
    status,
    body: answer,
    text,
    headers: more,
  } = service(method, {
    target,
    query: mark < 0 ? {} : parseForm(target.slice(mark + 1)),
    body: body instanceof RawBody ? body.text : body === undefined ? undefined : structuredClone(body),
    header: headers,
    now,
  });
  const printed = text ?? (answer === undefined ? undefined : JSON.stringify(answer));
  const type = printed === undefined ? {} : { 'content-type': text === undefined ? 'application/json' : 'text/plain' };
  return { status, text: printed, headers: { ...type, ...more } };
}

const requestHeaders = (body: unknown, headers: Readonly<Record<string, string>>): Header[] => [
  ...(body === undefined || body instanceof RawBody ? [] : [['content-type', 'application/json'] as const]),
  ...Object.entries(headers),
];

const bodyOf = (body: unknown): { body?: { text: string } } =>
  body === undefined ? {} : { body: { text: body instanceof RawBody ? body.text : JSON.stringify(body) } };

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A client of the clone, in the world at reset. */
export function cloneClient(model: CloneModel, seed = 1, origin = TOY_ORIGIN): ToyClient {
  const loaded = loadModel(model);
  let world = initialWorld(loaded, seed);
  const send: Send = (method, target, body, headers = {}) => {
    const request = { origin, method, target, headers: requestHeaders(body, headers), ...bodyOf(body) };
    const { world: next, response, transition } = step(loaded, world, request);
    world = next;
    const text = response.body !== undefined && 'text' in response.body ? response.body.text : undefined;
    return { status: response.status, body: parsed(text), headers: Object.fromEntries(response.headers), transition };
  };
  return clientOf(send);
}

export interface TranscriptLine {
  readonly request: string;
  readonly status: number;
  readonly body: unknown;
  readonly location?: string;
}

/** What a script sent and got, line by line. Text that matches `made` is numbered in order of its first appearance. */
export function transcript(client: ToyClient, script: Script, made?: RegExp): TranscriptLine[] {
  const lines: TranscriptLine[] = [];
  const send: Send = (method, target, body, headers) => {
    const answer = client.send(method, target, body, headers);
    const location = answer.headers['location'];
    lines.push({
      request: `${method} ${target}${body === undefined ? '' : ` ${body instanceof RawBody ? body.text : JSON.stringify(body)}`}`,
      status: answer.status,
      body: answer.body,
      ...(location === undefined ? {} : { location }),
    });
    return answer;
  };
  script(clientOf(send));
  return made === undefined ? lines : (JSON.parse(numbered(JSON.stringify(lines), made)) as TranscriptLine[]);
}

function numbered(text: string, made: RegExp): string {
  const seen = new Map<string, number>();
  return text.replace(new RegExp(made.source, 'g'), (id) => {
    const at = seen.get(id) ?? seen.size + 1;
    seen.set(id, at);
    return `<${at}>`;
  });
}

export interface Contract {
  readonly model: CloneModel;
  /** The exam on a new original. */
  readonly original: readonly TranscriptLine[];
  /** The exam on the clone. */
  readonly clone: readonly TranscriptLine[];
}

/** Records what the lesson does, compiles it, and lets original and clone, both new, sit an exam that was not recorded. */
export function sitExam(
  make: MakeToy,
  lesson: Script,
  exam: Script,
  made?: RegExp,
  options: ToyOptions = {},
): Contract {
  const { model } = compile([recordToy(make, lesson, options)]);
  let original: TranscriptLine[] = [];
  recordToy(make, (client) => void (original = transcript(client, exam, made)), options);
  return { model, original, clone: transcript(cloneClient(model, 1, options.origin), exam, made) };
}

export interface Mistake {
  readonly request: string;
  readonly original: unknown;
  readonly clone: unknown;
}

/** What the clone answers otherwise than the original in an exam that was not recorded; the first few. */
export function mistakes(...exam: Parameters<typeof sitExam>): Mistake[] {
  const { original, clone } = sitExam(...exam);
  const found: Mistake[] = [];
  for (const [at, { request, ...expected }] of original.entries()) {
    const { request: asked, ...actual } = clone[at] ?? { request: 'nothing' };
    if (asked !== request) found.push({ request, original: request, clone: asked });
    else if (!isDeepStrictEqual(actual, expected)) found.push({ request, original: expected, clone: actual });
    if (found.length === 5) break;
  }
  return found;
}

/** Throws of a die, the same for the same seed. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = (Math.imul(seed + 1, 2_654_435_761) ^ 0x9e37_79b9) >>> 0;
  }

  /** A number from 0 to 1. */
  throw(): number {
    this.state = (Math.imul(this.state ^ (this.state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return ((this.state ^ (this.state >>> 13)) >>> 0) / 4_294_967_296;
  }

  chance(share: number): boolean {
    return this.throw() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.throw() * list.length)] as T;
  }

  /** Random characters of an alphabet. */
  text(length: number, alphabet = '0123456789abcdef'): string {
    return Array.from({ length }, () => this.pick([...alphabet])).join('');
  }

  word(): string {
    return this.pick(WORDS) + this.text(3, 'abcdefghij');
  }
}

const WORDS = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'heath',
  'islet',
  'junco',
  'kelp',
  'larch',
];
