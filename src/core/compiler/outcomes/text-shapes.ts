// What the texts look like that a route accepts: their characters and their length. Texts that look otherwise may be
// refused for that.
import { type Call } from '../calls/call.ts';
import { quote } from '../explain/literal.ts';
import { type Json } from '../../std/json.ts';

/** Kinds of characters, narrowest first, as patterns of linear-time regular expressions. */
const ALPHABETS = [
  '[0-9]',
  '[a-z]',
  '[a-z0-9_-]',
  '[A-Za-z0-9_-]',
  '[A-Za-z0-9._-]',
  '[^\\s@]+@[^\\s@]',
  '[^\\s]',
] as const;

/** Fewer accepted texts than this tell nothing about others. */
const ACCEPTED_MIN = 5;

type Add = (text: string, cost: number, test: (call: Call) => boolean) => void;

/** Conditions that a text of the request is of other characters, or longer, than any that was accepted; or that it is empty. */
export function addTextShapes(
  calls: readonly Call[],
  fields: ReadonlyMap<string, string>,
  read: (call: Call, expression: string) => Json | undefined,
  add: Add,
): void {
  for (const expression of fields.values()) {
    const textOf = (call: Call): string | undefined => {
      const value = read(call, expression);
      return typeof value === 'string' ? value : undefined;
    };
    const texts = (refused: boolean): string[] =>
      calls.filter((call) => call.refused === refused).flatMap((call) => textOf(call) ?? []);
    const accepted = new Set(texts(false));
    const refused = texts(true);
    if (accepted.size < ACCEPTED_MIN || refused.length === 0) continue;
    const alphabet = ALPHABETS.find((each) =>
      [...accepted].every((text) => text === '' || new RegExp(`^${each}+$`).test(text)),
    );
    const longest = Math.max(...[...accepted].map((text) => text.length));
    const limit = likelyLimit(
      longest,
      Math.min(...refused.map((text) => text.length).filter((length) => length > longest)),
    );
    const tests: [string, (text: string) => boolean][] = [];
    if (alphabet !== undefined)
      tests.push([
        `!${expression}.matches(${quote(`^${alphabet}*$`)})`,
        (text) => !new RegExp(`^${alphabet}*$`).test(text),
      ]);
    if (limit !== undefined) tests.push([`size(${expression}) > ${limit}`, (text) => text.length > limit]);
    if (!accepted.has('')) tests.push([`${expression} == ""`, (text) => text === '']);
    const add1 = (names: readonly (readonly [string, (text: string) => boolean])[]): void =>
      add(
        names.length === 1
          ? `${expression} != missing && ${(names[0] as readonly [string, unknown])[0]}`
          : `${expression} != missing && (${names.map(([text]) => text).join(' || ')})`,
        names.length + 1,
        (call) => {
          const text = textOf(call);
          return text !== undefined && names.some(([, test]) => test(text));
        },
      );
    for (const test of tests) add1([test]);
    if (tests.length > 1) add1(tests);
  }
}

/** Services like round limits; between the longest accepted and the shortest refused text the roundest is likeliest. */
function likelyLimit(longest: number, refused: number): number | undefined {
  if (!Number.isFinite(refused)) return undefined;
  const round = [20, 32, 40, 50, 64, 80, 100, 120, 128, 140, 160, 200, 250, 255, 256, 500, 512, 1000, 1024, 2000, 4000];
  return round.find((limit) => limit >= longest && limit < refused) ?? refused - 1;
}
