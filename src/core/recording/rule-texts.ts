// Texts and patterns that a user's rules name, found wherever they stand and in whatever encoding.
import { RE2JS } from 're2js';
import { percentEncode } from '../std/encoding.ts';
import { textPseudonym, type KeyedHash } from './pseudonym.ts';
import type { RedactionRules } from './redaction-rules.ts';

export interface RuleTexts {
  /**
   * The text with everything that the rules name replaced.
   * @param found is called for each, with its pseudonym
   * @param isMade tells a pseudonym, which may look like what it stands for
   */
  replaceIn(text: string, found: (pseudonym: string) => void, isMade: (text: string) => boolean): string;
}

/** Rules are few objects, and are asked for every message. */
const prepared = new WeakMap<RedactionRules, { readonly hash: KeyedHash; readonly texts: RuleTexts | undefined }>();

/** What the rules look for; undefined when they name no text. */
export function ruleTextsOf(rules: RedactionRules, hash: KeyedHash): RuleTexts | undefined {
  const known = prepared.get(rules);
  if (known?.hash === hash) return known.texts;
  const texts = prepareTexts(rules, hash);
  prepared.set(rules, { hash, texts });
  return texts;
}

function prepareTexts({ texts, patterns }: RedactionRules, hash: KeyedHash): RuleTexts | undefined {
  if (texts.length === 0 && patterns.length === 0) return undefined;
  // Longer ones first: one that contains another is the one that is meant.
  const replacements = [...texts]
    .sort((a, b) => b.length - a.length)
    .flatMap((text) => spellings(text, textPseudonym(text, hash)));
  const compiled = patterns.map((pattern) => RE2JS.compile(pattern));
  return {
    replaceIn: (text, found, isMade) => {
      const replaced = replacements.reduce((result, [from, to]) => replaceEvery(result, from, to, found), text);
      return compiled.reduce((result, pattern) => replaceMatches(result, pattern, hash, found, isMade), replaced);
    },
  };
}

/** A text and its pseudonym as JSON, URLs, forms and HTML write them. */
function spellings(text: string, pseudonym: string): readonly (readonly [string, string])[] {
  const ascii = (json: string) =>
    json.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const json = (value: string) => JSON.stringify(value).slice(1, -1);
  const html = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const lower = (value: string) => percentEncode(value).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  const form = (value: string) => percentEncode(value).replaceAll('%20', '+');
  const ways = [
    (value: string) => value,
    json,
    (value: string) => ascii(json(value)),
    html,
    percentEncode,
    lower,
    form,
  ];
  return [...new Map(ways.map((way) => [way(text), way(pseudonym)]))];
}

function replaceEvery(text: string, from: string, to: string, found: (pseudonym: string) => void): string {
  if (!text.includes(from)) return text;
  const parts = text.split(from);
  for (let i = 1; i < parts.length; i++) found(to);
  return parts.join(to);
}

function replaceMatches(
  text: string,
  pattern: RE2JS,
  hash: KeyedHash,
  found: (pseudonym: string) => void,
  isMade: (text: string) => boolean,
): string {
  const matcher = pattern.matcher(text);
  let result = '';
  let done = 0;
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    const match = text.slice(start, end);
    if (start === end || isMade(match)) continue;
    const pseudonym = textPseudonym(match, hash);
    found(pseudonym);
    result += text.slice(done, start) + pseudonym;
    done = end;
  }
  return done === 0 ? text : result + text.slice(done);
}
