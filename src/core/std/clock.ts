// The spellings that APIs give to instants, which are integer milliseconds since the epoch.
import { civilTimeOf, dayMs, instantOf } from './calendar.ts';
import { RawNumber, type Json } from './json.ts';

/**
 * Names of time formats.
 * - `iso-s` 2024-01-02T03:04:05Z · `iso-ms` …05.678Z · `iso-us` six digits · `iso-ns` nine digits · `iso-100ns` seven digits
 * - `iso-trim` as many digits as needed, 05Z or 05.67Z (RFC3339Nano)
 * - the same with a space for the T: `sql` (seconds), `sql-ms`, `sql-us`, `sql-ns`, `sql-100ns`, `sql-trim`
 * - both with a zone behind the name: `iso-s+00:00` (also called `iso-offset`), `iso-ms+02:00`, `iso-s+0000`, `sql UTC`,
 *   `iso-us-bare` (no zone is written). `iso-…` alone writes Z, `sql…` alone writes no zone; `sqlZ` writes Z.
 * - `date` 2024-01-02 · `http-date` Tue, 02 Jan 2024 03:04:05 GMT · `rfc-2822` Tue, 02 Jan 2024 03:04:05 +0000
 * - numbers: `epoch-s`, `epoch-ms`, `epoch-us`, `epoch-s-float` (seconds with a fraction)
 * - the same as text: `epoch-s-text`, `epoch-ms-text`, `epoch-s-us-text` (1704164645.678000)
 */
export type TimeFormatName = string;

interface TimeFormat {
  /** Undefined when the format cannot hold the instant (years outside 0 … 9999). */
  print(ms: number): Json | undefined;
}

const yearMs = 365.25 * dayMs;
const isoMin = -62_167_219_200_000; // 0000-01-01
const isoMax = 253_402_300_799_999; // 9999-12-31
/** Numbers count as times only from 2000 to 2100, or in a window about a time that is known. */
const epochMin = 946_684_800_000;
const epochMax = 4_102_444_800_000;
const windowMs = 2 * yearMs;

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const fractionDigits: Readonly<Record<string, number>> = { s: 0, ms: 3, us: 6, '100ns': 7, ns: 9 };
const fractionNames: Readonly<Record<number, string>> = { 0: 's', 3: 'ms', 6: 'us', 7: '100ns', 9: 'ns' };

const isoPattern = /^(\d{4})-(\d\d)-(\d\d)([T ])(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z| ?UTC| ?[+-]\d\d:?\d\d)?$/;
const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/;
const mailPattern =
  /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (GMT|[+-]\d{4})$/;
const isoNamePattern = /^(iso|sql)(?:-(s|ms|us|100ns|ns|trim))?(Z|-bare| ?UTC| ?[+-]\d\d:?\d\d)?$/;

/** Minutes that a zone text (`Z`, ` UTC`, `GMT`, `+02:00`, `-0530`) is ahead of UTC; undefined when out of range. */
function zoneMinutes(zone: string): number | undefined {
  const digits = zone.replace(/[^0-9]/g, '');
  if (digits === '') return 0;
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.includes('-') ? -1 : 1) * (hours * 60 + minutes);
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function isoFormat(separator: string, fraction: string, zone: string, aheadMinutes: number): TimeFormat {
  return {
    print(ms) {
      const t = civilTimeOf(ms + aheadMinutes * 60_000);
      const whole = digits(t.ms, 3);
      const shown =
        fraction === 'trim' ? whole.replace(/0+$/, '') : whole.padEnd(9, '0').slice(0, fractionDigits[fraction]);
      const date = `${digits(t.year, 4)}-${digits(t.month, 2)}-${digits(t.day, 2)}`;
      const time = `${digits(t.hour, 2)}:${digits(t.minute, 2)}:${digits(t.second, 2)}`;
      return `${date}${separator}${time}${shown === '' ? '' : `.${shown}`}${zone}`;
    },
  };
}

function mailFormat(zone: string, aheadMinutes: number): TimeFormat {
  return {
    print(ms) {
      const t = civilTimeOf(ms + aheadMinutes * 60_000);
      const time = `${digits(t.hour, 2)}:${digits(t.minute, 2)}:${digits(t.second, 2)}`;
      return `${weekdays[t.weekday]}, ${digits(t.day, 2)} ${months[t.month - 1]} ${digits(t.year, 4)} ${time} ${zone}`;
    },
  };
}

