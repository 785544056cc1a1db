// The members that clients write.
import type { Dice } from '../dice.ts';
import { phrase, sentence, spell, TAGS, type Casing } from '../words.ts';

export type FieldKind = 'title' | 'text' | 'choice' | 'integer' | 'flag' | 'tags' | 'amount';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** A value that a client may send. */
  readonly draw: (dice: Dice) => unknown;
  /** What is stored when a client does not say; undefined: nothing, and the member is not shown. */
  readonly fallback: unknown;
  /** Of a choice. */
  readonly options?: readonly string[];
  /** Share of requests that say something about it. */
  readonly share: number;
}

const OPTIONS: readonly (readonly string[])[] = [
  ['open', 'closed'],
  ['low', 'normal', 'high'],
  ['draft', 'review', 'final'],
  ['small', 'medium', 'large'],
];

type Making = (dice: Dice, casing: Casing) => Field;

const FURTHER: readonly Making[] = [
  (dice, casing) =>
    text(spell(dice.pick(['description', 'note', 'long text']), casing), dice.pick([null, undefined, ''])),
  (dice, casing) => choice(spell(dice.pick(['level', 'kind', 'size class']), casing), dice),
  (dice, casing) => integer(spell(dice.pick(['quantity', 'rank', 'seat count']), casing), dice.pick([0, 1, null, 10])),
  (dice, casing) => flag(spell(dice.pick(['enabled', 'is public', 'pinned']), casing), dice.chance(0.5)),
  (dice, casing) => tags(spell(dice.pick(['tags', 'keywords']), casing), dice),
  (dice, casing) => amount(spell(dice.pick(['price', 'weight', 'unit cost']), casing), dice.pick([0, null, undefined])),
];

/** A title and two to four more. */
export function drawFields(dice: Dice, casing: Casing): Field[] {
  const title: Field = {
    name: dice.pick(['name', 'title', 'label']),
    kind: 'title',
    draw: phrase,
    fallback: dice.pick([null, 'Untitled']),
    share: 0.95,
  };
  const further = dice.some(FURTHER, 2 + dice.below(3)).map((make) => make(dice, casing));
  return [title, ...further];
}

const text = (name: string, fallback: unknown): Field => ({ name, kind: 'text', draw: sentence, fallback, share: 0.5 });

const choice = (name: string, dice: Dice): Field => {
  const options = dice.pick(OPTIONS);
  return { name, kind: 'choice', draw: (d) => d.pick(options), fallback: options[0], options, share: 0.6 };
};

const integer = (name: string, fallback: unknown): Field => ({
  name,
  kind: 'integer',
  draw: (dice) => dice.below(500),
  fallback,
  share: 0.5,
});

const flag = (name: string, fallback: boolean): Field => ({
  name,
  kind: 'flag',
  draw: (dice) => dice.chance(0.5),
  fallback,
  share: 0.4,
});

const tags = (name: string, dice: Dice): Field => ({
  name,
  kind: 'tags',
  draw: (d) => d.some(TAGS, d.below(3) + 1),
  fallback: dice.pick([[], undefined]),
  share: 0.4,
});

const amount = (name: string, fallback: unknown): Field => ({
  name,
  kind: 'amount',
  draw: (dice) => (dice.below(20_000) + 1) / 100,
  fallback,
  share: 0.5,
});
