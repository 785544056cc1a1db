import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civilTimeOf, instantOf } from '../../../src/core/std/calendar.ts';

describe('the calendar', () => {
  it('agrees with Date on every instant, before the epoch too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (ms) => {
        const date = new Date(ms);
        expect(civilTimeOf(ms)).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          weekday: date.getUTCDay(),
          hour: date.getUTCHours(),
          minute: date.getUTCMinutes(),
          second: date.getUTCSeconds(),
          ms: date.getUTCMilliseconds(),
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the instant back from its date and time', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (instant) => {
        const { year, month, day, hour, minute, second, ms } = civilTimeOf(instant);
        expect(instantOf(year, month, day, hour, minute, second, ms)).toBe(instant);
      }),
    );
  });

  it.each([
    [2023, 2, 29],
    [1900, 2, 29],
    [2024, 4, 31],
    [2024, 0, 1],
    [2024, 13, 1],
    [2024, 1, 0],
    [2024, 1, 1, 24],
    [2024, 1, 1, 0, 60],
    [2024, 1, 1, 0, 0, 60],
  ])('knows that there is no %i-%i-%i %s', (year, month, day, hour = 0, minute = 0, second = 0) => {
    expect(instantOf(year, month, day, hour, minute, second)).toBeUndefined();
  });

  it('knows leap years', () => {
    expect(instantOf(2024, 2, 29)).toBe(Date.UTC(2024, 1, 29));
    expect(instantOf(2000, 2, 29)).toBe(Date.UTC(2000, 1, 29));
  });
});
