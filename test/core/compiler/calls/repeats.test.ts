import { describe, expect, it } from 'vitest';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { findRepeats } from '../../../../src/core/compiler/calls/repeats.ts';
import { created, mistakes, notFound, ok, recordToy, toy, TOY_ORIGIN } from '../../../support/toy-recording.ts';
import type { MakeToy, Script, ToyAnswer, ToyClient } from '../../../support/toy-recording.ts';

/** Keeps transfers; the same key gives the same answer, and another body under it is refused. */
const bank: MakeToy = () => {
  const rows = new Map<string, { id: string; amount: number }>();
  const answers = new Map<string, { asked: string; answer: ToyAnswer }>();
  let next = 100;
  return toy({
    'POST /transfers': ({ body, header }) => {
      const key = header['transfer-key'] ?? '';
      const asked = JSON.stringify(body);
      const known = answers.get(key);
      if (known !== undefined)
        return known.asked === asked ? known.answer : { status: 409, body: { error: 'key was used' } };
      const row = { id: `t-${next++}`, amount: (body as { amount: number }).amount };
      rows.set(row.id, row);
      const answer = created(row);
      if (key !== '') answers.set(key, { asked, answer });
      return answer;
    },
    'GET /transfers/{id}': ({ params }) => (rows.has(params['id'] ?? '') ? ok(rows.get(params['id'] ?? '')) : notFound),
    'GET /transfers': () => ok([...rows.values()]),
  });
};

const send = (client: ToyClient, key: string, amount: number): void =>
  void client.post('/transfers', { amount }, { 'transfer-key': key });

const lesson: Script = (client) => {
  for (let at = 0; at < 6; at++) {
    send(client, `k${at}`, 10 + at);
    if (at % 2 === 0) send(client, `k${at}`, 10 + at);
    if (at % 3 === 0) send(client, `k${at}`, 99);
    client.post('/transfers', { amount: 50 + at });
    client.get('/transfers');
  }
};

describe('requests that are sent again', () => {
  it('get the first answer under their key, another body is refused, and nothing is made twice', () => {
    const exam: Script = (client) => {
      send(client, 'a', 1);
      send(client, 'a', 1);
      send(client, 'b', 1);
      send(client, 'a', 2);
      client.get('/transfers');
      send(client, 'b', 1);
      client.get('/transfers');
    };
    expect(mistakes(bank, lesson, exam)).toEqual([]);
  });

  it('are left out of what other rules are learnt from', () => {
    const recording = recordToy(bank, lesson);
    const found = findRepeats([recording], TOY_ORIGIN);
    expect(found?.repeats).toMatchObject({ header: 'transfer-key', methods: ['POST'], otherwise: { status: 409 } });
    expect(found?.support).toHaveLength(5);
    expect(found?.rest[0]?.exchanges).toHaveLength(recording.exchanges.length - 5);
    expect(compile([recording]).evidence.find(({ rule }) => rule === 'repeats')?.support).toBe(5);
  });

  it('are not seen where every request is answered alike', () => {
    const deaf: MakeToy = () => toy({ 'POST /pings': () => ok({ ok: true }) });
    const recording = recordToy(deaf, (client) => {
      for (let at = 0; at < 6; at++)
        for (let again = 0; again < 2; again++) client.post('/pings', { at }, { 'ping-key': `k${at}` });
    });
    expect(findRepeats([recording], TOY_ORIGIN)).toBeUndefined();
  });
});
