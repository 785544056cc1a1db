import { describe, expect, it } from 'vitest';
import { joinRoutes } from '../../../../src/core/compiler/replayed/replayed-answers.ts';
import { readDialogues } from '../../../../src/core/exchange/dialogue.ts';
import { bodyOf, cloneOf, PAGE, type Part } from '../../../support/written-exchanges.ts';

describe('an event stream', () => {
  it('is replayed, the longest that was heard', () => {
    const stream = { ask: 'GET /events', headers: { 'content-type': 'text/event-stream' } };
    const client = cloneOf([
      { ...stream, text: 'data: 1\n\n' },
      { ...stream, text: 'data: 1\n\ndata: 2\n\n' },
    ]);
    expect(bodyOf(client, '/events')).toEqual([200, 'data: 1\n\ndata: 2\n\n', 'replayed']);
  });
});

describe('a WebSocket', () => {
  const socket: Part = {
    ask: 'GET /chat',
    status: 101,
    headers: { upgrade: 'websocket', 'sec-websocket-accept': 'once', 'sec-websocket-protocol': 'chat' },
    messages: [
      { sender: 'client', at: 1, opcode: 1, body: { text: 'hi' } },
      { sender: 'server', at: 2, opcode: 1, body: { text: 'ho' } },
    ],
  };

  it('answers its handshake with the dialogues that were heard, and other requests as they were answered', () => {
    const client = cloneOf([socket, { ask: 'GET /chat', status: 426, headers: PAGE, text: 'upgrade' }]);
    const { status, headers, body, transition } = client.send('GET', '/chat', undefined, [
      ['sec-websocket-version', '13'],
    ]);
    expect([status, headers, transition.provenance]).toEqual([101, { 'sec-websocket-protocol': 'chat' }, 'replayed']);
    expect(readDialogues(JSON.stringify(body)).flat().length + readDialogues(String(body)).flat().length).toBe(2);
    expect(client.get('/chat').status).toBe(426);
  });
});

describe('joining routes', () => {
  it('tries what is replayed first', () => {
    const route = (id: string, rule: string) => ({
      id,
      method: 'GET',
      path: '/a',
      cases: [{ id: rule, reply: { status: 200 } }],
    });
    const guarded = { ...route('GET /a', 'made'), guards: [{ id: 'guard', reply: { status: 404 } }] };
    const [joined, other] = joinRoutes([route('GET /a', 'kept')], [guarded, route('GET /b', 'b')]);
    expect(joined?.cases.map(({ id }) => id)).toEqual(['kept', 'guard', 'made']);
    expect(other?.id).toBe('GET /b');
  });
});
