import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { DEFAULT_REDACTION_RULES } from '../../../src/core/recording/redaction-rules.ts';
import { ruleTextsOf } from '../../../src/core/recording/rule-texts.ts';

const hash = (text: string) => createHmac('sha256', 'k').update(text).digest('hex');
const rules = { ...DEFAULT_REDACTION_RULES, texts: ['Zoë "Z" O’Hara', 'Zoë'], patterns: ['EMP-\\d{4}'] };

it('nothing is looked for where nothing is named', () => {
  expect(ruleTextsOf(DEFAULT_REDACTION_RULES, hash)).toBeUndefined();
  expect(ruleTextsOf(rules, hash)).toBe(ruleTextsOf(rules, hash));
});

it('a text has one pseudonym, whatever it is written in', () => {
  const texts = ruleTextsOf(rules, hash);
  let found = 0;
  const replaced = (text: string) =>
    texts?.replaceIn(
      text,
      () => found++,
      (match) => match === 'EMP-0000',
    ) ?? '';
  const name = 'Zoë "Z" O’Hara';
  const pseudonym = replaced(name);
  expect(pseudonym).toMatch(/^[A-Z][a-z]{2} "[A-Z]" [A-Z]’[A-Z][a-z]{3}$/);
  expect(JSON.parse(replaced(JSON.stringify(name)))).toBe(pseudonym);
  expect(decodeURIComponent(replaced(encodeURIComponent(name)))).toBe(pseudonym);
  expect(new URLSearchParams(replaced(new URLSearchParams({ q: 'Zoë' }).toString())).get('q')).toBe(replaced('Zoë'));
  expect(JSON.parse(replaced('"Zo\\u00eb"'))).toBe(replaced('Zoë'));
  expect(replaced('is EMP-1234 here?')).toMatch(/^is [A-Z]{3}-\d{4} here\?$/);
  expect(replaced('EMP-12 and Zo')).toBe('EMP-12 and Zo');
  expect(replaced('is EMP-0000 there?')).toBe('is EMP-0000 there?');
  expect(found).toBeGreaterThan(6);
});
