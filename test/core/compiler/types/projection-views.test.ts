import { describe, expect, it } from 'vitest';
import { projectionViews } from '../../../../src/core/compiler/types/projection-views.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const keys = ['milk', 'taxes', 'bikes', 'cheese'];
const lines: Line[] = keys.flatMap((key) => [
  { ask: `PUT /notes/${key}`, body: { title: key }, answer: { stored: true, key, version: `1-aabbccdd${key}` } },
  { ask: `GET /notes/${key}`, answer: { _key: key, _version: `1-aabbccdd${key}`, title: key } },
]);

describe('the view of a projection', () => {
  it('tells what the entity calls otherwise, and what is always so', () => {
    const evidence = analysed(lines);
    const [type] = evidence.entities.types;
    if (type === undefined) throw new Error('no type was found');
    expect(Object.fromEntries(projectionViews(evidence, type))).toEqual({
      'PUT /notes/{note} 200 $': { stored: 'true', key: 'it._key', version: 'it._version' },
    });
  });
});
