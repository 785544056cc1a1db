import { describe, expect, it } from 'vitest';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { foreignTexts, textsIn } from '../../../../src/core/compiler/calls/foreign-texts.ts';
import type { Route } from '../../../../src/core/model/clone-model.ts';
import { analysed, recordingOf, type Line } from '../../../support/written-recording.ts';

const routesOf = (lines: readonly Line[]): readonly Route[] =>
  compile([recordingOf(lines)]).model.services[0]?.routes ?? [];
const bodyOf = (lines: readonly Line[], id: string): unknown =>
  routesOf(lines).find((route) => route.id === id)?.cases[0]?.reply.body;

const motto = (text: string): Line => ({ ask: 'POST /motto', body: { text }, answer: { ok: true } });
const banner = (text: string): Line => ({ ask: 'GET /banner', answer: { title: 'Harbour of Skye', text } });

describe('texts of the recorded world', () => {
  it('are those that a client wrote before any answer showed them, with the calls that did', () => {
    const evidence = analysed([banner('calm seas'), motto('calm seas'), motto('fresh winds'), motto('short')]);
    expect([...foreignTexts(evidence)]).toEqual([['fresh winds', 2]]);
  });

  it('are none that clients write again and again', () => {
    expect([...foreignTexts(analysed([1, 2, 3].map(() => motto('fresh winds'))))]).toEqual([]);
  });

  it('tell one thing from others: single words do not', () => {
    expect([...textsIn({ a: ['released', 'two words', 7], b: { c: 'flag-12', d: 'a 1' } })]).toEqual([
      'two words',
      'flag-12',
    ]);
  });
});

describe('an answer that shows such a text', () => {
  it('is unknown where no rule explains it, and what is the same in all worlds is not', () => {
    expect(bodyOf([motto('fresh winds'), banner('fresh winds'), banner('fresh winds')], 'GET /banner')).toEqual({
      title: '"Harbour of Skye"',
      text: 'unknown()',
    });
  });

  it('is what it was where it was there before any client wrote', () => {
    expect(bodyOf([banner('calm seas'), motto('calm seas'), banner('calm seas')], 'GET /banner')).toMatchObject({
      text: '"calm seas"',
    });
  });

  it('follows what the request says, also where only one text was ever said', () => {
    const flag = (name: string): Line => ({ ask: 'POST /flags', body: { name }, status: 201, answer: { ok: true } });
    const badge = (name: string): Line => ({
      ask: `GET /flags/${name}/badge`,
      answer: { badge: { of: name, colour: 'red' } },
    });
    const lines = [flag('flag-1'), flag('flag-2'), badge('flag-2'), badge('flag-2'), badge('flag-2')];
    const route = routesOf(lines).find(({ id }) => id.endsWith('/badge'));
    expect(JSON.stringify(route?.cases[0]?.reply.body)).not.toContain('flag-2');
  });
});
