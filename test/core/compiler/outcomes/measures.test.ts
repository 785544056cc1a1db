import { describe, expect, it } from 'vitest';
import { addMeasures } from '../../../../src/core/compiler/outcomes/measures.ts';
import type { Call } from '../../../../src/core/compiler/calls/call.ts';
import { groupBy } from '../../../../src/core/std/grouping.ts';
import { isObject } from '../../../../src/core/std/json.ts';
import {
  created,
  Dice,
  mistakes,
  notFound,
  ok,
  toy,
  type MakeToy,
  type Script,
} from '../../../support/toy-recording.ts';
import { sessions } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const jar = { id: 1, beans: 5, kinds: ['mung', 'pinto'] };
const lines: readonly Line[] = [
  { ask: 'POST /jars', body: {}, status: 201, answer: jar },
  { ask: 'GET /jars/1', answer: jar },
  { ask: 'POST /jars/1/take/mung', body: { beans: 3 }, status: 204 },
  { ask: 'POST /jars/1/take/navy', body: { beans: 7 }, status: 409 },
  { ask: 'POST /jars/1/take/soy', body: { beans: 'all' }, status: 400 },
];

describe('what a request says', () => {
  it('is measured by the numbers and lists that its subject holds', () => {
    const evidence = analysed(lines);
    const calls = evidence.calls.filter(({ path }) => path.includes('take'));
    const found = new Map<string, boolean[]>();
    const beans = (call: Call) => (isObject(call.body) ? call.body['beans'] : undefined);
    for (const group of groupBy(calls, ({ index }) => evidence.routes[index]!.id).values())
      addMeasures(
        evidence,
        group,
        evidence.bindings.get(evidence.routes[group[0]!.index]!.id) ?? [],
        [{ expression: 'body.beans', read: beans }],
        (text, _cost, test) => found.set(text, [...(found.get(text) ?? []), ...group.map(test)]),
      );
    expect(found.get('body.beans > jar.beans')).toEqual([false, true]);
    expect([...found.keys()].filter((text) => text.includes(' in '))).toContain('body.beans in jar.kinds');
  });
});

it('a clone keeps accounts: what is paid in and out, no more than there is, and what is on a list', () => {
  const make: MakeToy = () => {
    const accounts: { id: number; balance: number; uses: string[] }[] = [];
    const find = (id: string | undefined) => accounts.find((account) => String(account.id) === id);
    return toy({
      'POST /accounts': ({ body }) => {
        const account = { id: accounts.length + 1, balance: body.balance, uses: body.uses };
        accounts.push(account);
        return created(account);
      },
      'GET /accounts/{id}': ({ params }) => {
        const account = find(params['id']);
        return account === undefined ? notFound : ok(account);
      },
      'POST /accounts/{id}/deposit': ({ params, body }) => {
        const account = find(params['id']);
        if (account === undefined) return notFound;
        account.balance += body.amount;
        return ok(account);
      },
      'POST /accounts/{id}/withdraw': ({ params, body }) => {
        const account = find(params['id']);
        if (account === undefined) return notFound;
        if (!account.uses.includes(body.use)) return { status: 403, body: { error: 'not for that' } };
        if (body.amount > account.balance) return { status: 409, body: { error: 'not enough' } };
        account.balance -= body.amount;
        return ok(account);
      },
    });
  };
  const visit =
    (seed: number): Script =>
    (client) => {
      const dice = new Dice(seed);
      const ids: number[] = [];
      const amount = (): number => 1 + Math.floor(dice.throw() * 90);
      for (let step = 0; step < 40; step++) {
        const choice = dice.throw();
        const one = `/accounts/${ids.length === 0 || dice.chance(0.1) ? 999 : dice.pick(ids)}`;
        const uses = dice.pick([['rent'], ['food', 'rent'], ['fun', 'food']]);
        if (choice < 0.2) ids.push((client.post('/accounts', { balance: amount(), uses }).body as { id: number }).id);
        else if (choice < 0.4) client.get(one);
        else if (choice < 0.65) client.post(`${one}/deposit`, { amount: amount() });
        else client.post(`${one}/withdraw`, { amount: amount(), use: dice.pick(['rent', 'food', 'fun']) });
      }
    };
  expect(mistakes(make, sessions(1, 12, visit), sessions(50, 2, visit))).toEqual([]);
});
