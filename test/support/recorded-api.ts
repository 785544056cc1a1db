// A small API with a random look, and recordings of it, for tests of drift: entities of one type that are created, read,
// listed, changed and deleted in sessions; some fields are optional, some nullable, some enumerations.
import type { CloneModel } from '../../src/core/model/clone-model.ts';
import type { Exchange } from '../../src/core/exchange/exchange.ts';
import { routeExchanges } from '../../src/core/model/exchange-routing.ts';
import { collectShapes, type Shapes } from '../../src/core/model/shapes.ts';
import type { Recording } from '../../src/core/recording/recording.ts';

export const API_ORIGIN = 'https://api.example';

/** A field of the entities: how often an entity has it, and whether values can be null. */
export interface ApiField {
  readonly name: string;
  readonly presence: number;
  readonly nullShare: number;
  readonly kind: 'text' | 'enum' | 'number' | 'time';
}

export const itemFields: readonly ApiField[] = [
  { name: 'title', presence: 1, nullShare: 0, kind: 'text' },
  { name: 'status', presence: 1, nullShare: 0, kind: 'enum' },
  { name: 'price', presence: 1, nullShare: 0, kind: 'number' },
  { name: 'created_at', presence: 1, nullShare: 0, kind: 'time' },
  { name: 'closed_at', presence: 1, nullShare: 0.5, kind: 'time' },
  { name: 'note', presence: 0.4, nullShare: 0, kind: 'text' },
];

const route = (id: string, method: string, path: string): CloneModel['services'][number]['routes'][number] => ({
  id,
  method,
  path,
  cases: [],
});

export const apiModel: CloneModel = {
  formatVersion: 1,
  clock: { startMs: 0, stepMs: 1 },
  services: [
    {
      name: 'api',
      origins: [API_ORIGIN],
      principals: [],
      generators: {},
      entities: [],
      routes: [
        route('items.list', 'GET', '/items'),
        route('items.create', 'POST', '/items'),
        route('items.get', 'GET', '/items/{id}'),
        route('items.change', 'PATCH', '/items/{id}'),
        route('items.delete', 'DELETE', '/items/{id}'),
      ],
      errors: [],
      seed: {},
    },
  ],
};

/** Numbers from 0 to 1, equal for equal seeds. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
  };
}

export type Answer = { status: number; body?: unknown };

export interface RecordOptions {
  readonly seed: number;
  readonly sessionCount?: number;
  readonly stepCount?: number;
  readonly fields?: readonly ApiField[];
  readonly origin?: string;
  /** What the API does otherwise than it used to. */
  readonly change?: (answer: Answer, method: string, path: string) => Answer;
}

export function recordApi({
  seed,
  sessionCount = 10,
  stepCount = 30,
  fields = itemFields,
  origin = API_ORIGIN,
  change = (answer) => answer,
}: RecordOptions): Recording {
  const random = randomNumbers(seed);
  const exchanges: Exchange[] = [];
  const sessions = Array.from({ length: sessionCount }, (_, index) => `session-${seed}-${index}`);
  for (const session of sessions) {
    const items = new Map<number, Record<string, unknown>>();
    let nextId = 1;
    for (let step = 0; step < stepCount; step += 1) {
      const choice = random();
      const id = 1 + Math.floor(random() * (nextId + 1));
      let [method, path, answer]: [string, string, Answer] = [
        'GET',
        '/items',
        { status: 200, body: { items: [...items.values()], total: items.size } },
      ];
      if (choice < 0.3 || items.size === 0) {
        const item = { id: nextId, ...makeItem(fields, random) };
        items.set(nextId, item);
        nextId += 1;
        [method, path, answer] = ['POST', '/items', { status: 201, body: item }];
      } else if (choice < 0.9) {
        method = choice < 0.6 ? 'GET' : choice < 0.8 ? 'PATCH' : 'DELETE';
        path = `/items/${id}`;
        const item = items.get(id);
        answer =
          item === undefined
            ? { status: 404, body: { message: 'not found', code: 'missing' } }
            : { status: 200, body: item };
        if (item !== undefined && method === 'DELETE') {
          items.delete(id);
          answer = { status: 204 };
        }
      }
      exchanges.push(
        exchange(exchanges.length, session, origin, method, path, change(structuredClone(answer), method, path)),
      );
    }
  }
  return {
    formatVersion: 1,
    toolVersion: 'test',
    createdAt: 0,
    sessions: sessions.map((name) => ({ name, start: 'fresh' })),
    exchanges,
  };
}

function makeItem(fields: readonly ApiField[], random: () => number): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  for (const { name, presence, nullShare, kind } of fields) {
    const [isThere, isNull, value] = [random() < presence, random() < nullShare, random()];
    if (isThere) item[name] = isNull ? null : makeValue(kind, value);
  }
  return item;
}

function makeValue(kind: ApiField['kind'], value: number): unknown {
  if (kind === 'number') return Math.floor(value * 1000);
  if (kind === 'enum') return ['open', 'closed', 'blocked'][Math.floor(value * 3)];
  if (kind === 'time') return `2026-01-0${1 + Math.floor(value * 9)}T10:00:00Z`;
  return `word-${Math.floor(value * 1_000_000)}`;
}

function exchange(
  index: number,
  session: string,
  origin: string,
  method: string,
  target: string,
  answer: Answer,
): Exchange {
  const isWrite = method === 'POST' || method === 'PATCH';
  const body = answer.body === undefined ? {} : { body: { text: JSON.stringify(answer.body) } };
  return {
    id: `x${index}`,
    session,
    origin,
    startedAt: index,
    endedAt: index,
    request: { method, target, headers: [], ...(isWrite ? { body: { text: JSON.stringify({ nonce: index }) } } : {}) },
    response: { status: answer.status, headers: [['content-type', 'application/json']], ...body },
  };
}

export function shapesOf(recording: Recording): Shapes {
  return collectShapes(routeExchanges(apiModel, recording.exchanges).routed);
}

/** Applies a change to every item of an answer, in lists too. */
export function changeItems(change: (item: Record<string, unknown>) => void): (answer: Answer) => Answer {
  return (answer) => {
    const body = answer.body as { items?: Record<string, unknown>[]; id?: number } | undefined;
    if (body?.items !== undefined) body.items.forEach(change);
    else if (body?.id !== undefined) change(body as Record<string, unknown>);
    return answer;
  };
}

export function rename(item: Record<string, unknown>, from: string, to: string): void {
  if (!(from in item)) return;
  item[to] = item[from];
  Reflect.deleteProperty(item, from);
}
