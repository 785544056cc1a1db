// `mynah explain`: why the clone answered a step of an episode as it did.
import type { Command } from 'commander';
import { EVIDENCE_FILE, parseEvidence, type EvidenceLine } from '../core/build/evidence-lines.ts';
import { parseEpisodeLog, type StepLine } from '../core/episode/log-line.ts';
import { loggedStep } from '../core/episode/logged-step.ts';
import { printYaml } from '../core/model/yaml-text.ts';
import {
  explainStep,
  type Claim,
  type RuleExplanation,
  type StepExplanation,
} from '../core/runtime/step-explanation.ts';
import { isObject, printJson, type Json } from '../core/std/json.ts';
import { readCloneFolder } from '../store/clone-folder.ts';
import { environmentOfLog, externOption, readText } from './clone-environment.ts';
import { wholeNumber } from './serve.ts';

interface ExplainOptions {
  readonly step: number;
  readonly clone?: string;
  readonly extern?: readonly string[];
  readonly json: boolean;
}

/** What is known about one step. */
interface Explained {
  readonly line: StepLine;
  readonly explanation: StepExplanation;
  /** By rule id; undefined where no clone with this model was named. */
  readonly evidence: ReadonlyMap<string, EvidenceLine> | undefined;
}

const OTHERS_SHOWN = 5;
const VALUE_LENGTH_MAX = 100;

/** Registers `mynah explain`. */
export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description('Show why the clone answered a step so: its rules, what they rest on, what others lacked.')
    .argument('<log>', 'episode log')
    .requiredOption('--step <number>', 'number of the step, from 1', wholeNumber)
    .option(
      '--clone <folder>',
      'the clone, for the evidence of its rules, and where the log was not made on this machine',
    )
    .addOption(externOption())
    .option('--json', 'print one JSON document', false)
    .action(explain);
}

async function explain(path: string, { step, clone, extern, json }: ExplainOptions): Promise<void> {
  const log = parseEpisodeLog(readText(path));
  const environment = await environmentOfLog(log.header.model, { clone, extern });
  const { line, world } = loggedStep(environment, log, step);
  const explanation = explainStep(environment.loaded, world, line.request);
  const explained: Explained = { line, explanation, evidence: await evidenceOf(clone, line.service) };
  process.stdout.write(json ? jsonText(explained) : plainText(explained));
}

async function evidenceOf(
  clone: string | undefined,
  service: string | null,
): Promise<ReadonlyMap<string, EvidenceLine> | undefined> {
  if (clone === undefined) return undefined;
  const lines = parseEvidence((await readCloneFolder(clone)).files.get(EVIDENCE_FILE) ?? '');
  return new Map(lines.filter((line) => line.service === service).map((line) => [line.rule, line]));
}

function jsonText({ line, explanation, evidence }: Explained): string {
  const { index, request, response, service, route, rules, provenance, unknown } = line;
  const document = {
    step: index,
    request: { origin: request.origin, method: request.method, target: request.target },
    status: response.status,
    service,
    route,
    provenance,
    ...(unknown === undefined ? {} : { unknown }),
    bindings: namedValues(explanation.bindings),
    rules: explanation.rules.map(({ rule, holds, claims }) => ({
      id: rule.id,
      answered: rules.includes(rule.id),
      holds,
      claims: claims.map(({ text, holds: isTrue, reads }) => ({ text, holds: isTrue, reads: namedValues(reads) })),
      rule,
      evidence: evidence?.get(rule.id) ?? null,
    })),
  };
  return `${printJson(document as unknown as Json)}\n`;
}

/** A missing value is null here, for JSON has no other word for it. */
const namedValues = (values: Readonly<Record<string, Json | undefined>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null]));

function plainText(explained: Explained): string {
  const { line, explanation } = explained;
  const { index, request, response, provenance, unknown, service, route, rules } = line;
  if (provenance === 'injected')
    return `step ${index}: ${request.method} ${request.target} met a fault, ${response.status}, which the episode was asked to have\n`;
  const answered = explanation.rules.filter(({ rule }) => rules.includes(rule.id));
  return [
    `step ${index}: ${request.method} ${request.target} was answered ${response.status} (${provenance})\n`,
    route === null ? 'no route of the clone matches\n' : `route ${route} of ${service ?? ''}\n`,
    unknown === undefined ? '' : `not known: ${unknown}\n`,
    ...Object.entries(explanation.bindings).map(([name, value]) => `${name} is ${valueText(value)}\n`),
    ...answered.map((rule) => answeringText(rule, explained)),
    othersText(explanation.rules, rules),
    '\nif the original answers otherwise, say how: mynah correct\n',
  ].join('');
}

function answeringText({ rule, claims }: RuleExplanation, { evidence }: Explained): string {
  return [
    `\nanswered by ${rule.id}\n`,
    ...claims.map((claim) => claimText(claim)),
    indent(printYaml(rule as unknown as Json)),
    evidenceText(rule.id, evidence),
  ].join('');
}

function evidenceText(rule: string, evidence: Explained['evidence']): string {
  if (evidence === undefined) return '  what it rests on is beside its clone; name that with --clone\n';
  const line = evidence.get(rule);
  if (line === undefined)
    return '  its clone keeps no evidence for it; it was written by a person, or learnt elsewhere\n';
  const { support, examples, replayed, held_out } = line;
  return [
    support === 0
      ? '  rests on no exchange of its own: it was learnt from other routes\n'
      : `  rests on ${support} exchanges, for example ${examples.join(', ')}\n`,
    replayed.exchanges > 0 ? `  right in ${replayed.right} of ${replayed.exchanges} exchanges of self-replay\n` : '',
    held_out.exchanges > 0 ? `  right in ${held_out.right} of ${held_out.exchanges} held-out exchanges\n` : '',
  ].join('');
}

/** The rules that did not answer, those that lacked least first. */
function othersText(all: readonly RuleExplanation[], answered: readonly string[]): string {
  const at = all.findIndex(({ rule }) => answered.includes(rule.id));
  const others = all
    .map((each, index) => ({ ...each, isLater: at >= 0 && index > at }))
    .filter(({ rule }) => !answered.includes(rule.id))
    .sort((a, b) => lackOf(a) - lackOf(b));
  if (others.length === 0) return '';
  const texts = others.slice(0, OTHERS_SHOWN).map((other) => {
    const lacking = other.claims.filter(({ holds }) => !holds);
    const why = other.isLater && other.holds ? 'would hold too, but comes later' : 'lacked';
    return `  ${other.rule.id} (${other.rule.reply.status}) ${why}\n${lacking.map(claimText).join('')}`;
  });
  const more = others.length > OTHERS_SHOWN ? `  and ${others.length - OTHERS_SHOWN} more\n` : '';
  return `\nother rules:\n${texts.join('')}${more}`;
}

const lackOf = ({ claims }: RuleExplanation): number => claims.filter(({ holds }) => !holds).length;

function claimText({ text, holds, reads }: Claim): string {
  const values = Object.entries(reads).map(([name, value]) => `${name} is ${valueText(value)}`);
  return `    ${holds ? 'holds' : 'fails'}: ${text}${values.length > 0 ? `   (${values.join(', ')})` : ''}\n`;
}

function valueText(value: Json | undefined): string {
  if (value === undefined) return 'missing';
  if (isObject(value) && typeof value['$ref'] === 'string') return `${value['$ref']} ${String(value['key'])}`;
  const text = printJson(value);
  return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX - 1)}…` : text;
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, '    ');
