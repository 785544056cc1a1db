// JSON values as Mynah holds them. A number whose source text a double cannot hold exactly is kept as RawNumber, so that
// what was recorded is what is served. Objects keep the order of their keys.

/** A JSON number that a double would change (1.0, 12345678901234567890): kept by its source text. */
export class RawNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Json = null | boolean | number | string | RawNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RawNumber);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
