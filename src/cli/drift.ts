// `mynah drift`: is the original still what the clone was compiled from?
import { Option, type Command } from 'commander';
import { checkDrift, type DriftReport } from '../core/drift/drift-check.ts';
import { SEVERITIES, type Severity } from '../core/drift/drift-rules.ts';
import { driftText, findingText } from '../core/drift/drift-text.ts';
import type { DriftFinding } from '../core/drift/finding.ts';
import { answerOutlines } from '../core/drift/outline.ts';
import type { CloneModel } from '../core/model/clone-model.ts';
import { SHAPES_FILE, readShapes } from '../core/model/shapes-file.ts';
import type { Shapes } from '../core/model/shapes.ts';
import type { Recording } from '../core/recording/recording.ts';
import { MynahError } from '../core/std/errors.ts';
import { readCloneFolder } from '../store/clone-folder.ts';
import { readRecording } from '../store/recording-store.ts';

interface CheckOptions {
  readonly recording: string;
  readonly format: 'text' | 'json';
  readonly json: boolean;
  readonly failOn: Severity;
}

const EXIT_CODES = { clean: 0, drift: 1, inconclusive: 3 } as const;

/** Registers `mynah drift`. */
export function registerDrift(program: Command): void {
  const drift = program.command('drift').description('Compare fresh evidence with what a clone was compiled from.');
  shared(drift.command('check'), 'Find drift: exit 0 none, 1 found, 3 could not be told.')
    .addOption(new Option('--format <format>', 'how to print the report').choices(['text', 'json']).default('text'))
    .addOption(
      new Option('--fail-on <severity>', 'least severity of a confirmed finding that makes the check fail')
        .choices([...SEVERITIES])
        .default('warning'),
    )
    .action(check);
  shared(drift.command('show'), 'Show one finding in full.')
    .argument('<finding>', 'id of the finding, as drift check prints it')
    .action(show);
}

function shared(command: Command, description: string): Command {
  return command
    .description(description)
    .argument('<clone>', 'folder of the clone')
    .requiredOption('--recording <file>', 'fresh recording (.mynah)')
    .option('--json', 'print one JSON document', false);
}

async function check(clone: string, options: CheckOptions): Promise<void> {
  const report = reportOf(await readEvidence(clone, options.recording), options.failOn);
  const isJson = options.json || options.format === 'json';
  process.stdout.write(`${isJson ? JSON.stringify({ formatVersion: 1, ...report }) : driftText(report).join('\n')}\n`);
  process.exitCode = EXIT_CODES[report.verdict];
}

async function show(clone: string, id: string, options: Pick<CheckOptions, 'recording' | 'json'>): Promise<void> {
  const evidence = await readEvidence(clone, options.recording);
  const { findings } = reportOf(evidence);
  const finding = findings.find((each) => each.id === id);
  if (finding === undefined) {
    const known = findings.length === 0 ? 'there are none' : `there are ${findings.map((each) => each.id).join(', ')}`;
    throw new MynahError('ERR_USAGE', `this recording has no finding ${id}: ${known}`, { id });
  }
  if (options.json) process.stdout.write(`${JSON.stringify(finding)}\n`);
  else process.stdout.write(`${[...findingText(finding), '', await outlineText(evidence, finding)].join('\n')}\n`);
}

/** The fields of the answer before and now, as a difference. */
async function outlineText({ model, shapes, recording }: Evidence, finding: DriftFinding): Promise<string> {
  const { before, now } = answerOutlines(model, shapes, recording, finding);
  // Loaded here because nothing else needs it and it is slow.
  const { diffString } = await import('json-diff');
  return diffString(before, now, { color: process.stdout.isTTY === true, full: true }).trimEnd();
}

interface Evidence {
  readonly model: CloneModel;
  readonly shapes: Shapes;
  readonly recording: Recording;
}

async function readEvidence(clone: string, recording: string): Promise<Evidence> {
  const { model, files } = await readCloneFolder(clone);
  const shapes = files.get(SHAPES_FILE);
  if (shapes === undefined) {
    const message = `${clone} holds no ${SHAPES_FILE}, the counts that drift compares with; compile its recordings again`;
    throw new MynahError('ERR_CLONE_FILE', message, { file: SHAPES_FILE });
  }
  return { model, shapes: readShapes(shapes), recording: readRecording(recording) };
}

function reportOf({ model, shapes, recording }: Evidence, failOn?: Severity): DriftReport {
  return checkDrift(model, shapes, recording, failOn === undefined ? {} : { failOn });
}
