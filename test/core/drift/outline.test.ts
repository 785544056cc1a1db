import { describe, expect, it } from 'vitest';
import { checkDrift } from '../../../src/core/drift/drift-check.ts';
import { answerOutlines } from '../../../src/core/drift/outline.ts';
import { apiModel, changeItems, recordApi, rename, shapesOf } from '../../support/recorded-api.ts';

describe('the outline of an answer', () => {
  const baseline = shapesOf(recordApi({ seed: 1 }));

  it('shows the fields around a finding, before and now', () => {
    const recording = recordApi({ seed: 2, change: changeItems((item) => rename(item, 'title', 'headline')) });
    const finding = checkDrift(apiModel, baseline, recording).findings.find(({ route }) => route.id === 'items.get');
    if (finding === undefined) throw new Error('expected a finding');
    const { before, now } = answerOutlines(apiModel, baseline, recording, finding);
    expect(before).toMatchObject({ title: 'string', note: 'string, sometimes', closed_at: 'null or string' });
    expect(now).toMatchObject({ headline: 'string', price: 'number' });
    expect(now).not.toHaveProperty('title');
  });

  it('follows a status that has changed', () => {
    const recording = recordApi({
      seed: 2,
      change: (answer, method) => ({ ...answer, status: method === 'POST' ? 200 : answer.status }),
    });
    const finding = checkDrift(apiModel, baseline, recording).findings.find(({ rule }) => rule === 'status.changed');
    if (finding === undefined) throw new Error('expected a finding');
    const { before, now } = answerOutlines(apiModel, baseline, recording, finding);
    expect(now).toEqual(before);
    expect(now).toHaveProperty('title');
  });
});
