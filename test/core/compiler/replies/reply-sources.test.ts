import { expect, it } from 'vitest';
import type { Effects } from '../../../../src/core/compiler/effects/effect-draft.ts';
import { replySources } from '../../../../src/core/compiler/replies/reply-sources.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const jar = { id: 1, beans: 5, label: 'red' };
const lines: readonly Line[] = [
  { ask: 'POST /jars', body: {}, status: 201, answer: jar },
  { ask: 'GET /jars/1', answer: jar },
  { ask: 'POST /jars/1/take', body: { beans: 3 }, status: 204 },
];

it('an attribute that the effects change is known as it was before them, unless the answer shows the thing', () => {
  const evidence = analysed(lines);
  const [, read, take] = evidence.calls;
  if (read === undefined || take === undefined) throw new Error('there are three calls');
  const effectsOf = (route: string): Effects => {
    const [binding] = evidence.bindings.get(route) ?? [];
    if (binding === undefined) throw new Error(`${route} has a jar`);
    const set = new Map([['beans', 'jar.beans - body.beans']]);
    return {
      effects: [{ kind: 'change', binding, lets: new Map(), from: undefined, replace: false, set }],
      made: new Map(),
    };
  };
  const known = (sources: ReturnType<typeof replySources>) =>
    ['jar.beans', 'old_jar.beans', 'jar.label'].map((name) => sources.get(name)?.value);
  expect(known(replySources(evidence, take, effectsOf('POST /jars/{jar}/take')))).toEqual([undefined, 5, 'red']);
  expect(known(replySources(evidence, read, effectsOf('GET /jars/{jar}')))).toEqual([5, undefined, 'red']);
});
