// What clients sent then and now: a difference in answers that repeats a difference in requests is the client's, not the API's.
import type { Exchange } from '../exchange/exchange.ts';
import { viewRequest } from '../exchange/request-view.ts';
import type { Kind } from '../model/body-profile.ts';
import type { Shapes } from '../model/shapes.ts';
import { isArray, isObject, type Json } from '../std/json.ts';

export interface ClientDifferences {
  /** Keys that were sent then or now, but not both. */
  readonly sentByOne: ReadonlySet<string>;
  /** Keys that were sent then or now. */
  readonly sentKeys: ReadonlySet<string>;
  /** Strings that are sent now. */
  readonly texts: ReadonlySet<string>;
  /** Whether values of that kind are sent under that key now and were not then. */
  sendsNewKind(key: string, kind: Kind): boolean;
}

export function clientDifferences(baseline: Shapes, fresh: Shapes, exchanges: readonly Exchange[]): ClientDifferences {
  const [then, now] = [new Map(Object.entries(baseline.sent)), new Map(Object.entries(fresh.sent))];
  const texts = new Set<string>();
  for (const { request } of exchanges) {
    const { body, query } = viewRequest(request);
    addTexts(texts, body);
    addTexts(texts, query);
  }
  return {
    sentByOne: new Set([
      ...[...now.keys()].filter((key) => !then.has(key)),
      ...[...then.keys()].filter((key) => !now.has(key)),
    ]),
    sentKeys: new Set([...then.keys(), ...now.keys()]),
    texts,
    sendsNewKind: (key, kind) => now.get(key)?.includes(kind) === true && then.get(key)?.includes(kind) !== true,
  };
}

function addTexts(texts: Set<string>, value: Json | undefined): void {
  if (typeof value === 'string') texts.add(value);
  else if (isArray(value)) for (const element of value) addTexts(texts, element);
  else if (isObject(value)) for (const member of Object.values(value)) addTexts(texts, member);
}
