// How a service writes its XML documents of one kind: with the layout, a document is a JSON value and the value is the
// document again, byte for byte. Elements are members by their names without prefixes, elements that repeat are lists
// (of none and of one, too), attributes that vary are members `@name`, the text beside them is `#text`.
import { isArray, isObject, memberOf, printJson, putMember, type Json, type JsonObject } from '../std/json.ts';
import { groupBy } from '../std/grouping.ts';
import { localName, type XmlDocument, type XmlElement } from '../std/xml.ts';

export interface XmlAttributeLayout {
  readonly name: string;
  readonly quote?: "'";
  /** Where it never varies; then it is no part of the value. */
  readonly value?: string;
  /** Declares a prefix, and is there only where something inside has it. */
  readonly used?: true;
}

export interface XmlElementLayout {
  readonly tag: string;
  readonly attributes?: readonly XmlAttributeLayout[];
  /** White space before the place where it may stand, also when it does not. */
  readonly gap?: string;
  /** White space right before it. */
  readonly lead?: string;
  /** It repeats: white space between two of them. */
  readonly between?: string;
  /** Elements in it, in the order in which they stand. */
  readonly children?: readonly XmlElementLayout[];
  /** It holds elements of one kind only: its value is their list. */
  readonly items?: true;
  /** White space before its end tag. */
  readonly tail?: string;
  /** The white space stays where nothing stands in it. */
  readonly spaced?: true;
  /** How its tag closes itself when nothing is in it: `/` or ` /`. */
  readonly closing?: string;
  /** Its text reads as such a value. */
  readonly kind?: 'number' | 'boolean';
}

export interface XmlLayout {
  readonly prolog?: string;
  readonly epilog?: string;
  /** What stands for characters in texts, besides `&amp;` and `&lt;`. */
  readonly references?: Readonly<Record<string, string>>;
  readonly root: XmlElementLayout;
}

/** The value of a document. */
export function readXml(layout: XmlLayout, { root }: XmlDocument): Json {
  return readElement(layout.root, root);
}

/** A request's document: the root is the one member; what repeats is a list; declarations of prefixes are left out. */
export function readPlainXml({ root }: XmlDocument): JsonObject {
  return { [localName(root.tag)]: readPlain(root) };
}

function readPlain({ attributes, children, text }: XmlElement): Json {
  const value: Record<string, Json> = {};
  for (const { name, value: said } of attributes) if (!isDeclaration(name)) value[`@${localName(name)}`] = said;
  for (const [name, own] of groupBy(children, ({ element }) => localName(element.tag))) {
    const values = own.map(({ element }) => readPlain(element));
    putMember(value, name, values.length === 1 ? (values[0] as Json) : values);
  }
  if (Object.keys(value).length === 0) return text;
  return text === '' ? value : { ...value, '#text': text };
}

export const isDeclaration = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:');

const variesIn = ({ attributes = [] }: XmlElementLayout): readonly XmlAttributeLayout[] =>
  attributes.filter(({ value }) => value === undefined);

function readElement(layout: XmlElementLayout, element: XmlElement): Json {
  const { children } = layout;
  const varying = variesIn(layout);
  if (children === undefined && varying.length === 0) return readText(layout, element.text);
  if (children !== undefined && layout.items === true)
    return element.children.map((child) => readElement(children[0] as XmlElementLayout, child.element));
  const value: Record<string, Json> = {};
  for (const { name } of varying) {
    const found = element.attributes.find((each) => each.name === name);
    if (found !== undefined) value[`@${localName(name)}`] = found.value;
  }
  for (const child of children ?? []) {
    const own = element.children.filter(({ element: { tag } }) => tag === child.tag);
    const values = own.map((each) => readElement(child, each.element));
    const name = localName(child.tag);
    if (child.between !== undefined) putMember(value, name, values);
    else if (values[0] !== undefined) putMember(value, name, values[0]);
  }
  if (children === undefined && element.text !== '') value['#text'] = readText(layout, element.text);
  return value;
}

function readText({ kind }: XmlElementLayout, text: string): Json {
  if (kind === 'boolean') return text === 'true';
  return kind === 'number' ? Number(text) : text;
}

/** The document of a value. Members that the layout does not know are left out. */
export function printXml({ prolog = '', epilog = '', references = {}, root }: XmlLayout, value: Json): string {
  return prolog + printElement(root, value, references) + epilog;
}

type References = Readonly<Record<string, string>>;

function printElement(layout: XmlElementLayout, value: Json, references: References): string {
  const content = printContent(layout, value, references);
  let start = layout.tag;
  for (const attribute of layout.attributes ?? []) {
    const said = attributeText(attribute, value, content);
    const quote = attribute.quote ?? '"';
    if (said !== undefined) start += ` ${attribute.name}=${quote}${escapeAttribute(said, quote)}${quote}`;
  }
  if (content === '' && layout.closing !== undefined) return `<${start}${layout.closing}>`;
  return `<${start}>${content}</${layout.tag}>`;
}

function attributeText({ name, value: fixed, used }: XmlAttributeLayout, value: Json, content: string) {
  if (used === true && !content.includes(`<${localName(name)}:`)) return undefined;
  if (fixed !== undefined) return fixed;
  const said = memberOf(value, `@${localName(name)}`);
  return said === undefined || said === null ? undefined : plainText(said);
}

function printContent(layout: XmlElementLayout, value: Json, references: References): string {
  const { children, items, tail = '' } = layout;
  if (children === undefined) {
    const text = isObject(value) ? value['#text'] : value;
    return text === undefined || text === null ? '' : escapeText(plainText(text), references);
  }
  let content = '';
  let isEmpty = layout.spaced !== true;
  for (const child of children) {
    const own = items === true ? value : memberOf(value, localName(child.tag));
    const printed = printChild(child, own, items === true, references);
    content += (child.gap ?? '') + printed;
    isEmpty &&= printed === '';
  }
  return isEmpty ? '' : content + tail;
}

function printChild(child: XmlElementLayout, value: Json | undefined, isItem: boolean, references: References): string {
  if (value === undefined || value === null) return '';
  const { lead = '', between } = child;
  if (!isArray(value) || (between === undefined && !isItem)) return lead + printElement(child, value, references);
  if (value.length === 0) return '';
  return lead + value.map((each) => printElement(child, each, references)).join(between ?? lead);
}

const plainText = (value: Json): string => (typeof value === 'string' ? value : printJson(value));

const escapeText = (text: string, references: References): string =>
  text.replace(/[&<>"'\r\n\t]/g, (char) => references[char] ?? (char === '&' ? '&amp;' : char === '<' ? '&lt;' : char));

const escapeAttribute = (text: string, quote: string): string =>
  text.replace(/[&<"']/g, (char) =>
    char === '&' ? '&amp;' : char === '<' ? '&lt;' : char !== quote ? char : char === '"' ? '&quot;' : '&apos;',
  );
