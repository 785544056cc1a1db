// kill -9 of the recorder at random moments under load: every exchange whose last byte a client had read is in the file.
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { drawBelow, openStream } from '../../src/core/std/prng.ts';
import { readRecording } from '../../src/store/recording-store.ts';
import { printedLine, startMynah } from '../support/mynah-command.ts';
import { ask, startUpstream, temporaryFolder } from '../support/recorder.ts';

const ROUNDS = 20;
const CLIENTS = 8;
/** Change it to try other moments; a failure names it. */
const SEED = Number(process.env['MYNAH_TEST_SEED'] ?? 1);

it(`keeps every exchange that was read whole, through ${ROUNDS} kills (seed ${SEED})`, async () => {
  const draws = openStream(SEED, 'kill', 0);
  const reverse = await startUpstream((request, response) => {
    const body = `answer to ${request.url} `.repeat(1 + (Number(request.url?.split('-').at(-1)) % 50));
    // Half of the answers in chunks, half of declared length.
    if (body.length % 2 === 0) response.setHeader('content-length', body.length);
    request.resume().once('end', () => response.end(body));
  });
  const [folder, home] = [temporaryFolder(), temporaryFolder()];
  const path = join(folder, 'recording.mynah');
  const read = new Set<string>();

  for (let round = 0; round < ROUNDS; round++) {
    const recorder = startMynah(['record', '--reverse', reverse, '--listen', '127.0.0.1:0', '--out', path], {
      MYNAH_DATA: home,
    });
    const [, origin] = await printedLine(recorder, /on (http:\S+)/);
    const exited = once(recorder, 'exit');
    const killAfter = 1 + drawBelow(draws, 200);
    const readBefore = read.size;
    let isDead = false;
    const client = async (name: number) => {
      for (let number = 0; !isDead; number++) {
        const target = `/r${round}-c${name}-${number}`;
        const answer = await ask(`${origin}${target}`, { method: 'POST', body: 'x'.repeat(number) }).catch(
          () => undefined,
        );
        if (answer?.status === 200) read.add(target);
        if (read.size - readBefore >= killAfter && !isDead) {
          isDead = true;
          recorder.kill('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_none, name) => client(name)));
    await exited;
    const recorded = new Set(readRecording(path).exchanges.map(({ request }) => request.target));
    expect([...read].filter((target) => !recorded.has(target))).toEqual([]);
  }
  expect(read.size).toBeGreaterThan(ROUNDS);
}, 300_000);
