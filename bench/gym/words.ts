// Vocabulary: nouns for resources, words for values. No name says what a behaviour is.
import type { Dice } from './dice.ts';

export interface Noun {
  readonly one: string;
  readonly many: string;
}

const noun = (one: string, many = `${one}s`): Noun => ({ one, many });

export const NOUNS: readonly Noun[] = [
  noun('harbour'),
  noun('vessel'),
  noun('parcel'),
  noun('orchard'),
  noun('recipe'),
  noun('ledger'),
  noun('ticket'),
  noun('studio'),
  noun('quarry', 'quarries'),
  noun('campaign'),
  noun('contract'),
  noun('expedition'),
  noun('gallery', 'galleries'),
  noun('kennel'),
  noun('lesson'),
  noun('manuscript'),
  noun('nursery', 'nurseries'),
  noun('pipeline'),
  noun('reservoir'),
  noun('sensor'),
  noun('survey'),
  noun('tenant'),
  noun('voucher'),
  noun('workshop'),
];

const ADJECTIVES = ['quiet', 'amber', 'hollow', 'brisk', 'northern', 'silver', 'gentle', 'crooked', 'early', 'distant'];
export const THINGS = [
  'meadow',
  'lantern',
  'bridge',
  'orchid',
  'compass',
  'harvest',
  'signal',
  'thicket',
  'anchor',
  'ember',
];
export const TAGS = ['red', 'urgent', 'draft', 'legacy', 'vip', 'north', 'beta', 'spare'];

/** Two words and a number: seldom the same twice. */
export function phrase(dice: Dice): string {
  return `${capital(dice.pick(ADJECTIVES))} ${dice.pick(THINGS)} ${dice.below(900) + 100}`;
}

export function sentence(dice: Dice): string {
  return `The ${dice.pick(ADJECTIVES)} ${dice.pick(THINGS)} of ${dice.pick(THINGS)} ${dice.below(100)}.`;
}

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

export type Casing = 'snake' | 'camel';

/** `created at` as a member is spelled: `created_at`, `createdAt`. */
export function spell(words: string, casing: Casing): string {
  const [first = '', ...rest] = words.split(' ');
  return casing === 'snake' ? [first, ...rest].join('_') : first + rest.map(capital).join('');
}
