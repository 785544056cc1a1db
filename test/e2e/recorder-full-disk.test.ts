// A disk that is really full: the system refuses to let any file grow beyond a limit, in the middle of a recording. The
// traffic goes on, the user hears of it, and what was recorded before can be read.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readRecording } from '../../src/store/recording-store.ts';
import { ask, startUpstream, temporaryFolder } from '../support/recorder.ts';
import { ROOT } from '../support/source-tree.ts';

/** Blocks of 512 bytes, as the shell counts them: 2 MiB. */
const FILE_BLOCKS = 4096;

/** Bytes that no other body has and that do not compress. */
const noise = (seed: string, length: number) => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_none, at) =>
    createHash('sha256').update(`${seed} ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
};

it('a full disk stops no traffic, is told of for every exchange that is lost, and leaves a recording that can be read', async () => {
  const reverse = await startUpstream((request, response) => {
    const length = Number(request.url?.split('-').at(-1));
    response.setHeader('content-type', 'application/octet-stream');
    response.end(noise(request.url ?? '', length));
  });
  const folder = temporaryFolder();
  const out = join(folder, 'r.mynah');
  const record = `ulimit -f ${FILE_BLOCKS}; exec "$0" "$@"`;
  const options = ['record', '--reverse', reverse, '--listen', '127.0.0.1:0', '--out', out];
  const recorder = spawn('sh', ['-c', record, process.execPath, join(ROOT, 'bin/mynah.js'), ...options], {
    env: { ...process.env, MYNAH_DATA: join(folder, 'home') },
  });
  onTestFinished(() => void recorder.kill('SIGKILL'));
  let said = '';
  recorder.stderr.on('data', (bytes: Buffer) => (said += String(bytes)));
  const [line] = (await once(recorder.stdout, 'data')) as [Buffer];
  const origin = /on (http:\S+)/.exec(String(line))?.[1] ?? '';

  // Small ones that fit, a long one that is stored as it comes and does not, and more small ones.
  const paths = [
    ...['/a-1000', '/b-1000'],
    '/long-6000000',
    ...Array.from({ length: 40 }, (_none, at) => `/${at}-100000`),
  ];
  for (const path of paths) {
    const { status, bytes } = await ask(origin + path);
    expect([path, status, bytes.equals(noise(path, Number(path.split('-').at(-1))))]).toEqual([path, 200, true]);
  }
  recorder.kill('SIGINT');
  expect((await once(recorder, 'close'))[0]).toBe(0);

  const { exchanges } = readRecording(out);
  const whole = exchanges.filter(({ truncated }) => truncated === undefined);
  expect(whole.slice(0, 2).map(({ request }) => request.target)).toEqual(['/a-1000', '/b-1000']);
  expect(whole.length).toBeLessThan(paths.length);
  for (const { request, response } of whole) {
    const body = response?.body as { base64: string };
    expect(
      Buffer.from(body.base64, 'base64').equals(noise(request.target, Number(request.target.split('-').at(-1)))),
    ).toBe(true);
  }
  // Each is in the recording, or a warning names it.
  const warned = [...said.matchAll(/warning: exchange (\S+) was passed on but could not be recorded/g)];
  expect(exchanges.length + warned.length).toBe(paths.length);
  expect(said).toMatch(/warning: \d+ exchanges were passed on but are not in the recording/);
});
