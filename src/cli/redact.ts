// `mynah redact`: new rules for an old recording. What the recorder replaced stays; only what the rules name is added.
import type { Command } from 'commander';
import { createKnownSecrets } from '../core/recording/known-secrets.ts';
import { DEFAULT_REDACTION_RULES, type RedactionRules } from '../core/recording/redaction-rules.ts';
import { redactExchange, redactRequest } from '../core/recording/redaction.ts';
import { beginBodyRedaction } from '../core/recording/redaction-stream.ts';
import { utf8OfLatin1 } from '../store/body-bytes.ts';
import { mynahHome, pseudonymHash } from '../store/mynah-home.ts';
import { readRecording } from '../store/recording-store.ts';
import { rewriteRecording } from '../store/recording-rewrite.ts';
import { keepableRules, readRedactionRules } from './redaction-rules-file.ts';
import { textTable } from './text-table.ts';
import { TOOL_VERSION } from './tool-version.ts';

interface RedactOptions {
  readonly rules: string;
  readonly out: string;
  readonly json: boolean;
}

/** Nothing but what a file of rules names: what is a pseudonym already would get another one. */
const NOTHING: RedactionRules = { ...DEFAULT_REDACTION_RULES, email: false, phone: false, card: false, builtIn: false };

/** Registers `mynah redact`. */
export function registerRedact(program: Command): void {
  program
    .command('redact')
    .description('Apply further rules about secrets to a recording.')
    .argument('<recording>', 'recording to read')
    .requiredOption('--rules <file>', 'what is to be replaced by pseudonyms')
    .requiredOption('--out <file>', 'recording to write; the same path replaces it when all is done')
    .option('--json', 'print the counts as JSON', false)
    .action(redact);
}

async function redact(path: string, { rules: file, out, json }: RedactOptions): Promise<void> {
  const rules = readRedactionRules(file, NOTHING);
  const hash = pseudonymHash(mynahHome());
  const redaction = { rules, known: createKnownSecrets() };
  const named = (target: string) =>
    redactRequest({ method: 'GET', target, headers: [] }, hash, redaction).request.target;
  // Once through it all first: what is secret by its name in one exchange is looked for in those before it too.
  for (const exchange of readRecording(path).exchanges) redactExchange(exchange, hash, redaction);
  const counts = await rewriteRecording(
    path,
    out,
    {
      exchange: (exchange) => redactExchange(exchange, hash, redaction),
      body: ({ request, response }, direction) =>
        beginBodyRedaction({
          ...redaction,
          headers: (direction === 'request' ? request : response)?.headers ?? [],
          direction,
          hash,
          codec: utf8OfLatin1,
        }),
      sessionName: (name) => named(name),
      write: (write) => ({ ...write, target: named(write.target) }),
    },
    {
      toolVersion: TOOL_VERSION,
      startedAt: Date.now(),
      target: 'redact',
      rules: { redaction: keepableRules(rules) },
      endedAt: Date.now,
    },
  );
  const rows = Object.entries(counts).map(([kind, count]) => [kind, String(count)]);
  if (json) process.stdout.write(`${JSON.stringify({ recording: out, replaced: counts })}\n`);
  else if (rows.length === 0) process.stdout.write(`nothing in ${path} is what the rules name; ${out} is a copy\n`);
  else process.stdout.write(textTable([{ title: 'replaced' }, { title: 'times', right: true }], rows));
}
