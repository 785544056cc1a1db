import { describe, expect, it } from 'vitest';
import { attributesAt } from '../../../../src/core/compiler/timeline/timeline.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const put = (key: string, title: string, revision: number): Line => ({
  ask: `PUT /notes/${key}`,
  body: { title },
  answer: { stored: true, key, version: `${revision}-aabbccdd${key}` },
});
const get = (key: string, title: string, revision: number): Line => ({
  ask: `GET /notes/${key}`,
  answer: { _key: key, _version: `${revision}-aabbccdd${key}`, title },
});
const told: Line[] = ['taxes', 'bikes'].flatMap((key) => [put(key, key, 1), get(key, key, 1)]);

const milk = (lines: readonly Line[]): [vague: readonly number[], titles: readonly unknown[]] => {
  const { timeline } = analysed([...told, ...lines]);
  const life = timeline.lives.find(({ key }) => key === 'milk');
  if (life === undefined) throw new Error('milk was not seen');
  return [[...life.vague], lines.map((_, at) => attributesAt(life, told.length + at)?.['title'])];
};

describe('the state after a write that was only acknowledged', () => {
  it('is what the next read shows', () => {
    expect(milk([put('milk', 'two litres', 1), get('milk', 'two litres', 1)])).toEqual([
      [],
      ['two litres', 'two litres'],
    ]);
  });

  it('is vague where another write came before the next read', () => {
    const lines = [put('milk', 'two', 1), put('milk', 'three', 2), get('milk', 'three', 2)];
    expect(milk(lines)).toEqual([[told.length], [undefined, 'three', 'three']]);
  });

  it('is vague where nothing read it', () => {
    expect(milk([put('milk', 'two', 1)])).toEqual([[told.length], [undefined]]);
  });
});
