// Pass "late births": things first seen in a read that cannot have been there from the beginning, because their keys count
// on from those of things that were made during the recording. The keys tell between which calls each was born, and the
// routes whose calls such births keep falling on tell which call made it.
import { append } from '../../std/grouping.ts';
import { isObject, type Json, type JsonObject } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from '../calls/call.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { type Evidence } from '../evidence.ts';
import { birthsOf, type Birth } from '../types/generated.ts';
import { concerns, worthOfRoutes } from './implicit.ts';
import { scalarText } from '../entities/sites.ts';
import { type Life } from './timeline.ts';

/** Births whose keys must grow before keys are taken for a measure of time. */
const BIRTHS_MIN = 5;
const GROWING_MIN = 0.97;
const TELLING_LENGTH_MIN = 4;
/** Of a route's calls, the share on which such births may fall for them to be its doing, where no words tell. */
const WORTH_MIN = 0.3;

interface Suspect {
  readonly life: Life;
  readonly candidates: readonly Call[];
}

/** Finds them and moves each one's beginning to the call that made it. */
export function placeLateBirths(evidence: Evidence): void {
  for (const type of evidence.entities.types) {
    const births = birthsOf(evidence, type);
    if (!keysGrow(births)) continue;
    const suspects = evidence.timeline.lives
      .filter(
        (life) => life.type === type && life.origin === 'seed' && isBehind(life.key, (births[0] as Birth).life.key),
      )
      .map((life) => ({ life, candidates: candidatesFor(evidence, life, births) }))
      .filter(({ candidates }) => candidates.length > 0);
    assignMakers(evidence, type, suspects);
  }
}

function keysGrow(births: readonly Birth[]): boolean {
  if (births.length < BIRTHS_MIN) return false;
  let growing = 0;
  for (const [at, birth] of births.entries())
    if (at > 0 && isBehind(birth.life.key, (births[at - 1] as Birth).life.key)) growing++;
  return growing >= GROWING_MIN * (births.length - 1);
}

/** Whole numbers compare by size, other keys by code units where they are equally long. */
function isBehind(key: string, other: string): boolean {
  if (/^\d{1,15}$/.test(key) && /^\d{1,15}$/.test(other)) return Number(key) > Number(other);
  return key.length === other.length && key > other;
}

/** Writes between the births of the keys before and behind, about what the thing belongs to. */
function candidatesFor(evidence: Evidence, life: Life, births: readonly Birth[]): Call[] {
  let first = 0;
  let last = life.firstSeen - 1;
  for (const { life: other, at } of births) {
    if (isBehind(life.key, other.key)) first = Math.max(first, at);
    else last = Math.min(last, at);
  }
  const owners = [...life.marks.entries()].flatMap(([name, type]) =>
    evidence.timeline.lives.filter((each) => each.type === type && each.key === life.versions[0]?.attributes[name]),
  );
  return evidence.calls
    .slice(first, last + 1)
    .filter((call) => !isRead(call) && isSuccess(call))
    .filter((call) => owners.every((owner) => concerns(evidence, call, owner)));
}

/**
 * The likeliest maker of each: a call whose words the thing repeats; else one of the route that such births fall on most,
 * for how often it is called.
 */
function assignMakers(evidence: Evidence, type: EntityDraft, suspects: readonly Suspect[]): void {
  const worth = worthOfRoutes(evidence, suspects);
  const shows = (call: Call): boolean =>
    (evidence.timeline.sightings[call.index] ?? []).some((sighting) => sighting.life.type === type && sighting.isNew);
  for (const { life, candidates } of suspects) {
    const ranked = candidates
      .filter((call) => !shows(call))
      .map((call) => ({ call, echoes: echoesIn(call, life), worth: worth(call) }))
      .sort((a, b) => b.echoes - a.echoes || b.worth - a.worth || b.call.index - a.call.index);
    const best = ranked[0];
    if (best === undefined || (best.echoes === 0 && best.worth < WORTH_MIN)) continue;
    const { index } = best.call;
    life.bornAt(index);
    append(evidence.unseenBirths, index, life);
  }
}

/** How many texts of the request the thing repeats. */
function echoesIn(call: Call, life: Life): number {
  const attributes: JsonObject = life.versions[0]?.attributes ?? {};
  const texts = Object.entries(attributes)
    .filter(([name]) => !name.startsWith('$'))
    .map(([, value]) => scalarText(value) ?? '');
  return [...textsOf(call.body)].filter((text) => texts.some((own) => own.includes(text))).length;
}

function* textsOf(value: Json | undefined): Generator<string> {
  if (typeof value === 'string' && value.length >= TELLING_LENGTH_MIN) yield value;
  if (isObject(value)) for (const member of Object.values(value)) yield* textsOf(member);
}
