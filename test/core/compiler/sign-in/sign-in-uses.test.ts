import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { findIssuedValues, type IssuedValues } from '../../../../src/core/compiler/sign-in/issued.ts';
import { endersOf, firstShownOf, usesOf } from '../../../../src/core/compiler/sign-in/sign-in-uses.ts';
import { TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

const key = (number: number): string => `key-${number}-0123456789abcdef`;
const carrying = (number: number) => ({ authorization: `Bearer ${key(number)}` });
const lines = [1, 2].flatMap((number): Line[] => [
  { ask: 'POST /keys', answer: { key: key(number) } },
  { ask: 'POST /notes', headers: carrying(number), body: { about: key(number) }, status: 201 },
  { ask: 'POST /notes', headers: carrying(number), status: 201 },
  { ask: 'POST /leave', headers: carrying(number), status: 204 },
  { ask: 'GET /notes', headers: carrying(number), status: 401 },
]);
const calls = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
const issued = findIssuedValues(calls) as IssuedValues;

describe('values that were issued', () => {
  const uses = usesOf(calls, issued);

  it('are followed to where they are shown, as credentials or by name', () => {
    expect(uses.get(key(1))).toEqual([
      { index: 1, accepted: true },
      { index: 2, accepted: true },
      { index: 3, accepted: true },
      { index: 4, accepted: false },
    ]);
    expect(firstShownOf(calls).get(key(1))?.index).toBe(1);
  });

  it('are ended by routes after which they are never good, and were more than once', () => {
    expect([...endersOf(calls, issued, uses, new Set())]).toEqual(['POST /leave']);
    expect([...endersOf(calls, issued, uses, new Set(['POST /leave']))]).toEqual([]);
    expect([...endersOf(calls.slice(0, 5), issued, uses, new Set())]).toEqual([]);
  });
});
