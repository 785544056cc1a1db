// Sites that show entities by a text put together from their members: `{id: 5, name: "Ada Byron"}` where the person has
// a first and a last name. The ids alone would prove nothing; that the text follows from the members of the one with
// that id, for several of them, does.
import { type JsonObject } from '../../std/json.ts';
import { type Context, type EntityDraft, assign } from './entity-draft.ts';
import { type Site, type SiteNode, commonFields, scalarText } from './sites.ts';
import { identityRank, typeName } from './words.ts';

/** Entities that must agree before a text is believed to be composed of their members. */
const AGREEING_MIN = 3;
const FIELDS_MAX = 4;
const LOOKS_MAX = 4;

/** How a text is put together: one member, or two with a short text between them. */
interface Composition {
  readonly first: string;
  readonly between: string;
  readonly last: string | undefined;
}

export function addComposedSites(context: Context): void {
  const looks = new Map(context.drafts.map((draft) => [draft, looksByKey(context, draft)]));
  /** By type and member: what was once found holds elsewhere too, where few entities show. */
  const established = new Map<string, Composition>();
  for (const agreeingMin of [AGREEING_MIN, 1])
    for (const site of context.sites.values()) {
      if (context.owner.has(site.id)) continue;
      const fields = commonFields(site, 1);
      if (fields.size < 2 || site.fields.size > FIELDS_MAX) continue;
      const draft = context.drafts.find(
        (each) =>
          fields.has(each.field) && isComposedOf(site, each, looks.get(each) as Looks, established, agreeingMin),
      );
      if (draft !== undefined) assign(context, draft, site);
    }
}

type Looks = ReadonlyMap<string, readonly JsonObject[]>;

/** How the entities of a type look elsewhere, by key. */
function looksByKey(context: Context, draft: EntityDraft): Looks {
  const looks = new Map<string, JsonObject[]>();
  for (const id of draft.sites)
    for (const { value } of (context.sites.get(id) as Site).nodes) {
      const key = scalarText(value[draft.field]);
      if (key === undefined) continue;
      const known = looks.get(key) ?? [];
      if (known.length === 0) looks.set(key, known);
      if (known.length < LOOKS_MAX) known.push(value);
    }
  return looks;
}

function isComposedOf(
  site: Site,
  draft: EntityDraft,
  looks: Looks,
  established: Map<string, Composition>,
  agreeingMin: number,
): boolean {
  const known = site.nodes.filter((node) => looks.has(scalarText(node.value[draft.field]) ?? ''));
  const keys = new Set(known.map((node) => scalarText(node.value[draft.field])));
  if (keys.size < agreeingMin || known.length < 0.5 * site.nodes.length) return false;
  return [...site.fields.keys()]
    .filter((name) => name !== draft.field)
    .every((name) => {
      if (new Set(known.map((node) => node.value[name])).size < agreeingMin) return false;
      const id = `${draft.sites.values().next().value as string}\n${name}`;
      const earlier = established.get(id);
      const compositions =
        agreeingMin < AGREEING_MIN
          ? earlier === undefined
            ? []
            : [earlier]
          : known.slice(0, LOOKS_MAX).flatMap((node) => compositionsOf(node.value[name], lookOf(node, draft, looks)));
      const found = compositions.find((composition) => {
        const agreeing = known.filter((node) =>
          (looks.get(scalarText(node.value[draft.field]) ?? '') ?? []).some(
            (look) => compose(composition, look) === node.value[name],
          ),
        );
        return agreeing.length >= 0.9 * known.length;
      });
      if (found !== undefined) established.set(id, found);
      return found !== undefined;
    });
}

const lookOf = (node: SiteNode, draft: EntityDraft, looks: Looks): JsonObject =>
  looks.get(scalarText(node.value[draft.field]) ?? '')?.[0] ?? {};

function compositionsOf(text: JsonObject[string] | undefined, look: JsonObject): Composition[] {
  if (typeof text !== 'string' || text.length < 3) return [];
  const found: Composition[] = [];
  const members = Object.entries(look).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '' && text.includes(entry[1]),
  );
  for (const [first, value] of members) {
    if (value === text) found.push({ first, between: '', last: undefined });
    if (!text.startsWith(value)) continue;
    for (const [last, end] of members) {
      const between = text.slice(value.length, text.length - end.length);
      if (last !== first && text === value + between + end && /^[^A-Za-z0-9]{1,3}$/.test(between))
        found.push({ first, between, last });
    }
  }
  return found;
}

function compose({ first, between, last }: Composition, look: JsonObject): string | undefined {
  const start = look[first];
  const end = last === undefined ? '' : look[last];
  return typeof start === 'string' && typeof end === 'string' ? start + between + end : undefined;
}

/** Different ids that must all be those of one type, and of no other, where no name says which type is meant. */
const BARE_IDS_MIN = 4;

/** Objects that hold nothing but an id (`parent: {id: 7}`) refer to the one type that has all those ids, or that is named so. */
export function addBareReferences(context: Context): void {
  for (const site of context.sites.values()) {
    if (context.owner.has(site.id) || site.fields.size !== 1 || /^\$(\[\])?$/.test(site.pattern)) continue;
    const field = [...site.fields.keys()][0] as string;
    if (identityRank(field) !== 3) continue;
    const ids = new Set(site.nodes.map((node) => scalarText(node.value[field])));
    const holders = context.drafts.filter(
      (draft) => draft.field === field && [...ids].every((id) => id !== undefined && draft.values.has(id)),
    );
    const noun = typeName(site.pattern.replaceAll('[]', '').split('.').at(-1) as string);
    const named = holders.find((draft) => draft.name === noun);
    const only = holders.length === 1 && ids.size >= BARE_IDS_MIN ? holders[0] : undefined;
    const draft = named ?? only;
    if (draft !== undefined) assign(context, draft, site);
  }
}
