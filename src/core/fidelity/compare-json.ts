// When two JSON values agree. All differences are found, not only the first, so that a report can name them and so that
// values which only one side shows are known to a client of the clone.
import { parseTime } from '../std/clock.ts';
import { isArray, isObject, printJson, RawNumber, type Json, type JsonObject } from '../std/json.ts';
import { isSameClockValue, sameText, type Moment } from './compare-text.ts';
import { numberName } from './correspondence.ts';
import { isSameMake, looksMadeUp } from './made-up.ts';

/** One place where an answer of the clone is not that of the original. */
export interface Difference {
  /** `status`, `header NAME`, or a path in the body: `$.items[2].id`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

export interface JsonMoment extends Moment {
  /** Paths (`$.items[]`) of lists that the original sorts by ids it made up, whose order no clone can know. */
  readonly unordered?: ReadonlySet<string> | undefined;
  /** What a write makes, by the path it went to (`issues`): the name under which a small id that differs is held. */
  readonly noun?: string | undefined;
}

/** Differences of one answer that are kept. */
const DIFFERENCES_MAX = 20;
/** Shorter integers are sequences and counts, which have to be right. */
const LARGE_INTEGER = 1_000_000;
const ID_NAME = /(?:^|[^A-Za-z])(?:u|gu)?ids?$|[a-z0-9](?:Id|ID|Ids)$|^(?:number|iid)$/;
/** Times of one object that were equal stay so, up to what a clock reads in between. */
const SAME_TIME_MS = 50;

export class JsonComparison {
  readonly differences: Difference[] = [];
  private readonly moment: JsonMoment;

  constructor(moment: JsonMoment) {
    this.moment = moment;
  }

  /** `key` is the name of the member that holds the value. */
  agree(expected: Json, actual: Json, path: string, key = ''): boolean {
    if (typeof expected === 'string' && typeof actual === 'string') return this.texts(expected, actual, path, key);
    if (isNumber(expected) && isNumber(actual))
      return this.numbers(Number(textOf(expected)), Number(textOf(actual)), path, key);
    if (isArray(expected) && isArray(actual)) return this.lists(expected, actual, path);
    if (isObject(expected) && isObject(actual)) return this.objects(expected, actual, path);
    return expected === actual || this.differ(path, expected, actual);
  }

  differ(path: string, expected: Json | undefined, actual: Json | undefined): false {
    return this.note(path, shorten(expected), shorten(actual));
  }

  private note(path: string, expected: string, actual: string): false {
    if (this.differences.length < DIFFERENCES_MAX) this.differences.push({ path, expected, actual });
    return false;
  }

  private texts(expected: string, actual: string, path: string, key: string): boolean {
    const { correspondence } = this.moment;
    const mark = correspondence.mark();
    const isId = ID_NAME.test(key);
    const agree = sameText(expected, actual, isId ? { ...this.moment, isId } : this.moment);
    if (!agree) correspondence.rollback(mark);
    // Which element of a list stands for which is not sure until the whole answer is.
    if (!path.includes('[') && (looksMadeUp(expected, isId) || parseTime(expected) !== undefined))
      correspondence.hold(expected, actual);
    return agree || this.differ(path, expected, actual);
  }

  private numbers(expected: number, actual: number, path: string, key: string): boolean {
    const { correspondence } = this.moment;
    const isLargeId =
      ID_NAME.test(key) &&
      Number.isInteger(expected) &&
      Number.isInteger(actual) &&
      Math.min(expected, actual) >= LARGE_INTEGER &&
      !correspondence.isSent(String(expected));
    if (isLargeId) {
      if (correspondence.pair(numberName(expected), numberName(actual))) return true;
    } else if (expected === actual || isSameClockValue(expected, actual, this.moment)) return true;
    if (this.moment.noun !== undefined && ID_NAME.test(key) && !path.includes('['))
      correspondence.holdNumber(this.moment.noun, expected, actual);
    return this.differ(path, expected, actual);
  }

  private lists(expected: readonly Json[], actual: readonly Json[], path: string): boolean {
    if (expected.length !== actual.length)
      return this.note(path, `${expected.length} elements`, `${actual.length} elements`);
    const { correspondence, unordered } = this.moment;
    const mark = correspondence.mark();
    const found = this.differences.length;
    if (allOf(expected, (element, index) => this.agree(element, actual[index] as Json, `${path}[${index}]`)))
      return true;
    if (unordered?.has(path.replace(/\[\d+\]/g, '[]')) !== true) return false;
    const inOrder = this.differences.splice(found);
    correspondence.rollback(mark);
    if (this.agreeInAnyOrder(expected, actual, path)) return true;
    correspondence.rollback(mark);
    this.differences.push(...inOrder);
    return false;
  }

