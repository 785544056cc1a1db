// Pass "XML answers": how a service writes its documents of each kind (by root element), learnt from all of them; answers
// become JSON values that the passes after it learn as any others. A kind is lifted only when every one of its documents
// comes out again byte for byte.
import {
  isDeclaration,
  printXml,
  readXml,
  type XmlAttributeLayout,
  type XmlElementLayout,
  type XmlLayout,
} from '../../exchange/xml-layout.ts';
import { isXml } from '../../exchange/request-view.ts';
import { groupBy } from '../../std/grouping.ts';
import { localName, parseXml, type XmlDocument, type XmlElement } from '../../std/xml.ts';
import type { Call } from './call.ts';

/** Longer documents are not lifted. */
const TEXT_LENGTH_MAX = 1_000_000;

interface Found {
  readonly call: Call;
  readonly text: string;
  readonly document: XmlDocument;
}

/** The calls, answers in XML as values with the layouts that print them. */
export function liftXmlAnswers(calls: readonly Call[]): readonly Call[] {
  const found = calls.flatMap((call): Found[] => {
    const document = documentOf(call);
    return document === undefined ? [] : [{ call, text: call.answerText as string, document }];
  });
  const lifted = new Map<Call, Call>();
  for (const [name, group] of groupBy(found, ({ document }) => document.root.tag)) {
    const layout = learnLayout(group.map(({ document }) => document));
    if (layout === undefined) continue;
    const read = group.map(({ call, text, document }) => ({ call, text, answer: readXml(layout, document) }));
    if (read.some(({ text, answer }) => printXml(layout, answer) !== text)) continue;
    for (const { call, answer } of read)
      lifted.set(call, { ...call, answer, answerText: undefined, answerKind: 'xml', xml: { name, layout } });
  }
  return lifted.size === 0 ? calls : calls.map((call) => lifted.get(call) ?? call);
}

function documentOf({ answerText, headers }: Call): XmlDocument | undefined {
  if (answerText === undefined || answerText.length > TEXT_LENGTH_MAX || !/^\s*</.test(answerText)) return undefined;
  return isXml(headers) ? parseXml(answerText) : undefined;
}

function learnLayout(documents: readonly XmlDocument[]): XmlLayout | undefined {
  const [first] = documents;
  const root = learnElement(documents.map((document) => document.root));
  if (first === undefined || root === undefined) return undefined;
  const references: Record<string, string> = {};
  for (const document of documents) for (const [char, text] of document.references) references[char] = text;
  const { prolog, epilog } = first;
  return {
    ...(prolog === '' ? {} : { prolog }),
    ...(epilog === '' ? {} : { epilog }),
    ...(Object.keys(references).length === 0 ? {} : { references }),
    root,
  };
}

/** The layout of the elements of one place; undefined where no one layout prints them all. */
function learnElement(elements: readonly XmlElement[]): XmlElementLayout | undefined {
  const tag = (elements[0] as XmlElement).tag;
  const attributes = learnAttributes(elements);
  if (attributes === undefined) return undefined;
  const closing = elements.find((element) => element.closing !== undefined)?.closing;
  const own = {
    tag,
    ...(attributes.length === 0 ? {} : { attributes }),
    ...(closing === undefined ? {} : { closing }),
  };
  const holding = elements.filter(({ children }) => children.length > 0);
  if (holding.length === 0) {
    const kind = kindOf(elements.map(({ text }) => text));
    return { ...own, ...(kind === undefined ? {} : { kind }) };
  }
  const children = learnChildren(elements);
  if (children === undefined) return undefined;
  const [only] = children.layouts;
  const varies = attributes.some(({ value }) => value === undefined);
  const isList =
    only !== undefined &&
    children.layouts.length === 1 &&
    !varies &&
    (only.between !== undefined || holding.length < elements.length);
  return {
    ...own,
    children: children.layouts,
    ...(isList ? { items: true as const } : {}),
    ...(children.tail === '' ? {} : { tail: children.tail }),
    ...(elements.some(({ children: inner, text }) => inner.length === 0 && text !== '')
      ? { spaced: true as const }
      : {}),
  };
}

function kindOf(texts: readonly string[]): XmlElementLayout['kind'] {
  if (texts.every((text) => text === 'true' || text === 'false')) return 'boolean';
  return texts.every((text) => /^(?:0|-?[1-9]\d{0,14})$/.test(text)) ? 'number' : undefined;
}

function learnAttributes(elements: readonly XmlElement[]): XmlAttributeLayout[] | undefined {
  const names = mergeOrders(elements.map(({ attributes }) => attributes.map(({ name }) => name)));
  return names?.map((name): XmlAttributeLayout => {
    const said = elements.map((element) => element.attributes.find((each) => each.name === name));
    const there = said.filter((each) => each !== undefined);
    const value = there.every((each) => each.value === there[0]?.value) ? there[0]?.value : undefined;
    const quote = there[0]?.quote === "'" ? { quote: "'" as const } : {};
    if (value !== undefined && there.length === elements.length) return { name, ...quote, value };
    const used =
      value !== undefined &&
      isDeclaration(name) &&
      elements.every((element, i) => (said[i] !== undefined) === hasPrefix(element, localName(name)));
    return used ? { name, ...quote, value, used: true } : { name, ...quote };
  });
}

