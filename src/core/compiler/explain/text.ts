// Strings composed of other values: links, slugs, sentences, and base64 of such. One example is cut into literal text
// and slots where values of sources occur; the other examples decide which source fills each slot.
import type { Json } from '../../std/json.ts';
import { base64ToText, textToBase64 } from './base64.ts';
import { quote } from './literal.ts';
import { scalarOf, type Sample, type Sources } from './samples.ts';

export interface TextTemplate {
  readonly text: string;
  readonly cost: number;
  evaluate(sources: Sources): Json | undefined;
}

interface Slot {
  readonly names: string[];
}

type Part = string | Slot;

interface Wrapping {
  open(text: string): string | undefined;
  close(text: string): string;
  print(inner: string): string;
  readonly cost: number;
}

const PLAIN: Wrapping = { open: (text) => text, close: (text) => text, print: (inner) => inner, cost: 0 };
const BASE64: Wrapping = {
  open: (text) => base64ToText(text, true),
  close: (text) => textToBase64(text, true),
  print: (inner) => `b64(${inner})`,
  cost: 3,
};
const BASE64_BARE: Wrapping = {
  open: (text) => base64ToText(text, false),
  close: (text) => textToBase64(text, false),
  print: (inner) => `replace(b64(${inner}), "=", "")`,
  cost: 3.5,
};

const TEMPLATES_MAX = 12;
const SLOT_NAMES_MAX = 24;

export function textTemplates(
  samples: readonly Sample[],
  probed: readonly Sample[],
  dull: ReadonlySet<string>,
): TextTemplate[] {
  const found = new Map<string, TextTemplate>();
  for (const wrapping of [PLAIN, BASE64, BASE64_BARE]) {
    const limit = found.size + TEMPLATES_MAX;
    for (const sample of probed.slice(0, 6)) {
      if (
        found.size >= limit ||
        typeof sample.target !== 'string' ||
        sample.target.length < 2 ||
        sample.target.length > 2000
      )
        continue;
      const opened = wrapping.open(sample.target);
      if (opened === undefined) continue;
      for (const parts of cuts(opened, sample.sources, dull)) {
        const settled = settle(parts, samples, wrapping);
        if (settled === undefined || !settled.some((part) => typeof part !== 'string')) continue;
        const template = build(settled, wrapping);
        if (!found.has(template.text)) found.set(template.text, template);
      }
    }
  }
  return [...found.values()];
}

/** Ways to cut: with short values as slots too, and with long ones only. */
function cuts(text: string, sources: Sources, dull: ReadonlySet<string>): Part[][] {
  const byValue = new Map<string, string[]>();
  for (const [expression, { value, cost }] of sources) {
    const own = scalarOf(value);
    if (own === undefined || own === '' || typeof value === 'boolean' || own.length > text.length) continue;
    if (dull.has(expression) || (own === text && !own.includes('/'))) continue;
    const names = byValue.get(own);
    if (names === undefined) byValue.set(own, [expression]);
    else if (names.length < SLOT_NAMES_MAX) {
      const at = names.findIndex((name) => (sources.get(name)?.cost ?? 0) > cost);
      names.splice(at < 0 ? names.length : at, 0, expression);
    }
  }
  const all = cut(text, byValue, 1);
  const long = cut(text, byValue, 4);
  return all.length === long.length ? [all] : [all, long];
}

const isWordChar = (c: string | undefined): boolean => c !== undefined && /[A-Za-z0-9]/.test(c);

