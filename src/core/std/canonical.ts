// Canonical text: equal JSON values give equal text, whatever the order of their keys. For digests and for comparing.
import stringify from 'fast-json-stable-stringify';
import { isArray, isObject, RawNumber, type Json } from './json.ts';

/**
 * JSON text with sorted keys (by UTF-16 code units) and no space. A RawNumber prints its source text, so 1.0 and 1 differ;
 * a lone surrogate prints as an escape, so the text is always well formed.
 */
export function canonicalText(value: Json): string {
  return holdsRawNumber(value) ? print(value) : stringify(value);
}

/** The package does not know RawNumber, which is rare. */
function holdsRawNumber(value: Json): boolean {
  if (value instanceof RawNumber) return true;
  if (isArray(value)) return value.some(holdsRawNumber);
  if (!isObject(value)) return false;
  for (const key in value) if (holdsRawNumber(value[key] as Json)) return true;
  return false;
}

function print(value: Json): string {
  if (value instanceof RawNumber) return value.text;
  if (isArray(value)) return `[${value.map(print).join(',')}]`;
  if (!isObject(value)) return stringify(value);
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) members.push(`${stringify(key)}:${print(value[key] as Json)}`);
  return `{${members.join(',')}}`;
}