  private agreeInAnyOrder(expected: readonly Json[], actual: readonly Json[], path: string): boolean {
    const { correspondence } = this.moment;
    const free = [...actual];
    const found = this.differences.length;
    return expected.every((element) => {
      const at = free.findIndex((candidate) => {
        const mark = correspondence.mark();
        if (this.agree(element, candidate, `${path}[]`)) return true;
        correspondence.rollback(mark);
        this.differences.splice(found);
        return false;
      });
      if (at >= 0) free.splice(at, 1);
      return at >= 0;
    });
  }

  private objects(expected: JsonObject, actual: JsonObject, path: string): boolean {
    const partners = this.partnersOf(expected, actual);
    const missing = Object.keys(expected).filter((key) => !partners.has(key));
    const taken = new Set(partners.values());
    const extra = Object.keys(actual).filter((key) => !taken.has(key));
    for (const key of missing) this.differ(`${path}.${key}`, expected[key], undefined);
    for (const key of extra) this.differ(`${path}.${key}`, undefined, actual[key]);
    // Bare values first, so that addresses which hold an id find its counterpart.
    const keys = [...partners.keys()].sort(
      (a, b) => Number(isComposite(expected[a])) - Number(isComposite(expected[b])),
    );
    const membersAgree = allOf(keys, (key) =>
      this.agree(expected[key] as Json, actual[partners.get(key) as string] as Json, `${path}.${key}`, key),
    );
    const timesAgree = this.timesAgree(expected, actual, partners, path);
    return membersAgree && timesAgree && missing.length === 0 && extra.length === 0;
  }

  /** The clone's key for each key of the original; keys that are made up find their counterparts. */
  private partnersOf(expected: JsonObject, actual: JsonObject): ReadonlyMap<string, string> {
    const { correspondence } = this.moment;
    const spare = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key) && looksMadeUp(key));
    const partners = new Map<string, string>();
    for (const key of Object.keys(expected)) {
      if (Object.hasOwn(actual, key)) partners.set(key, key);
      else {
        const known = correspondence.counterpart(key);
        const at = spare.findIndex((other) => (known === undefined ? isSameMake(key, other) : other === known));
        const other = looksMadeUp(key) && !correspondence.isSent(key) ? spare[at] : undefined;
        if (other === undefined || !correspondence.pair(key, other)) continue;
        spare.splice(at, 1);
        partners.set(key, other);
      }
    }
    return partners;
  }

  /** Moments of one object keep their order: what was updated when it was created stays so. */
  private timesAgree(
    expected: JsonObject,
    actual: JsonObject,
    partners: ReadonlyMap<string, string>,
    path: string,
  ): boolean {
    const { correspondence } = this.moment;
    const times = [...partners].flatMap(([key, other]) => {
      const value = expected[key];
      if (typeof value !== 'string' || !/:\d\d\.\d/.test(value) || correspondence.isSent(value)) return [];
      const [there, here] = [parseTime(value), parseTime(actual[other])];
      return there === undefined || here === undefined ? [] : [{ key, there, here }];
    });
    return allOf(times, (a, index) =>
      allOf(times.slice(index + 1), (b) => {
        const [there, here] = [Math.sign(b.there - a.there), b.here - a.here];
        const keeps = there === 0 ? Math.abs(here) <= SAME_TIME_MS : there * here >= -SAME_TIME_MS;
        return keeps || this.note(`${path}.${b.key}`, orderText(there, a.key), orderText(here, a.key));
      }),
    );
  }
}

const isNumber = (value: Json): value is number | RawNumber => typeof value === 'number' || value instanceof RawNumber;
const textOf = (value: number | RawNumber): string => (value instanceof RawNumber ? value.text : String(value));

const isComposite = (value: Json | undefined): boolean =>
  (typeof value === 'string' && value.includes('/')) || (typeof value === 'object' && value !== null);

const orderText = (sign: number, key: string): string =>
  `${sign === 0 ? 'as' : sign > 0 ? 'later than' : 'earlier than'} ${key}`;

/** As `every`, but looks at all, so that every difference is found. */
function allOf<T>(items: readonly T[], holds: (item: T, index: number) => boolean): boolean {
  let all = true;
  items.forEach((item, index) => {
    if (!holds(item, index)) all = false;
  });
  return all;
}

const SHOWN_LENGTH_MAX = 120;

function shorten(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : printJson(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX - 1)}…` : text;
}
