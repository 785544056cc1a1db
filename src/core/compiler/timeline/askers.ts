// Pass "askers": which entity a principal is. Services make users and give out their keys (`{"id": 5, "api_key": …}`), which
// later requests carry as a credential; or they call everybody by a name that the answers to their writes show. Rules then
// read who asks as an entity, `asker`: also one that a key was given to only after the clone began.
import { isEachRoute } from '../calls/bulk-calls.ts';
import type { Call } from '../calls/call.ts';
import type { EntityDraft } from '../entities/entity-draft.ts';
import { ASKER, type BindingDraft, type Evidence, livesByKey, principalOf } from '../evidence.ts';
import { memberText } from '../explain/literal.ts';
import { scalarText } from '../entities/sites.ts';
import { isRef, type Life } from './timeline.ts';

export interface Askers {
  readonly binding: BindingDraft;
  /** By call index: who asked, where that is an entity that is there. */
  readonly of: readonly (Life | undefined)[];
  /** Routes that more than one of them used. */
  readonly routes: ReadonlySet<string>;
}

/** Finds the askers, and binds them where answers are about them. */
export function findAskers(evidence: Evidence): void {
  const askers = byCredential(evidence) ?? byName(evidence);
  if (askers === undefined) return;
  evidence.askers = askers;
  for (const [id, calls] of evidence.byRoute) {
    const bindings = evidence.bindings.get(id) as BindingDraft[];
    if (!isEachRoute(id) && isAboutAsker(evidence, askers, calls, bindings)) bindings.push(askers.binding);
  }
}

const KEY_LENGTH_MIN = 12;
const ASKERS_MIN = 2;

/** An attribute that holds what requests carry as their credential, whole or behind a word (`Bearer …`). */
function byCredential(evidence: Evidence): Askers | undefined {
  const { calls, principals, timeline } = evidence;
  const header = principals.all.find(({ credential }) => credential !== undefined)?.credential?.header;
  if (header === undefined) return undefined;
  const keys = new Map<string, { life: Life; attribute: string }>();
  for (const life of timeline.lives)
    for (const { attributes } of life.versions)
      for (const [attribute, value] of Object.entries(attributes))
        if (
          typeof value === 'string' &&
          value.length >= KEY_LENGTH_MIN &&
          !attribute.startsWith('$') &&
          !/\s/.test(value)
        )
          keys.set(value, { life, attribute });
  const found = calls.map((call) => {
    const credential = principalOf(evidence, call).credential?.value ?? '';
    const whole = keys.get(credential);
    const behind = keys.get(credential.slice(credential.lastIndexOf(' ') + 1));
    return whole === undefined ? behind && { ...behind, isWhole: false } : { ...whole, isWhole: true };
  });
  const cells = new Map<string, { type: EntityDraft; attribute: string; isWhole: boolean; lives: Set<Life> }>();
  for (const key of found) {
    if (key === undefined) continue;
    const { life, attribute, isWhole } = key;
    const id = `${life.type.name} ${attribute} ${isWhole}`;
    const cell = cells.get(id) ?? { type: life.type, attribute, isWhole, lives: new Set<Life>() };
    cells.set(id, cell);
    cell.lives.add(life);
  }
  const best = [...cells.values()].sort((a, b) => b.lives.size - a.lives.size)[0];
  if (best === undefined || best.lives.size < ASKERS_MIN) return undefined;
  const text = memberText('header', header);
  const value = best.isWhole ? text : `last(split(${text}, " "))`;
  const of = found.map((key) => (key !== undefined && best.lives.has(key.life) ? key.life : undefined));
  return askersOf(evidence, best.type, [best.attribute], value, of);
}

/** What is constant for each principal is the key of an entity. */
function byName(evidence: Evidence): Askers | undefined {
  const known = evidence.principals.all.filter(({ credential }) => credential !== undefined);
  const names = new Set(known.flatMap(({ attributes }) => Object.keys(attributes)));
  for (const name of names)
    for (const type of evidence.entities.types) {
      if (type.key.length !== 1) continue;
      const lifeOf = (value: unknown, index: number): Life | undefined => {
        const key = isRef(value as never) ? (value as { $ref: string; key: string }) : undefined;
        const text = key === undefined ? scalarText(value as never) : key.$ref === type.name ? key.key : undefined;
        return text === undefined
          ? undefined
          : livesByKey(evidence, type.name, text).find((life) => life.isAliveAt(index));
      };
      const told = known.filter(({ attributes }) => name in attributes);
      const isNamed = told.every(({ attributes }) => lifeOf(attributes[name], evidence.calls.length - 1) !== undefined);
      if (told.length < ASKERS_MIN || !isNamed) continue;
      const of = evidence.calls.map((call) => lifeOf(principalOf(evidence, call).attributes[name], call.index));
      const isReference = isRef(told[0]?.attributes[name] as never);
      const text = memberText('principal', name);
      const askers = askersOf(
        evidence,
        type,
        type.key,
        isReference ? memberText(`deref(${text})`, type.field) : text,
        of,
      );
      // Principals that stand for themselves need no conditions beside those on their ids.
      return { ...askers, routes: new Set() };
    }
  return undefined;
}

function askersOf(
  evidence: Evidence,
  type: EntityDraft,
  attributes: readonly string[],
  value: string,
  of: readonly (Life | undefined)[],
): Askers {
  const binding: BindingDraft = { name: ASKER, type, attributes, values: [value], prefix: undefined };
  const severalAsk = ([, calls]: readonly [string, readonly Call[]]): boolean =>
    new Set(calls.map(({ index }) => of[index])).size >= 2;
  const routes = [...evidence.byRoute].filter((each) => !isEachRoute(each[0]) && severalAsk(each)).map(([id]) => id);
  return { binding, of, routes: new Set(routes) };
}

const ABOUT_SHARE_MIN = 0.8;

/** Nothing in the request names what accepted calls answer with, and it is who asks. */
function isAboutAsker(
  evidence: Evidence,
  { binding, of }: Askers,
  calls: readonly Call[],
  bindings: readonly BindingDraft[],
): boolean {
  if (bindings.some(({ type }) => type === binding.type)) return false;
  const accepted = calls.filter((call) => !call.refused);
  const about = accepted.filter(({ index }) =>
    (evidence.timeline.sightings[index] ?? []).some(
      ({ life, site }) => life === of[index] && evidence.entities.direct.has(site) && !site.endsWith('[]'),
    ),
  );
  return about.length > 0 && about.length >= ABOUT_SHARE_MIN * accepted.length;
}
