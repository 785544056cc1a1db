// What a service may check of a request before it does anything: kind, range, form and choice of each value that was
// sent (which characters and how many: text-shapes.ts). Limits are set by what was accepted against what was refused.
import type { Json } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import { quote } from '../explain/literal.ts';
import { scalarOf } from '../explain/samples.ts';

/** Adds a predicate by its text, its cost in bits and its truth for a call. */
export type AddPredicate = (text: string, cost: number, test: (call: Call) => boolean) => void;

/** A value that requests send: the expression that reads it, and the reading of it. */
export interface SentValue {
  readonly expression: string;
  read(call: Call): Json | undefined;
}

interface Form {
  readonly pattern: string;
  readonly cost: number;
}

/** Forms that services ask for, narrow ones first. */
const FORMS: readonly Form[] = [
  { pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$', cost: 2.5 },
  { pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}', cost: 2.5 },
  { pattern: '^\\d{4}-\\d{2}-\\d{2}$', cost: 2.5 },
  { pattern: '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', cost: 2.5 },
  { pattern: '^https?://', cost: 2.5 },
  { pattern: '^#?[0-9a-fA-F]{6}$', cost: 2.5 },
  { pattern: '^\\d+[-.:]', cost: 3 },
];

const ACCEPTED_MIN = 3;
const CHOICES_MAX = 8;
const WORDS_MAX = 3;

export function addValidation(calls: readonly Call[], sent: readonly SentValue[], add: AddPredicate): void {
  if (!calls.some((call) => call.refused)) return;
  for (const value of sent) addChecks(calls, value, add);
}

function addChecks(calls: readonly Call[], { expression, read }: SentValue, add: AddPredicate): void {
  const accepted = calls.filter((call) => !call.refused).map(read);
  const refused = calls.filter((call) => call.refused).map(read);
  const texts = accepted.filter((value): value is string => typeof value === 'string');
  const wrong = refused.filter((value): value is string => typeof value === 'string');
  const ifText =
    (test: (text: string) => boolean) =>
    (call: Call): boolean => {
      const value = read(call);
      return typeof value === 'string' && test(value);
    };
  const trial: Trial = { expression, read, accepted, refused, texts, wrong, ifText, add };
  if (wrong.some((text) => text.trim() === '') && !texts.some((text) => text.trim() === ''))
    add(
      `trim(string(${expression})) == ""`,
      1.5,
      ifText((text) => text.trim() === ''),
    );
  if (texts.length >= ACCEPTED_MIN) {
    addForms(trial);
    addLeastLength(trial);
  }
  addChoice(trial);
  addRange(trial);
  addWords(trial);
}

/** What was sent under one expression, by what became of it. */
interface Trial extends SentValue {
  readonly accepted: readonly (Json | undefined)[];
  readonly refused: readonly (Json | undefined)[];
  /** The texts among both. */
  readonly texts: readonly string[];
  readonly wrong: readonly string[];
  /** Truth for a call whose value is a text that passes the test. */
  ifText(test: (text: string) => boolean): (call: Call) => boolean;
  readonly add: AddPredicate;
}

function addForms({ expression, texts, wrong, ifText, add }: Trial): void {
  if (texts.every(isNumeric) && wrong.some((text) => !isNumeric(text)))
    add(
      `${expression} != missing && number(${expression}) == missing`,
      2,
      ifText((text) => !isNumeric(text)),
    );
  if (new Set(texts).size < ACCEPTED_MIN) return;
  for (const { pattern, cost } of FORMS) {
    const form = new RegExp(pattern);
    if (!texts.every((text) => form.test(text)) || wrong.every((text) => form.test(text))) continue;
    add(
      `${expression} != missing && !matches(string(${expression}), ${quote(pattern)})`,
      cost,
      ifText((text) => !form.test(text)),
    );
    return;
  }
}

const isNumeric = (text: string): boolean => /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text.trim());

/** So many different texts are too short before a least length is believed, and none longer than this is asked for. */
const UNDER_MIN = 2;
const SHORTEST_MAX = 12;

function addLeastLength({ expression, texts, wrong, ifText, add }: Trial): void {
  const shortest = Math.min(...texts.map((text) => text.length));
  const lengths = new Set(texts.map((text) => text.length));
  const under = new Set(wrong.filter((text) => text !== '' && text.length < shortest));
  if (under.size < UNDER_MIN || lengths.size < UNDER_MIN + 2 || shortest > SHORTEST_MAX) return;
  const limit = Math.max(...[...under].map((text) => text.length)) + 1;
  add(
    `${expression} != missing && size(string(${expression})) < ${limit}`,
    4,
    ifText((text) => text.length < limit),
  );
}

/** One of few words, each accepted more than once. */
function addChoice({ expression, read, accepted, refused, add }: Trial): void {
  const choices = new Map<string, number>();
  for (const value of accepted) {
    const text = typeof value === 'string' ? value : undefined;
    if (text !== undefined) choices.set(text, (choices.get(text) ?? 0) + 1);
  }
  const total = [...choices.values()].reduce((sum, count) => sum + count, 0);
  if (choices.size === 0 || choices.size > CHOICES_MAX || total < 2 * choices.size) return;
  const outside = (value: Json | undefined): boolean => typeof value === 'string' && !choices.has(value);
  if (!refused.some(outside)) return;
  const words = [...choices.keys()].sort().map(quote).join(', ');
  add(`${expression} != missing && !(${expression} in [${words}])`, 3 + 0.2 * choices.size, (call) =>
    outside(read(call)),
  );
}

function addRange({ expression, read, accepted, refused, add }: Trial): void {
  const numbers = accepted.map(numberOf).filter((number) => number !== undefined);
  const wrong = refused.map(numberOf).filter((number) => number !== undefined);
  if (numbers.length < ACCEPTED_MIN) return;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const below = wrong.filter((number) => number < low);
  if (below.length > 0) {
    const limit = low > 0 && Math.max(...below) <= 0 ? Math.min(1, low) : low >= 0 && Math.max(...below) < 0 ? 0 : low;
    add(`number(${expression}) < ${limit}`, 2.5, (call) => (numberOf(read(call)) ?? limit) < limit);
  }
  const above = wrong.filter((number) => number > high);
  if (above.length > 0) {
    const limit = Math.min(...above) - 1;
    add(`number(${expression}) > ${limit}`, 3, (call) => (numberOf(read(call)) ?? limit) > limit);
  }
}

function numberOf(value: Json | undefined): number | undefined {
  const text = typeof value === 'boolean' ? undefined : scalarOf(value);
  return text !== undefined && isNumeric(text) ? Number(text) : undefined;
}

/** Words that were refused more than once and never accepted. */
function addWords({ expression, texts, wrong, ifText, add }: Trial): void {
  const counts = new Map<string, number>();
  for (const text of wrong) if (text.length <= 40) counts.set(text, (counts.get(text) ?? 0) + 1);
  const repeated = [...counts]
    .filter(([text, count]) => count >= 2 && !texts.includes(text))
    .sort((a, b) => b[1] - a[1]);
  for (const [word] of repeated.slice(0, WORDS_MAX))
    add(
      `${expression} == ${quote(word)}`,
      4.5,
      ifText((text) => text === word),
    );
}
