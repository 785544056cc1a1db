// The clone that the benchmarks serve: six days of the quickstart, recorded and compiled by the product itself.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const MYNAH = 'bin/mynah.js';
const QUICKSTART = 'examples/quickstart';

/** Makes it in a folder; gives its path. */
export async function makeClone(folder) {
  process.env.MYNAH_DATA = join(folder, 'keys');
  const emulator = spawn(process.execPath, [`${QUICKSTART}/github-emulator.mjs`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(emulator.stdout), 'line');
  const address = /http:\S+/.exec(line)[0];
  const [recording, clone] = ['github.mynah', 'clone'].map((name) => join(folder, name));
  try {
    for (let day = 1; day <= 6; day += 1) {
      const options = ['--upstream', `api.github.com=${address}`, '--session', `day-${day}`, '--out', recording];
      run(['record', ...options, '--', process.execPath, `${QUICKSTART}/work-on-github.mjs`, String(day)]);
    }
    run(['compile', recording, '--out', clone]);
  } finally {
    emulator.kill();
  }
  return clone;
}

function run(args) {
  const { status, stderr } = spawnSync(process.execPath, [MYNAH, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mynah ${args.join(' ')} ended with ${status}: ${stderr}`);
}