const hasPrefix = (element: XmlElement, prefix: string): boolean =>
  element.children.some(({ element: child }) => child.tag.startsWith(`${prefix}:`) || hasPrefix(child, prefix));

/** A place where children of one tag stand in one element. */
interface Slot {
  readonly tag: string;
  readonly before: string;
  readonly elements: XmlElement[];
  readonly between: string[];
}

const END = '';

function learnChildren(
  elements: readonly XmlElement[],
): { readonly layouts: readonly XmlElementLayout[]; readonly tail: string } | undefined {
  const rows = elements.map(slotsOf);
  if (rows.some((row) => new Set(row.map(({ tag }) => tag)).size < row.length)) return undefined;
  const order = mergeOrders(rows.map((row) => row.map(({ tag }) => tag)));
  if (order === undefined || new Set(order.map(localName)).size < order.length) return undefined;
  // An element without content tells nothing of white space, unless its end tag stands on a line of its own.
  const telling = elements.filter(({ children, text }) => children.length > 0 || text !== '');
  const spaces = solveSpaces(
    order,
    telling.map((element) => [
      ...slotsOf(element).map(({ tag, before }) => ({ tag, before })),
      { tag: END, before: element.children.length > 0 ? element.tail : element.text },
    ]),
  );
  const layouts: XmlElementLayout[] = [];
  for (const tag of order) {
    const own = rows.flatMap((row) => row.filter((slot) => slot.tag === tag));
    const layout = learnElement(own.flatMap((slot) => slot.elements));
    if (layout === undefined) return undefined;
    const { gap, full } = spaces.get(tag) ?? { gap: '', full: '' };
    const lead = full.startsWith(gap) ? full.slice(gap.length) : full;
    const between = own.find((slot) => slot.between.length > 0)?.between[0];
    layouts.push({
      ...layout,
      ...(gap === '' ? {} : { gap }),
      ...(lead === '' ? {} : { lead }),
      ...(between === undefined ? {} : { between }),
    });
  }
  return { layouts, tail: spaces.get(END)?.full ?? '' };
}

function slotsOf({ children }: XmlElement): Slot[] {
  const slots: Slot[] = [];
  for (const { gap, element } of children) {
    const last = slots.at(-1);
    if (last?.tag === element.tag) {
      last.elements.push(element);
      last.between.push(gap);
    } else slots.push({ tag: element.tag, before: gap, elements: [element], between: [] });
  }
  return slots;
}

/** `gap` is the white space of a place, there or not; `full` the one before what stands there, gap and all. */
interface Space {
  gap: string;
  full: string;
}

/**
 * What stands before something right behind its neighbour is its own; where places between are empty, what is more than
 * that is theirs.
 */
function solveSpaces(
  order: readonly string[],
  rows: readonly (readonly { readonly tag: string; readonly before: string }[])[],
): Map<string, Space> {
  const places = [...order, END];
  const at = new Map(places.map((tag, i) => [tag, i]));
  const steps = rows.flatMap((row) =>
    row.map(({ tag, before }, i) => ({
      tag,
      before,
      skipped: places.slice((at.get(row[i - 1]?.tag ?? '\u0000') ?? -1) + 1, at.get(tag)),
    })),
  );
  const spaces = new Map<string, Space>();
  const gaps = new Map<string, string>();
  for (const { tag, before, skipped } of steps.sort((a, b) => a.skipped.length - b.skipped.length)) {
    const known = spaces.get(tag);
    if (known === undefined) {
      const rest = skipped.map((each) => gaps.get(each) ?? '').join('');
      spaces.set(tag, { gap: '', full: before.startsWith(rest) ? before.slice(rest.length) : before });
      continue;
    }
    const unknown = skipped.filter((each) => !gaps.has(each));
    if (unknown.length === 0 || !before.endsWith(known.full)) continue;
    const rest = skipped.reduce(
      (text, each) =>
        text.startsWith(gaps.get(each) ?? '\u0000') ? text.slice((gaps.get(each) as string).length) : text,
      before.slice(0, before.length - known.full.length),
    );
    const share = Math.floor(rest.length / unknown.length);
    unknown.forEach((each, i) =>
      gaps.set(each, i === unknown.length - 1 ? rest.slice(share * i) : rest.slice(share * i, share * (i + 1))),
    );
  }
  for (const [tag, gap] of gaps) spaces.set(tag, { gap, full: spaces.get(tag)?.full ?? '' });
  return spaces;
}

/** Names that one element may hold: more are data, and no layout. */
const NAMES_MAX = 1_000;

/** One order that all sequences keep; undefined where there is none. */
function mergeOrders(sequences: readonly (readonly string[])[]): string[] | undefined {
  const order: string[] = [];
  const distinct = new Map(sequences.map((sequence) => [sequence.join('\n'), sequence]));
  for (const sequence of [...distinct.values()].sort((a, b) => b.length - a.length)) {
    let at = -1;
    for (const name of sequence) {
      const known = order.indexOf(name);
      if (known >= 0 && known < at) return undefined;
      if (known >= 0) at = known;
      else order.splice(++at, 0, name);
      if (order.length > NAMES_MAX) return undefined;
    }
  }
  const keeps = (sequence: readonly string[]): boolean => {
    let at = -1;
    return sequence.every((name) => order.indexOf(name) > at && (at = order.indexOf(name)) >= 0);
  };
  return [...distinct.values()].every(keeps) ? order : undefined;
}
