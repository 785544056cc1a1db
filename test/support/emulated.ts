// The emulators that stand in for real services, each in a process of its own.
import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { printedLine } from './mynah-command.ts';
import { ROOT } from './source-tree.ts';

export interface Emulated {
  /** Where it listens. */
  readonly origin: string;
  readonly stop: () => void;
}

/**
 * @param service a service of the package `emulate`
 * @param baseUrl what the service believes its own address to be
 * @param seed what is there when it starts
 */
export async function startEmulator(service: string, baseUrl: string, seed: object = {}): Promise<Emulated> {
  const args = ['test/support/emulator.mjs', service, baseUrl, JSON.stringify(seed)];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [, origin = ''] = await printedLine(child, /listening on (\S+)\n/);
  return { origin, stop: () => void child.kill('SIGKILL') };
}
