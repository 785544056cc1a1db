// Formats that strings of an API have and keep: what a change of format is told by.

export type TextFormat = 'uuid' | 'date-time' | 'date' | 'email' | 'url' | 'digits' | 'hex' | 'text';

const FORMATS: readonly (readonly [TextFormat, RegExp])[] = [
  ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
  ['date-time', /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?$/],
  ['date', /^\d{4}-\d\d-\d\d$/],
  ['digits', /^\d+$/],
  ['hex', /^[0-9a-f]{16,}$/i],
  ['url', /^[a-z][a-z0-9+.-]*:\/\/\S+$/i],
  ['email', /^[^\s@]+@[^\s@]+\.[^\s@]+$/],
];

const FORMAT_LENGTH_MAX = 2048;

/** The format of a string; `text` for anything else. */
export function textFormat(text: string): TextFormat {
  if (text.length > FORMAT_LENGTH_MAX) return 'text';
  return FORMATS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'text';
}
