import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectTimeFormat, formatTime, isTimeFormat, parseTime } from '../../../src/core/std/clock.ts';
import { RawNumber, type Json } from '../../../src/core/std/json.ts';

const moment = 1_704_164_645_678;
const anyMoment = fc.integer({ min: Date.UTC(2001, 9, 9), max: Date.UTC(2099, 11, 31) });

const [second, day] = [1000, 86_400_000];

/** Format, how it spells the moment, and what it is precise to in milliseconds. */
const spellings: readonly (readonly [format: string, spelling: Json, unit: number])[] = [
  ['iso-s', '2024-01-02T03:04:05Z', second],
  ['iso-ms', '2024-01-02T03:04:05.678Z', 1],
  ['iso-us', '2024-01-02T03:04:05.678000Z', 1],
  ['iso-100ns', '2024-01-02T03:04:05.6780000Z', 1],
  ['iso-ns', '2024-01-02T03:04:05.678000000Z', 1],
  ['iso-offset', '2024-01-02T03:04:05+00:00', second],
  ['iso-ms+02:00', '2024-01-02T05:04:05.678+02:00', 1],
  ['iso-s-0330', '2024-01-01T23:34:05-0330', second],
  ['iso-us-bare', '2024-01-02T03:04:05.678000', 1],
  ['sql', '2024-01-02 03:04:05', second],
  ['sql-us', '2024-01-02 03:04:05.678000', 1],
  ['sql UTC', '2024-01-02 03:04:05 UTC', second],
  ['sql +0000', '2024-01-02 03:04:05 +0000', second],
  ['sqlZ', '2024-01-02 03:04:05Z', second],
  ['date', '2024-01-02', day],
  ['http-date', 'Tue, 02 Jan 2024 03:04:05 GMT', second],
  ['rfc-2822', 'Tue, 02 Jan 2024 03:04:05 +0000', second],
  ['rfc-2822-0500', 'Mon, 01 Jan 2024 22:04:05 -0500', second],
  ['epoch-s', 1_704_164_645, second],
  ['epoch-ms', moment, 1],
  ['epoch-us', moment * 1000, 1],
  ['epoch-s-float', 1_704_164_645.678, 1],
  ['epoch-s-text', '1704164645', second],
  ['epoch-ms-text', '1704164645678', 1],
  ['epoch-s-us-text', '1704164645.678000', 1],
];

describe.each(spellings)('the time format %s', (format, spelling, unit) => {
  it(`spells the moment ${String(spelling)}`, () => {
    expect(isTimeFormat(format)).toBe(true);
    expect(formatTime(moment, format)).toBe(spelling);
  });

  it('is recognised, alone and near a time that is known', () => {
    expect(detectTimeFormat(spelling)).toBe(format);
    expect(detectTimeFormat(spelling, moment + day)).toBe(format);
  });

  it('reads back the moment as precisely as it spells it', () => {
    fc.assert(
      fc.property(anyMoment, (ms) => {
        const text = formatTime(ms, format) as Json;
        const read = parseTime(text) as number;
        expect(formatTime(read, format)).toBe(text);
        expect(ms - read).toBeGreaterThanOrEqual(0);
        expect(ms - read).toBeLessThan(unit);
      }),
    );
  });
});

describe('times', () => {
  it('agree with Date about the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9998, 0, 1) }), (ms) => {
        expect(formatTime(ms, 'iso-ms')).toBe(new Date(ms).toISOString());
        expect(formatTime(ms, 'http-date')).toBe(new Date(ms).toUTCString());
        expect(parseTime(new Date(ms).toISOString())).toBe(ms);
      }),
      { numRuns: 1000 },
    );
  });

  it('drop the zeros that Go drops', () => {
    expect(formatTime(moment, 'iso-trim')).toBe('2024-01-02T03:04:05.678Z');
    expect(formatTime(moment - 8, 'iso-trim')).toBe('2024-01-02T03:04:05.67Z');
    expect(formatTime(moment - 678, 'iso-trim')).toBe('2024-01-02T03:04:05Z');
    expect(detectTimeFormat('2024-01-02T03:04:05.67Z')).toBe('iso-trim');
  });

  it.each([
    '2024-02-30',
    '2023-02-29T00:00:00Z',
    '2024-01-02T24:00:00Z',
    '2024-01-02T03:60:05Z',
    '2024-13-01',
    '2024-00-01',
    '2024-1-2',
    '20240102',
    '2024-01-02T03:04Z',
    '2024-01-02T03:04:05+25:00',
    'Tue, 02 Foo 2024 03:04:05 GMT',
    'Tue, 31 Jun 2024 03:04:05 GMT',
    '12345',
    '99999999999999999999',
    '1704164645.6',
    'yesterday',
    '',
    null,
    true,
    undefined,
    42,
    -1_704_164_645,
    { text: '2024-01-02' },
    ['2024-01-02'],
  ] as readonly (Json | undefined)[])('%j is no time', (value) => {
    expect(detectTimeFormat(value)).toBeUndefined();
    expect(parseTime(value)).toBeUndefined();
  });

  it('takes a number for a time only when it lies near the time that is known', () => {
    const year = 366 * day;
    expect(detectTimeFormat(1_704_164_645, moment + year)).toBe('epoch-s');
    expect(detectTimeFormat(1_704_164_645, moment + 3 * year)).toBeUndefined();
    expect(detectTimeFormat('1704164645678', moment - 3 * year)).toBeUndefined();
    expect(detectTimeFormat('2014-01-02', moment)).toBe('date');
  });

  it('reads numbers that a double would print differently', () => {
    expect(parseTime(new RawNumber('1704164645.0'))).toBe(1_704_164_645_000);
    expect(parseTime(new RawNumber('1704164645.678000'))).toBe(moment);
  });

  it('honours the zone', () => {
    expect(parseTime('2024-01-02T05:04:05.678+02:00')).toBe(moment);
    expect(parseTime('2024-01-01 22:04:05.678 -0500')).toBe(moment);
    expect(parseTime('2024-01-02 03:04:05.678UTC')).toBe(moment);
  });

  it('have no spelling in formats that are none and in years beyond four digits', () => {
    expect(formatTime(moment, 'iso')).toBe('2024-01-02T03:04:05Z');
    expect(formatTime(moment, 'stardate')).toBeUndefined();
    expect(formatTime(moment, 'iso-s+99:00')).toBeUndefined();
    expect(formatTime(moment, 'rfc-2822x')).toBeUndefined();
    expect(formatTime(8.64e15, 'iso-s')).toBeUndefined();
    expect(formatTime(Number.NaN, 'iso-s')).toBeUndefined();
    expect(isTimeFormat('constructor')).toBe(false);
  });
});
