import { expect, it } from 'vitest';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { Dice, recordToy, toy, type MakeToy } from '../../../support/toy-recording.ts';

it('draws from a counter under the condition that told when it grew', () => {
  // A log whose position moves with every entry, but for those that are only tried out.
  const journal: MakeToy = () => {
    let position = 0;
    return toy({
      'POST /entries': ({ body, query }) => {
        if (query.dry === undefined) position += 1;
        return { status: 202, body: { size: String(body.text).length }, headers: { 'x-position': String(position) } };
      },
      'POST /marks': () => ({ status: 202, body: {}, headers: { 'x-position': String(++position) } }),
    });
  };
  const { model } = compile([
    recordToy(journal, (client) => {
      const dice = new Dice(3);
      for (let at = 0; at < 60; at++)
        if (dice.chance(0.3)) client.post('/marks');
        else client.post(dice.chance(0.4) ? '/entries?dry=1' : '/entries', { text: dice.word() });
    }),
  ]);
  const [entries, marks] = model.services[0]!.routes;
  expect(entries?.cases.map((rule) => rule.let)).toEqual([
    { counted: '(!(query.dry != missing) ? gen("counter header x-position") : missing)' },
  ]);
  expect(marks?.cases.map((rule) => rule.let)).toEqual([{ counted: 'gen("counter header x-position")' }]);
});
