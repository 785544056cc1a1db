// Pass "backfill": attributes that the answer to a creation did not show. What the first read after it shows, with no write
// to the entity in between, was so from the beginning; and what was so of all that were read in time, of the others too.
import { groupBy } from '../../std/grouping.ts';
import { equalJson, isObject, type Json, type JsonObject } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import { routeOf, type Evidence } from '../evidence.ts';
import { writtenBetween } from './states.ts';
import type { Life } from './timeline.ts';

/** Completes the first states of what the recording saw being made. */
export function backfillBirths(evidence: Evidence): void {
  const created = evidence.timeline.lives.filter(({ origin }) => origin === 'created');
  const madeAlike = groupBy(created, ({ type, firstSeen }) => {
    const call = evidence.calls[firstSeen];
    return `${type.name} ${call === undefined ? '' : routeOf(evidence, call).id}`;
  });
  for (const lives of madeAlike.values()) {
    const shown = new Set(lives.flatMap(({ versions: [first] }) => Object.keys(first?.attributes ?? {})));
    for (const life of lives) backfill(evidence, life);
    assumeUsual(evidence, lives, shown);
  }
}

function backfill(evidence: Evidence, life: Life): void {
  const late: Record<string, Json> = {};
  for (const { at, attributes } of life.versions) {
    const isFirst = at === life.versions[0]?.at;
    if (!isFirst && writtenBetween(evidence, life, life.firstSeen + 1, at)) break;
    for (const [name, value] of Object.entries(attributes)) if (!(name in late)) late[name] = value;
  }
  life.complete(late);
}

/** Births whose attribute must be known, for those of the others to be taken for like. */
const KNOWN_MIN = 4;

interface Birth {
  readonly life: Life;
  readonly attributes: JsonObject;
  /** Body of the call that made it. */
  readonly sent: JsonObject;
}

/** @param shown attributes that answers to such creations do show: who lacks one of these has none */
function assumeUsual(evidence: Evidence, lives: readonly Life[], shown: ReadonlySet<string>): void {
  const births = lives.map((life): Birth => {
    const body = (evidence.calls[life.firstSeen] as Call | undefined)?.body;
    return { life, attributes: life.versions[0]?.attributes ?? {}, sent: isObject(body) ? body : {} };
  });
  for (const name of new Set(births.flatMap(({ attributes }) => Object.keys(attributes)))) {
    if (shown.has(name)) continue;
    const known = births.filter(({ attributes }) => name in attributes);
    // What a thing never shows, it may not have.
    const unknown = births.filter(
      ({ life, attributes }) =>
        !(name in attributes) && !life.lacks.has(name) && life.versions.some((each) => name in each.attributes),
    );
    const [said, unsaid] = [known.filter(({ sent }) => name in sent), known.filter(({ sent }) => !(name in sent))];
    const isEcho =
      said.length >= KNOWN_MIN && said.every(({ sent, attributes }) => isSame(sent[name], attributes[name]));
    const [first] = unsaid;
    const isUsual =
      unsaid.length >= KNOWN_MIN && unsaid.every(({ attributes }) => isSame(attributes[name], first?.attributes[name]));
    for (const { life, sent } of unknown) {
      const value = name in sent ? (isEcho ? sent[name] : undefined) : isUsual ? first?.attributes[name] : undefined;
      if (value !== undefined) life.complete({ [name]: value });
    }
  }
}

const isSame = (a: Json | undefined, b: Json | undefined): boolean =>
  a !== undefined && b !== undefined && equalJson(a, b);