/** Six digits behind the point, floor towards the past. */
function secondsText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${seconds}.${digits(ms - seconds * 1000, 3)}000`;
}

const fixedFormats: ReadonlyMap<string, TimeFormat> = new Map<string, TimeFormat>([
  ['iso-offset', isoFormat('T', 's', '+00:00', 0)],
  ['date', { print: (ms) => (isoFormat('T', 's', 'Z', 0).print(ms) as string).slice(0, 10) }],
  ['http-date', mailFormat('GMT', 0)],
  ['rfc-2822', mailFormat('+0000', 0)],
  ['epoch-s', { print: (ms) => Math.floor(ms / 1000) }],
  ['epoch-ms', { print: (ms) => ms }],
  ['epoch-us', { print: (ms) => ms * 1000 }],
  ['epoch-s-float', { print: (ms) => ms / 1000 }],
  ['epoch-s-text', { print: (ms) => String(Math.floor(ms / 1000)) }],
  ['epoch-ms-text', { print: (ms) => String(ms) }],
  ['epoch-s-us-text', { print: (ms) => secondsText(ms) }],
]);

function formatNamed(name: TimeFormatName): TimeFormat | undefined {
  const fixed = fixedFormats.get(name);
  if (fixed !== undefined) return fixed;
  if (name.startsWith('rfc-2822')) {
    const zone = name.slice('rfc-2822'.length);
    const ahead = /^[+-]\d{4}$/.test(zone) ? zoneMinutes(zone) : undefined;
    return ahead === undefined ? undefined : mailFormat(zone, ahead);
  }
  const match = isoNamePattern.exec(name);
  if (match === null) return undefined;
  const [, family, fraction = 's', zoneName = family === 'iso' ? 'Z' : '-bare'] = match;
  const zone = zoneName === '-bare' ? '' : zoneName;
  const ahead = zoneMinutes(zone);
  return ahead === undefined ? undefined : isoFormat(family === 'iso' ? 'T' : ' ', fraction, zone, ahead);
}

/** Is this the name of a time format? */
export function isTimeFormat(name: string): boolean {
  return formatNamed(name) !== undefined;
}

/** The instant in that format; undefined for an unknown format or an instant outside the years 0 … 9999. */
export function formatTime(ms: number, format: TimeFormatName): Json | undefined {
  const whole = Math.floor(ms);
  if (!(whole >= isoMin + dayMs && whole <= isoMax - dayMs)) return undefined;
  return formatNamed(format)?.print(whole);
}

/**
 * Which format a value is in, or undefined when it is no time. Numbers and texts of digits are times only when they lie
 * within two years of `aroundMs`, or, without it, between 2000 and 2100.
 */
export function detectTimeFormat(value: Json | undefined, aroundMs?: number): TimeFormatName | undefined {
  if (typeof value === 'string') return detectText(value, aroundMs);
  const number = value instanceof RawNumber ? Number(value.text) : value;
  if (typeof number !== 'number') return undefined;
  if (!Number.isInteger(number)) return plausible(number * 1000, aroundMs) ? 'epoch-s-float' : undefined;
  if (plausible(number * 1000, aroundMs)) return 'epoch-s';
  if (plausible(number, aroundMs)) return 'epoch-ms';
  return plausible(number / 1000, aroundMs) ? 'epoch-us' : undefined;
}

/** The instant of a value in any format that detectTimeFormat knows, in whole milliseconds; undefined when it is no time. */
export function parseTime(value: Json | undefined): number | undefined {
  const format = detectTimeFormat(value);
  if (format === undefined) return undefined;
  if (typeof value !== 'string') {
    const number = value instanceof RawNumber ? Number(value.text) : (value as number);
    if (format === 'epoch-ms') return number;
    return format === 'epoch-us' ? Math.floor(number / 1000) : msOfSeconds(number);
  }
  if (format === 'epoch-ms-text') return Number(value);
  if (format.startsWith('epoch-')) return msOfSeconds(Number(value));
  return instantOfText(value);
}

/** By way of whole microseconds, because 2187418118.502 * 1000 is 2187418118501.9998 in doubles. */
function msOfSeconds(seconds: number): number {
  return Math.floor(Math.round(seconds * 1e6) / 1000);
}

function plausible(ms: number, aroundMs: number | undefined): boolean {
  if (aroundMs === undefined) return ms >= epochMin && ms <= epochMax;
  return Math.abs(ms - aroundMs) <= windowMs;
}

function detectText(text: string, aroundMs: number | undefined): TimeFormatName | undefined {
  if (text.length < 10 || text.length > 40) return undefined;
  if (/^\d+(\.\d{6})?$/.test(text)) {
    const number = Number(text);
    if (text.includes('.')) return plausible(number * 1000, aroundMs) ? 'epoch-s-us-text' : undefined;
    if (plausible(number * 1000, aroundMs)) return 'epoch-s-text';
    return plausible(number, aroundMs) ? 'epoch-ms-text' : undefined;
  }
  if (instantOfText(text) === undefined) return undefined;
  if (datePattern.test(text)) return 'date';
  const mail = mailPattern.exec(text);
  if (mail !== null) {
    const zone = mail[7] as string;
    return zone === 'GMT' ? 'http-date' : zone === '+0000' ? 'rfc-2822' : `rfc-2822${zone}`;
  }
  const [, , , , separator, , , , fraction = '', zone = ''] = isoPattern.exec(text) as RegExpExecArray;
  const family = separator === 'T' ? 'iso' : 'sql';
  const precision = fractionNames[fraction.length] ?? 'trim';
  const name = family === 'sql' && precision === 's' ? 'sql' : `${family}-${precision}`;
  if (zone === '+00:00' && name === 'iso-s') return 'iso-offset';
  if (zone === '') return family === 'iso' ? `${name}-bare` : name;
  return zone === 'Z' && family === 'iso' ? name : `${name}${zone}`;
}

function instantOfText(text: string): number | undefined {
  const date = datePattern.exec(text);
  if (date !== null) return instantOf(Number(date[1]), Number(date[2]), Number(date[3]));
  const mail = mailPattern.exec(text);
  if (mail !== null) {
    const [, day, month = '', year, hour, minute, second, zone = ''] = mail;
    const ahead = zoneMinutes(zone === 'GMT' ? '' : zone);
    const local = instantOf(
      Number(year),
      months.indexOf(month) + 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    return local === undefined || ahead === undefined ? undefined : local - ahead * 60_000;
  }
  const iso = isoPattern.exec(text);
  if (iso === null) return undefined;
  const [, year, month, day, , hour, minute, second, fraction = '', zone = ''] = iso;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const ahead = zoneMinutes(zone);
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = instantOf(...parts, ms);
  return local === undefined || ahead === undefined ? undefined : local - ahead * 60_000;
}
