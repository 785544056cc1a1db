import { describe, expect, it } from 'vitest';
import type { Exchange, HttpRequest, HttpResponse } from '../../../src/core/exchange/exchange.ts';
import { replayRecordings, type Judgement } from '../../../src/core/fidelity/session-replay.ts';
import type { Service } from '../../../src/core/model/clone-model.ts';
import type { Recording, Session } from '../../../src/core/recording/recording.ts';
import { initialWorld, loadModel, step } from '../../../src/core/runtime/step.ts';
import { SMALL_ORIGIN, smallModel } from '../../support/small-clone.ts';

const json = [{ name: 'content-type', value: "'application/json'" }];

/** Tickets with a made-up id and a number. */
const tickets: Partial<Service> = {
  generators: {
    ticketId: { kind: 'text', pattern: [{ literal: 'tk_' }, { alphabet: 'abcdef0123456789', length: 12 }] },
    ticketNumber: { kind: 'sequence', start: 1, step: 1 },
  },
  entities: [{ name: 'Ticket', key: ['id'], views: { full: 'it' } }],
  routes: [
    {
      id: 'POST /tickets',
      method: 'POST',
      path: '/tickets',
      cases: [
        {
          id: 'POST /tickets 201',
          effects: [
            {
              kind: 'create',
              type: 'Ticket',
              as: 'made',
              set: { id: "gen('ticketId')", number: "gen('ticketNumber')", title: 'body.title', at: 'now()' },
            },
          ],
          reply: { status: 201, headers: json, body: { $view: 'full', of: 'made' } },
        },
      ],
    },
    {
      id: 'GET /tickets/{id}',
      method: 'GET',
      path: '/tickets/{id}',
      bindings: [{ name: 'ticket', type: 'Ticket', key: ['path.id'] }],
      guards: [{ id: 'GET /tickets/{id} 404', when: '!has(ticket)', reply: { status: 404 } }],
      cases: [
        { id: 'GET /tickets/{id} 200', reply: { status: 200, headers: json, body: { $view: 'full', of: 'ticket' } } },
      ],
    },
  ],
};

const loaded = loadModel(smallModel(tickets));

interface Scripted {
  readonly session?: string;
  /** `{id}` stands for the id in the last answer that had one. */
  readonly request: HttpRequest;
}

const create = (title: string, session = 'one'): Scripted => ({
  session,
  request: { method: 'POST', target: '/tickets', headers: [], body: { text: JSON.stringify({ title }) } },
});
const read = (target = '/tickets/{id}', session = 'one'): Scripted => ({
  session,
  request: { method: 'GET', target, headers: [] },
});

/** A recording of the tickets with ids of another seed, so that nothing is right by being the same. */
function recordTickets(
  script: readonly Scripted[],
  sessions: readonly Session[] = [{ name: 'one', start: 'continues' }],
  change: (response: HttpResponse, index: number) => HttpResponse = (response) => response,
): Recording {
  let world = initialWorld(loaded, 77);
  let id = '';
  const fresh = new Set(sessions.filter(({ start }) => start === 'fresh').map(({ name }) => name));
  const exchanges = script.map(({ session = 'one', request: scripted }, index): Exchange => {
    if (fresh.delete(session)) world = initialWorld(loaded, 78);
    const request = { ...scripted, target: scripted.target.replace('{id}', id) };
    const result = step(loaded, world, { ...request, origin: SMALL_ORIGIN });
    world = result.world;
    const response = change(result.response, index);
    id = /tk_\w+/.exec(response.body !== undefined && 'text' in response.body ? response.body.text : '')?.[0] ?? id;
    const at = 1_704_164_645_678 + index * 1000;
    return { id: `1.${index + 1}`, session, origin: SMALL_ORIGIN, startedAt: at, endedAt: at + 1, request, response };
  });
  return { formatVersion: 1, toolVersion: 'test', createdAt: 0, sessions, exchanges };
}

const replay = (recording: Recording): readonly Judgement[] => [...replayRecordings(loaded, [recording])];

describe('a replay', () => {
  it('finds every answer of its own model right, with other ids', () => {
    const judgements = replay(recordTickets([create('a'), read(), create('b'), read(), read('/tickets/none')]));
    expect(judgements.map(({ isExact, comparison }) => isExact && comparison.headers)).toEqual(Array(5).fill(true));
    expect(judgements.map(({ route }) => route)).toEqual([
      'POST /tickets',
      'GET /tickets/{id}',
      'POST /tickets',
      'GET /tickets/{id}',
      'GET /tickets/{id}',
    ]);
    expect(judgements[4]?.rules).toEqual(['GET /tickets/{id} 404']);
  });

  it('follows what the clone gave out even where an answer was wrong', () => {
    const recording = recordTickets([create('a'), read()], undefined, (response, index) =>
      index === 0 && response.body !== undefined && 'text' in response.body
        ? { ...response, body: { text: response.body.text.replace('"title":"a"', '"title":"A"') } }
        : response,
    );
    const [made, found] = replay(recording);
    expect(made?.isExact).toBe(false);
    expect(made?.comparison.differences).toEqual([{ path: '$.title', expected: '"A"', actual: '"a"' }]);
    expect(found?.isExact).toBe(true);
  });

  it('goes on in one world from session to session, and starts anew for a fresh one', () => {
    const script = [create('a'), create('b', 'two'), read('/tickets/{id}', 'two')];
    const going = recordTickets(script, [
      { name: 'one', start: 'continues' },
      { name: 'two', start: 'continues' },
    ]);
    const fresh = recordTickets(script, [
      { name: 'one', start: 'unknown' },
      { name: 'two', start: 'fresh' },
    ]);
    expect(going.exchanges[1]?.response?.body).toMatchObject({ text: expect.stringContaining('"number":2') as string });
    expect(fresh.exchanges[1]?.response?.body).toMatchObject({ text: expect.stringContaining('"number":1') as string });
    for (const recording of [going, fresh])
      expect(replay(recording).map(({ isExact }) => isExact)).toEqual([true, true, true]);
  });

  it('leaves out what was never answered, and sends but does not judge what was cut', () => {
    const whole = recordTickets([create('a'), create('b'), read()]);
    const [first, second, third] = whole.exchanges as [Exchange, Exchange, Exchange];
    const { response, ...unanswered } = first;
    expect(response?.status).toBe(201);
    const cut = { ...second, truncated: { reason: 'too long', length: 1, sha256: '' } };
    const judgements = replay({ ...whole, exchanges: [unanswered, cut, third] });
    expect(judgements.map(({ exchange }) => exchange.id)).toEqual(['1.3']);
    // The first create never reached the clone, so its numbers are one behind.
    expect(judgements[0]?.comparison.differences).toEqual([{ path: '$.number', expected: '2', actual: '1' }]);
  });

  it('counts a request that the clone cannot take as a miss', () => {
    const recording = recordTickets([create('a')]);
    const large = { text: 'x'.repeat(17_000_000) };
    const [exchange] = recording.exchanges as [Exchange];
    const [judgement] = replay({
      ...recording,
      exchanges: [{ ...exchange, request: { ...exchange.request, body: large } }],
    });
    expect(judgement).toMatchObject({ isExact: false, provenance: 'unknown', rules: [] });
    expect(judgement?.comparison.differences[0]?.actual).toContain('at most');
  });
});