function cut(text: string, byValue: ReadonlyMap<string, string[]>, lengthMin: number): Part[] {
  const values = [...byValue.keys()]
    .filter((value) => value.length >= lengthMin && text.includes(value))
    .sort((a, b) => b.length - a.length);
  const parts: Part[] = [];
  let literal = '';
  for (let at = 0; at < text.length;) {
    const value = values.find((each) => text.startsWith(each, at) && fits(text, at, each));
    if (value === undefined) {
      literal += text[at++];
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push({ names: [...(byValue.get(value) as string[])] });
    at += value.length;
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

/** A value stands alone in the text: not in the middle of a word or a longer number; short digits may follow letters. */
function fits(text: string, at: number, value: string): boolean {
  const before = text[at - 1];
  const after = text[at + value.length];
  const digits = /^\d+$/.test(value);
  if (digits) return !/[0-9.]/.test(before ?? '') && !/[0-9]/.test(after ?? '');
  if (value.length <= 2) return !isWordChar(before) && !isWordChar(after);
  return !(isWordChar(before) && isWordChar(value[0])) && !(isWordChar(after) && isWordChar(value.at(-1)));
}

/** Keeps for each slot the sources that fill it in the other examples too. Examples that do not fit the literals are skipped. */
function settle(cutParts: Part[], samples: readonly Sample[], wrapping: Wrapping): Part[] | undefined {
  const parts = withoutChanceSlots(cutParts, samples, wrapping);
  let checked = 0;
  for (const sample of samples) {
    if (checked >= 24) break;
    if (typeof sample.target !== 'string') continue;
    const opened = wrapping.open(sample.target);
    const texts = opened === undefined ? undefined : readSlots(parts, opened);
    if (texts === undefined) continue;
    checked++;
    let slot = 0;
    const narrowed: string[][] = [];
    for (const part of parts) {
      if (typeof part === 'string') continue;
      const text = texts[slot++] as string;
      narrowed.push(part.names.filter((name) => scalarOf(sample.sources.get(name)?.value) === text));
    }
    if (narrowed.some((names) => names.length === 0)) continue;
    let at = 0;
    for (const part of parts)
      if (typeof part !== 'string') part.names.splice(0, part.names.length, ...(narrowed[at++] as string[]));
  }
  return parts;
}

/** Slots that always hold the same text, though no source does, are literal: a source happened to have that value once. */
function withoutChanceSlots(parts: Part[], samples: readonly Sample[], wrapping: Wrapping): Part[] {
  const fitting = samples.flatMap(({ target, sources }) => {
    const opened = typeof target === 'string' ? wrapping.open(target) : undefined;
    const texts = opened === undefined ? undefined : readSlots(parts, opened);
    return texts === undefined ? [] : [{ texts, sources }];
  });
  let slot = -1;
  const literal = parts.map((part) => {
    if (typeof part === 'string') return part;
    slot += 1;
    const text = fitting[0]?.texts[slot];
    if (text === undefined || fitting.some(({ texts }) => texts[slot] !== text)) return part;
    const isFilled = part.names.some((name) =>
      fitting.every(({ sources }) => scalarOf(sources.get(name)?.value) === text),
    );
    return isFilled ? part : text;
  });
  return literal.reduce<Part[]>((merged, part) => {
    const last = merged.at(-1);
    return typeof last === 'string' && typeof part === 'string'
      ? [...merged.slice(0, -1), last + part]
      : [...merged, part];
  }, []);
}

/** Texts of the slots when the literals stand where they should; slots end at the next literal. */
function readSlots(parts: readonly Part[], text: string): string[] | undefined {
  const texts: string[] = [];
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Part;
    if (typeof part === 'string') {
      if (!text.startsWith(part, at)) return undefined;
      at += part.length;
      continue;
    }
    const next = parts[i + 1];
    if (next === undefined) {
      texts.push(text.slice(at));
      at = text.length;
    } else if (typeof next === 'string') {
      const end = text.indexOf(next, at);
      if (end < 0) return undefined;
      texts.push(text.slice(at, end));
      at = end;
    } else return undefined;
  }
  return at === text.length ? texts : undefined;
}

function build(parts: readonly Part[], wrapping: Wrapping): TextTemplate {
  const names = parts.map((part) => (typeof part === 'string' ? part : (part.names[0] as string)));
  const printed = parts
    .map((part, i) => (typeof part === 'string' ? quote(part) : `string(${names[i] as string})`))
    .join(' + ');
  const slots = parts.filter((part) => typeof part !== 'string').length;
  const literals = parts.reduce((sum, part) => sum + (typeof part === 'string' ? Math.min(4, part.length / 8) : 0), 0);
  return {
    text: wrapping.print(printed),
    cost: 2 + wrapping.cost + slots * 1.5 + literals,
    evaluate: (sources) => {
      let text = '';
      for (let i = 0; i < parts.length; i++) {
        const part = parts[i] as Part;
        if (typeof part === 'string') text += part;
        else {
          const own = scalarOf(sources.get(names[i] as string)?.value);
          if (own === undefined) return undefined;
          text += own;
        }
      }
      return wrapping.close(text);
    },
  };
}
