// Which value of the original stands for which value of the clone. A bijection between values that a server made up: what
// the original calls A and the clone calls B is called so everywhere. Values that the client chose stand for themselves.
import { parseTime } from '../std/clock.ts';
import { isArray, isObject, RawNumber, type Json } from '../std/json.ts';
import { isDigits, looksMadeUp } from './made-up.ts';
import { wordsOf } from './words.ts';

/** A number as it is written in the bijection, apart from the text of the same digits. */
export const numberName = (value: number | string): string => `#${value}`;

/** Shorter integers are sequences and counts, which have to be right. */
const LARGE_NUMBER_DIGITS = 7;

export class Correspondence {
  private readonly there = new Map<string, string>();
  private readonly back = new Map<string, string>();
  private readonly trail: string[] = [];
  private readonly sent = new Set<string>();
  private readonly served = new Set<string>();
  private readonly held = new Map<string, string>();
  private readonly heldNumbers = new Map<string, Map<string, string>>();
  private shiftMs = 0;

  /** How far a time of the clone's may stand from the original's, in milliseconds. */
  get clockSlackMs(): number {
    return CLOCK_SLACK_MS + this.shiftMs;
  }

  /** Notes how far the clone's clock stood from the original's at one step. */
  allowClockShift(ms: number): void {
    this.shiftMs = Math.max(this.shiftMs, Math.abs(ms));
  }

  /** True when `original` may stand for `clone`; remembers it. */
  pair(original: string, clone: string): boolean {
    const known = this.there.get(original);
    if (known !== undefined || this.back.has(clone)) return known === clone;
    if (original !== clone && this.sent.has(original)) return false;
    this.there.set(original, clone);
    this.back.set(clone, original);
    this.trail.push(original);
    return true;
  }

  /** What stands for it on the clone's side, if that is known. */
  counterpart(original: string): string | undefined {
    return this.there.get(original);
  }

  /** Stands for a value of the original. */
  isTaken(clone: string): boolean {
    return this.back.has(clone);
  }

  /** The client chose it: no answer had shown it before. */
  isSent(value: string): boolean {
    return this.sent.has(value);
  }

  /** A moment to come back to. */
  mark(): number {
    return this.trail.length;
  }

  /** Forgets the pairs made since. */
  rollback(mark: number): void {
    for (const original of this.trail.splice(mark)) {
      this.back.delete(this.there.get(original) as string);
      this.there.delete(original);
    }
  }

  /** Notes what a client of the clone would hold where a client of the original holds that value, right or wrong. */
  hold(original: string, clone: string): void {
    if (original !== clone && !this.sent.has(original)) this.held.set(original, clone);
  }

  /** The same for a small number, which is a name only among things of one kind: `noun` is the path segment before it. */
  holdNumber(noun: string, original: number, clone: number): void {
    let numbers = this.heldNumbers.get(noun);
    if (numbers === undefined) this.heldNumbers.set(noun, (numbers = new Map()));
    numbers.set(String(original), String(clone));
  }

  /** What a client of the clone would send in place of this whole value; undefined when it sends the same. */
  heldFor(original: string): string | undefined {
    return this.there.get(original) ?? this.there.get(numberName(original))?.slice(1) ?? this.held.get(original);
  }

  /** `noun` may be the beginning of the word under which the number is held: `issue` finds `issues`. */
  heldNumber(noun: string, original: string): string | undefined {
    if (noun === '') return undefined;
    const exact = this.heldNumbers.get(noun)?.get(original);
    if (exact !== undefined) return exact;
    for (const [held, numbers] of this.heldNumbers) {
      if (held.startsWith(noun)) return numbers.get(original);
    }
    return undefined;
  }

  /** Notes values of a request. */
  noteSent(value: Json | undefined): void {
    for (const name of namesIn(value)) if (!this.served.has(name)) this.sent.add(name);
  }

  /** Notes values of an answer of the original. */
  noteServed(value: Json | undefined): void {
    for (const name of namesIn(value)) if (!this.sent.has(name)) this.served.add(name);
  }
}

/** Time zones, and dates that a clock a little apart has not reached. */
const CLOCK_SLACK_MS = 36 * 3_600_000;

/** Texts and numbers in a value that could be taken for made-up ones; no others need to be remembered. */
function* namesIn(value: Json | undefined): Generator<string> {
  if (typeof value === 'string') {
    yield* namesInText(value);
  } else if (typeof value === 'number' || value instanceof RawNumber) {
    const text = value instanceof RawNumber ? value.text : String(value);
    if (text.length >= LARGE_NUMBER_DIGITS) yield text;
  } else if (isArray(value)) {
    for (const element of value) yield* namesIn(element);
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      yield* namesInText(key);
      yield* namesIn(member);
    }
  }
}

const WHOLE_LENGTH_MAX = 200;

function* namesInText(text: string): Generator<string> {
  if (text.length <= WHOLE_LENGTH_MAX && isNaming(text)) yield text;
  for (const word of wordsOf(text)) if (word !== text && isNaming(word)) yield word;
}

function isNaming(text: string): boolean {
  return looksMadeUp(text) || (isDigits(text) && text.length >= LARGE_NUMBER_DIGITS) || parseTime(text) !== undefined;
}
