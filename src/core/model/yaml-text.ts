// YAML as the clone's files use it: JSON values written canonically, and read back with the place of every value, so that
// whatever is wrong with a file can be said with line and column. No anchors, aliases or tags.
import {
  Document,
  LineCounter,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
} from 'yaml';
import type { Node, Pair, ScalarTag, YAMLMap, YAMLSeq } from 'yaml';
import { MynahError } from '../std/errors.ts';
import { RawNumber, numberFromText, putMember, type Json } from '../std/json.ts';

/** Line and column, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Keys and indexes from the root of a file to one of its values. */
export type ValuePath = readonly (string | number)[];

/** A file that has been read: its value, and where each part of it stands. */
export interface YamlSource {
  readonly file: string;
  readonly value: Json;
  /** Place of the value at that path, or of the nearest one around it when there is none. */
  placeOf(path: ValuePath): Place;
  /** Place of the last key of that path. */
  placeOfKey(path: ValuePath): Place;
}

const FLOW_WIDTH_MAX = 80;
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** What a plain or single-quoted scalar cannot carry without becoming invisible or ambiguous: controls, odd line ends, halves of pairs. */
const NEEDS_ESCAPES =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\p{Cs}]/u;

const rawNumberTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof RawNumber,
  resolve: (text) => text,
  test: /^(?!)/,
  stringify: (item) => (item.value as RawNumber).text,
};

/**
 * Canonical YAML of a JSON value: block style, keys in the order given, lists and objects of scalars on one line where
 * they are short, one line a scalar however long. Equal values give equal bytes.
 */
export function printYaml(value: Json): string {
  const document = new Document(value, {
    aliasDuplicateObjects: false,
    customTags: (tags) => [rawNumberTag, ...tags],
  });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && NEEDS_ESCAPES.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
    Collection(_key, node) {
      if (node !== document.contents && isShort(node)) node.flow = true;
    },
  });
  return document.toString({
    lineWidth: 0,
    blockQuote: false,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}

/** Whether a list or object holds nothing but scalars and fits on a line. */
function isShort(node: YAMLMap | YAMLSeq): boolean {
  let width = 0;
  for (const item of node.items) {
    const parts = isPair(item) ? [item.key, item.value] : [item];
    for (const part of parts) {
      if (!isScalar(part)) return false;
      width += 2 + (part.value instanceof RawNumber ? part.value.text.length : String(part.value).length);
    }
  }
  return width <= FLOW_WIDTH_MAX;
}

/**
 * Reads one file of a clone.
 *
 * @throws {MynahError} ERR_CLONE_FILE with file, line and column for text that is not YAML, and for YAML that is not a
 * JSON value: anchors, aliases, tags, keys that are not text, numbers JSON does not know, nesting that is too deep.
 */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, keepSourceTokens: false });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw fileError(file, placeAt(problem.pos[0]), problem.message);
    const root = document.contents;
    const value = toJson(root, (node, why) => fileError(file, placeAt(node?.range?.[0] ?? 0), why));
    return {
      file,
      value,
      placeOf: (path) => placeAt(nearest(root, path)?.range?.[0] ?? 0),
      placeOfKey: (path) => placeAt(keyNode(root, path)?.range?.[0] ?? 0),
    };
  } catch (error) {
    if (error instanceof RangeError) throw fileError(file, { line: 1, column: 1 }, 'it is nested too deep');
    throw error;
  }
}

/** The error of a malformed file of a clone; `what` says what is wrong and what was expected. */
export function fileError(
  file: string,
  place: Place,
  what: string,
  details: Readonly<Record<string, unknown>> = {},
): MynahError {
  const { line, column } = place;
  return new MynahError('ERR_CLONE_FILE', `${file}:${line}:${column}: ${what}`, { file, line, column, ...details });
}

type Refuse = (node: Node | null, why: string) => MynahError;

function toJson(node: Node | null, refuse: Refuse): Json {
  if (node === null) return null;
  if (isAlias(node) || node.anchor !== undefined)
    throw refuse(node, 'anchors and aliases are not allowed; write the value out');
  if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:'))
    throw refuse(node, `the tag ${node.tag} is not allowed`);
  if (isSeq(node)) return node.items.map((item) => toJson(item as Node | null, refuse));
  if (isMap(node)) {
    const object: Record<string, Json> = {};
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      putMember(object, keyText(pair, refuse), toJson(pair.value, refuse));
    }
    return object;
  }
  return scalarToJson(node, refuse);
}

function scalarToJson(node: Node, refuse: Refuse): Json {
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  const source = isScalar(node) ? (node.source ?? '') : '';
  if (typeof value !== 'number' || !JSON_NUMBER.test(source)) {
    throw refuse(node, `${source || 'this value'} is not a JSON value; write a JSON number or quote the text`);
  }
  return numberFromText(source);
}

function keyText(pair: Pair<Node, Node | null>, refuse: Refuse): string {
  const key: unknown = isScalar(pair.key)
    ? typeof pair.key.value === 'string'
      ? pair.key.value
      : pair.key.source
    : undefined;
  if (typeof key !== 'string') throw refuse(pair.key, 'a key must be text');
  return key;
}

function nearest(root: Node | null, path: ValuePath): Node | null {
  let node = root;
  for (const key of path) {
    const next = isCollection(node) ? (node.get(key, true) as Node | null | undefined) : undefined;
    if (next === undefined || next === null) break;
    node = next;
  }
  return node;
}

function keyNode(root: Node | null, path: ValuePath): Node | null {
  const parent = nearest(root, path.slice(0, -1));
  if (!isMap(parent)) return parent;
  const key = path.at(-1);
  const pair = (parent.items as Pair<Node, unknown>[]).find(({ key: node }) => isScalar(node) && node.value === key);
  return pair?.key ?? parent;
}
