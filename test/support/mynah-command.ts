// The command, run from the sources: in a process of its own, or in this one where it does not wait for anything.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { ROOT } from './source-tree.ts';

const PROGRAM = `import { main } from ${JSON.stringify(join(ROOT, 'src/cli/main.ts'))}; await main(process.argv.slice(1));`;

/** Starts `mynah ARGS` with a user's folder of its own, unless `environment` names one; it is killed when the test ends. */
export function startMynah(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  return startNode(['--import', 'tsx', '--input-type=module', '-e', PROGRAM, ...args], environment);
}

/** The same with the last build, which is up much sooner: for tests that start it many times. */
export function startBuiltMynah(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return startNode([join(ROOT, 'bin/mynah.js'), ...args], environment);
}

function startNode(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const data = environment['MYNAH_DATA'] ?? mkdtempSync(join(tmpdir(), 'mynah-home-'));
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment, MYNAH_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mynah ARGS` to its end. */
export async function runMynah(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = startMynah(args, environment);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Calls `mynah ARGS` in this process, which is much faster; not for verbs that listen or run commands. */
export async function callMynah(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const data = environment['MYNAH_DATA'] ?? mkdtempSync(join(tmpdir(), 'mynah-home-'));
  vi.stubEnv('MYNAH_DATA', data);
  const [stdout, stderr] = [silenced(process.stdout), silenced(process.stderr)];
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = undefined;
    stdout.restore();
    stderr.restore();
    vi.unstubAllEnvs();
  }
}

/** Keeps what is written to a stream of this process. */
function silenced(stream: NodeJS.WriteStream): { readonly text: () => string; readonly restore: () => void } {
  const write = vi.spyOn(stream, 'write').mockReturnValue(true);
  return {
    text: () => write.mock.calls.map(([text]) => String(text)).join(''),
    restore: () => void write.mockRestore(),
  };
}

/** Resolves with the first line that matches, out of what a command prints; rejects when the command ends without it. */
export function printedLine(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const look = (chunk: Buffer) => {
      seen += String(chunk);
      const match = pattern.exec(seen);
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', () => reject(new Error(`the command ended, having printed: ${seen}`)));
  });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => (text += String(chunk)));
  return () => text;
}
