// XML documents as trees that keep what printing them again needs: white space between elements, how tags without content
// are closed, quotes of attributes. Documents with comments, processing instructions, CDATA, a document type or text among
// elements are not read: they are rare in answers of services, and are better kept as text than nearly right.

export interface XmlAttribute {
  /** With its prefix. */
  readonly name: string;
  readonly value: string;
  readonly quote: '"' | "'";
}

export interface XmlElement {
  /** Name with its prefix. */
  readonly tag: string;
  readonly attributes: readonly XmlAttribute[];
  /** What stands before `>` in a tag that closes itself (`/`, ` /`); undefined where there is an end tag. */
  readonly closing: string | undefined;
  /** Text without elements, its references undone; empty where there are elements. */
  readonly text: string;
  readonly children: readonly { readonly gap: string; readonly element: XmlElement }[];
  /** White space between the last child and the end tag. */
  readonly tail: string;
}

export interface XmlDocument {
  /** Declaration and white space before the root. */
  readonly prolog: string;
  readonly root: XmlElement;
  /** White space behind it. */
  readonly epilog: string;
  /** References by the characters that they stand for, as the document writes them. */
  readonly references: ReadonlyMap<string, string>;
  /** Characters that stand in its texts as they are, of those that some write as references. */
  readonly plain: ReadonlySet<string>;
}

/** Nesting of elements; deeper documents are not read. */
const DEPTH_MAX = 64;

const PROLOG = /^(?:\uFEFF)?(?:<\?xml\s[^<>]*\?>)?\s*/;
const NAME = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?';
const START = new RegExp(`<(${NAME})`, 'y');
const ATTRIBUTE = new RegExp(` (${NAME})=(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const CLOSE = /(\s*\/?)>/y;
const TEXT = /[^<]*/y;

/** Undefined for what is no such document. */
export function parseXml(text: string): XmlDocument | undefined {
  const prolog = PROLOG.exec(text)?.[0] ?? '';
  const reader = new Reader(text, prolog.length);
  const root = reader.element(0);
  if (root === undefined) return undefined;
  const epilog = text.slice(reader.at);
  if (/\S/.test(epilog)) return undefined;
  return { prolog, root, epilog, references: reader.references, plain: reader.plain };
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

class Reader {
  readonly references = new Map<string, string>();
  readonly plain = new Set<string>();
  at: number;
  readonly #text: string;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  element(depth: number): XmlElement | undefined {
    const start = this.#take(START);
    if (start === undefined || depth > DEPTH_MAX) return undefined;
    const tag = start[1] as string;
    const attributes = this.#attributes();
    const closing = this.#take(CLOSE)?.[1];
    if (attributes === undefined || closing === undefined) return undefined;
    if (closing.endsWith('/')) return { tag, attributes, closing, text: '', children: [], tail: '' };
    if (closing !== '') return undefined;
    const children: { gap: string; element: XmlElement }[] = [];
    for (;;) {
      const between = this.#take(TEXT)?.[0] ?? '';
      if (this.#text.startsWith('</', this.at)) {
        const end = `</${tag}>`;
        if (!this.#text.startsWith(end, this.at)) return undefined;
        this.at += end.length;
        if (children.length > 0)
          return /\S/.test(between)
            ? undefined
            : { tag, attributes, closing: undefined, text: '', children, tail: between };
        const text = this.#decode(between);
        return text === undefined ? undefined : { tag, attributes, closing: undefined, text, children: [], tail: '' };
      }
      if (/\S/.test(between)) return undefined;
      const element = this.element(depth + 1);
      if (element === undefined) return undefined;
      children.push({ gap: between, element });
    }
  }

  /** One by one: a pattern that repeats as often as there are attributes overflows the stack of the regular expression. */
  #attributes(): XmlAttribute[] | undefined {
    const attributes: XmlAttribute[] = [];
    for (let found = this.#take(ATTRIBUTE); found !== undefined; found = this.#take(ATTRIBUTE)) {
      const value = this.#decode(found[2] ?? found[3] ?? '', false);
      if (value === undefined) return undefined;
      attributes.push({ name: found[1] as string, value, quote: found[2] === undefined ? "'" : '"' });
    }
    return attributes;
  }

  #decode(raw: string, notes = true): string | undefined {
    if (notes) for (const [char] of raw.matchAll(/[>"']/g)) this.plain.add(char);
    if (!raw.includes('&')) return raw;
    let known = true;
    const text = raw.replace(/&([^;\s&]{1,8});|&/g, (reference: string, name: string | undefined) => {
      const char = name === undefined ? undefined : (NAMED.get(name) ?? numbered(name));
      if (char === undefined) known = false;
      else if (notes) this.references.set(char, reference);
      return char ?? '';
    });
    return known ? text : undefined;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }
}

function numbered(name: string): string | undefined {
  const digits = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
  if (digits === null) return undefined;
  const point = digits[1] === undefined ? Number(digits[2]) : parseInt(digits[1], 16);
  const isHalf = point >= 0xd800 && point <= 0xdfff;
  return point > 0 && point <= 0x10ffff && !isHalf ? String.fromCodePoint(point) : undefined;
}

/** Name without its prefix. */
export const localName = (tag: string): string => tag.slice(tag.indexOf(':') + 1);
