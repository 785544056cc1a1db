import { describe, expect, it } from 'vitest';
import type { Call } from '../../../../src/core/compiler/calls/call.ts';
import { addValidation } from '../../../../src/core/compiler/outcomes/validation.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const tried = (accepted: readonly unknown[], refused: readonly unknown[]): Line[] => [
  ...accepted.map((value) => ({ ask: 'POST /notes', body: { value }, status: 201 })),
  ...refused.map((value) => ({ ask: 'POST /notes', body: { value }, status: 422 })),
];

/** The checks found, each with the number of refused calls that it holds for. */
const checks = (accepted: readonly unknown[], refused: readonly unknown[]): Record<string, number> => {
  const { calls } = analysed(tried(accepted, refused));
  const found: Record<string, number> = {};
  const read = (call: Call): never => (call.body as { value: never }).value;
  addValidation(calls, [{ expression: 'body.value', read }], (text, _cost, test) => {
    expect(calls.filter((call) => !call.refused && test(call))).toEqual([]);
    found[text] = calls.filter((call) => call.refused && test(call)).length;
  });
  return found;
};

describe('a check of what was sent', () => {
  it('may ask for text that is not blank', () => {
    expect(checks(['milk', 'tax'], ['', '  '])).toEqual({ 'trim(string(body.value)) == ""': 2 });
  });

  it('may ask for a number', () => {
    expect(checks(['1', '20', '-3'], ['soon'])).toEqual({
      'body.value != missing && number(body.value) == missing': 1,
    });
  });

  it('may ask for a form', () => {
    expect(checks(['a@b.example', 'c@d.example', 'e@f.example'], ['nobody', 'no one'])).toEqual({
      'body.value != missing && !matches(string(body.value), "^[^@\\\\s]+@[^@\\\\s]+\\\\.[^@\\\\s]+$")': 2,
    });
  });

  it('may ask for one of few words', () => {
    expect(checks(['open', 'closed', 'open', 'closed'], ['ajar'])).toHaveProperty(
      ['body.value != missing && !(body.value in ["closed", "open"])'],
      1,
    );
  });

  it('may set limits to a number', () => {
    expect(checks([1, 50, 100], [0, -4, 101])).toEqual({ 'number(body.value) < 1': 2, 'number(body.value) > 100': 1 });
  });

  it('may refuse a word', () => {
    expect(checks(['milk', 'tax'], ['admin', 'admin'])).toEqual({ 'body.value == "admin"': 2 });
  });

  it('is not looked for where nothing was refused', () => {
    expect(checks(['milk', '', '9'], [])).toEqual({});
  });
});
