// The rules file of a user (YAML): what is secret beside what Mynah knows, and what is not.
import { readFileSync } from 'node:fs';
import { RE2JS } from 're2js';
import { z } from 'zod';
import { shaped } from '../core/model/files-read.ts';
import { parseYaml } from '../core/model/yaml-text.ts';
import { DEFAULT_REDACTION_RULES, type RedactionRules } from '../core/recording/redaction-rules.ts';
import { MynahError } from '../core/std/errors.ts';

const texts = z.array(z.string().min(1)).optional();
/** A shorter text would change most of a recording. */
const longerTexts = z.array(z.string().min(2, 'expected at least two characters')).optional();

const rulesFile = z.strictObject({
  email: z.boolean().optional(),
  phone: z.boolean().optional(),
  card: z.boolean().optional(),
  secret_names: texts,
  plain_names: texts,
  text_names: texts,
  texts: longerTexts,
  patterns: z.array(z.string().min(1).refine(isPattern, 'expected a regular expression (RE2)')).optional(),
  claims: texts,
  plain_claims: texts,
});

/**
 * Reads a file of rules.
 * @param base what holds where the file says nothing
 * @throws MynahError ERR_FILE_NOT_FOUND, ERR_REDACTION_RULES with file, line and column
 */
export function readRedactionRules(path: string, base: RedactionRules = DEFAULT_REDACTION_RULES): RedactionRules {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new MynahError('ERR_FILE_NOT_FOUND', `cannot read ${path}: ${(error as Error).message}`, { path }, error);
  }
  try {
    const rules = shaped(parseYaml(path, text), rulesFile);
    const joined = (own: readonly string[], more: readonly string[] = []) => [...own, ...more];
    return {
      ...base,
      email: rules.email ?? base.email,
      phone: rules.phone ?? base.phone,
      card: rules.card ?? base.card,
      secretNames: joined(base.secretNames, rules.secret_names),
      plainNames: joined(base.plainNames, rules.plain_names),
      textNames: joined(base.textNames, rules.text_names),
      texts: joined(base.texts, rules.texts),
      patterns: joined(base.patterns, rules.patterns),
      claims: joined(base.claims, rules.claims),
      plainClaims: joined(base.plainClaims, rules.plain_claims),
    };
  } catch (error) {
    if (error instanceof MynahError && error.code === 'ERR_CLONE_FILE')
      throw new MynahError('ERR_REDACTION_RULES', error.message, error.details);
    throw error;
  }
}

/** Rules as a recording may keep them: what they look for is what must not be in it. */
export function keepableRules(rules: RedactionRules): Readonly<Record<string, unknown>> {
  return { ...rules, texts: rules.texts.length, patterns: rules.patterns.length };
}

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}
