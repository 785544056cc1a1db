// The command: wires verbs to commander, and failures to a message with a stable code and the right exit code.
import { Command, CommanderError } from 'commander';
import { MynahError } from '../core/std/errors.ts';
import { registerAudit } from './audit.ts';
import { registerCa } from './ca.ts';
import { registerCompile } from './compile.ts';
import { registerCorrect } from './correct.ts';
import { registerDrift } from './drift.ts';
import { registerExplain } from './explain.ts';
import { registerExport } from './export.ts';
import { registerImport } from './import.ts';
import { registerInspect } from './inspect.ts';
import { registerRecord } from './record.ts';
import { registerRedact } from './redact.ts';
import { registerReplay } from './replay.ts';
import { registerRun } from './run.ts';
import { registerScore } from './score.ts';
import { registerServe } from './serve.ts';
import { TOOL_VERSION } from './tool-version.ts';
import type { RegisterVerb } from './verb.ts';
import { registerVerify } from './verify.ts';

const verbs: readonly RegisterVerb[] = [
  registerCa,
  registerImport,
  registerExport,
  registerCompile,
  registerInspect,
  registerRecord,
  registerRedact,
  registerServe,
  registerRun,
  registerScore,
  registerAudit,
  registerReplay,
  registerExplain,
  registerCorrect,
  registerVerify,
  registerDrift,
];

export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('mynah');
  program.description('Hears real software over HTTP and becomes it.').exitOverride().showHelpAfterError(false);
  program.version(TOOL_VERSION);
  program.enablePositionalOptions();
  for (const register of verbs) register(program);
  for (const stream of [process.stdout, process.stderr]) stream.off('error', unwritten).on('error', unwritten);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** A reader who has seen enough (`mynah inspect … | head`) is no failure, and ends no recorder. */
function unwritten(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.exitCode = report(
    new MynahError('ERR_FILE_UNWRITABLE', `cannot write what is printed: ${error.message}`, {}, error),
  );
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof MynahError) {
    process.stderr.write(`mynah: ${error.code}: ${error.message}\n`);
    return error.exit;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`mynah: a defect of mynah itself, please report it: ${text}\n`);
  return 70;
}
