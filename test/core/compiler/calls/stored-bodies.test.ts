import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { normaliseCalls, type Call } from '../../../../src/core/compiler/calls/call.ts';
import { inferRoutes } from '../../../../src/core/compiler/entities/routes.ts';
import { liftStoredBodies, storedPaths } from '../../../../src/core/compiler/calls/stored-bodies.ts';
import type { Exchange } from '../../../../src/core/exchange/exchange.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';
import {
  Dice,
  mistakes,
  noContent,
  RawBody,
  recordToy,
  TOY_ORIGIN,
  type MakeToy,
  type Toy,
  type ToyClient,
} from '../../../support/toy-recording.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const textual = { 'content-type': 'text/plain' };
const missing = { status: 404, text: 'nothing here', headers: textual };

/** Chests of scrolls: names of scrolls may hold slashes, bodies are kept as they come. */
const makeChests: MakeToy = () => {
  const scrolls = new Map<string, { text: string; type: string; etag: string; at: string }>();
  const chests = new Set<string>();
  const handle: Toy = (method, { target, body, header, now }) => {
    const [, chest = '', ...rest] = target.split('/');
    const name = rest.join('/');
    if (name === '') {
      if (method === 'PUT' && chests.has(chest)) return { status: 409, text: 'taken', headers: textual };
      if (method === 'PUT') chests.add(chest);
      return method === 'PUT' ? { status: 201 } : missing;
    }
    const key = `${chest}/${name}`;
    const found = scrolls.get(key);
    if (method === 'PUT' && chests.has(chest)) {
      const etag = `"${md5(body as string)}"`;
      const at = new Date(now).toUTCString();
      scrolls.set(key, { text: body as string, type: header['content-type'] ?? '', etag, at });
      return { status: 200, headers: { etag } };
    }
    if (found === undefined || method === 'PUT') return missing;
    if (method === 'DELETE') scrolls.delete(key);
    if (method === 'DELETE') return noContent;
    const headers = { 'content-type': found.type, etag: found.etag, 'last-modified': found.at };
    return method === 'HEAD' ? { status: 200, headers } : { status: 200, text: found.text, headers };
  };
  return handle;
};

/** Visits as many chests; the dice choose what happens there. */
const visit =
  (seed: number, chests: number) =>
  (client: ToyClient): void => {
    const dice = new Dice(seed);
    for (let at = 0; at < chests; at++) {
      client.session(`s${seed}-${at}`);
      const chest = `${dice.word()}-${seed}-${at}`;
      client.send('PUT', `/${chest}`);
      const names = Array.from({ length: 4 }, () => dice.pick(['', 'old/', 'old/x/', 'new/']) + dice.word());
      for (const name of names) {
        const type = dice.pick(['text/plain', 'text/csv', 'application/json']);
        const write = (): void =>
          void client.send(
            'PUT',
            `/${chest}/${name}`,
            new RawBody(dice.chance(0.2) ? '{"a":1}' : `${dice.word()} ${dice.word()}`),
            {
              'content-type': type,
            },
          );
        write();
        client.get(`/${chest}/${name}`);
        if (dice.chance(0.5)) client.send('HEAD', `/${chest}/${name}`);
        if (dice.chance(0.3)) write();
        client.get(`/${chest}/${name}`);
        if (dice.chance(0.3)) client.delete(`/${chest}/${name}`);
        client.get(`/${chest}/${name}`);
      }
      client.get(`/${chest}/never`);
      client.get(`/none-${dice.word()}/never`);
    }
  };

function liftedCalls(): readonly Call[] {
  const calls = normaliseCalls([recordToy(makeChests, visit(1, 6))], TOY_ORIGIN);
  return liftStoredBodies(calls, inferRoutes(calls));
}

describe('paths that give back what was written there', () => {
  it('hold names that may have slashes', () => {
    const calls = normaliseCalls([recordToy(makeChests, visit(1, 6))], TOY_ORIGIN);
    expect(storedPaths(calls).size).toBeGreaterThan(10);
    const paths = new Set(inferRoutes(calls).map(({ path }) => path));
    expect([...paths].sort()).toEqual(['/{value}', '/{value}/{path*}']);
  });

  it('answer with things: name, content, and the headers that tell of them', () => {
    const calls = liftedCalls();
    const read = calls.find(({ method, isStored }) => method === 'GET' && isStored)!;
    expect(read.answer).toEqual({
      name: decodeURIComponent(read.path.split('/').slice(2).join('/')),
      content: read.gotText,
      ...Object.fromEntries(read.headers.filter(([name]) => name !== 'date')),
    });
    const written = calls.find(({ method, isStored }) => method === 'PUT' && isStored)!;
    expect(Object.keys(written.answer!)).toEqual(['name', 'content', 'etag']);
    const refused = calls.find(({ isOfStored, refused }) => isOfStored && refused)!;
    expect(refused.answer).toBeUndefined();
  });

  it('are none where answers are JSON that says more than what was sent, or no digest', () => {
    const exchange = (at: number, method: string, text: string): Exchange => ({
      id: `x${at}`,
      session: 'one',
      origin: TOY_ORIGIN,
      startedAt: at,
      endedAt: at,
      request: {
        method,
        target: '/docs/a',
        headers: [['content-type', 'application/json']],
        ...(method === 'PUT' ? { body: { text } } : {}),
      },
      response: { status: 200, headers: [['content-type', 'application/json']], body: { text } },
    });
    const exchanges = [1, 2, 3, 4, 5, 6].map((at) => exchange(at, at % 2 === 1 ? 'PUT' : 'GET', '{"a":1}'));
    const calls = normaliseCalls(
      [
        {
          formatVersion: 1,
          toolVersion: 'test',
          createdAt: 0,
          sessions: [{ name: 'one', start: 'continues' }],
          exchanges,
        },
      ],
      TOY_ORIGIN,
    );
    expect(storedPaths(calls).size).toBe(0);
    expect(liftStoredBodies(calls, inferRoutes(calls))).toBe(calls);
  });
});

it('a clone keeps bodies with their types and digests, overwrites and deletes them', () => {
  expect(mistakes(makeChests, visit(1, 12), visit(2, 4))).toEqual([]);
});

describe('documents in JSON under names of the client', () => {
  const doc = (name: string, size: number): Line[] => [
    { ask: `PUT /docs/${name}`, body: { size }, status: 201 },
    { ask: `GET /docs/${name}`, answer: { size } },
  ];
  const names = ['a-17', 'b-18', 'c-19', 'd-20'];
  const isLifted = (lines: readonly Line[]): boolean => {
    const calls = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
    return liftStoredBodies(calls, inferRoutes(calls)) !== calls;
  };
  // Names are names to the pass before where unknown ones are refused.
  const others = names.map((name): Line => ({ ask: `GET /docs/${name}0`, status: 404 }));
  const all = [...names.flatMap((name, at) => doc(name, at)), ...others].map((line, at): Line => ({
    ...line,
    session: `s${Math.floor(at / 2)}`,
  }));

  it('are kept as they come where the name is nowhere in them', () => {
    expect(isLifted(all)).toBe(true);
  });

  it('are known by their members where they hold their name, or are changed in part', () => {
    const named = all.map((line): Line => {
      const id = line.ask.split('/').at(-1);
      return line.status === 404
        ? line
        : { ...line, ...(line.body === undefined ? { answer: { id } } : { body: { id } }) };
    });
    expect(isLifted(named)).toBe(false);
    expect(isLifted([...all, { ask: 'PATCH /docs/a-17', body: { size: 9 }, status: 204 }])).toBe(false);
  });
});
