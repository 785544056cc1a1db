// kill -9 of the recorder at random moments under load: every exchange whose last byte a client had read is in the file.
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { drawBelow, openStream } from '../../src/core/std/prng.ts';
import { readRecording } from '../../src/store/recording-store.ts';
import { printedLine, startBuiltMynah } from '../support/mynah-command.ts';
import { ask, startUpstream, temporaryFolder } from '../support/recorder.ts';

const ROUNDS = 50;
/** Recorders that are killed at the same time, each with a recording of its own that it continues after every kill. */
const LANES = 2;
const CLIENTS = 8;
/** Change it to try other moments; a failure names it. */
const SEED = Number(process.env['MYNAH_TEST_SEED'] ?? 1);

it(`keeps every exchange that was read whole, through ${ROUNDS} kills (seed ${SEED})`, async () => {
  const reverse = await startUpstream((request, response) => {
    const body = `answer to ${request.url} `.repeat(1 + (Number(request.url?.split('-').at(-1)) % 50));
    // Half of the answers in chunks, half of declared length.
    if (body.length % 2 === 0) response.setHeader('content-length', body.length);
    request.resume().once('end', () => response.end(body));
  });
  const lanes = Array.from({ length: LANES }, (_none, lane) => killRepeatedly(reverse, lane, ROUNDS / LANES));
  for (const read of await Promise.all(lanes)) expect(read).toBeGreaterThan(ROUNDS / LANES);
}, 300_000);

/** Kills one recorder after the other; resolves with how many answers clients have read whole. */
async function killRepeatedly(reverse: string, lane: number, rounds: number): Promise<number> {
  const draws = openStream(SEED, 'kill', lane);
  const [folder, home] = [temporaryFolder(), temporaryFolder()];
  const path = join(folder, 'recording.mynah');
  const read = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const args = ['record', '--reverse', reverse, '--listen', '127.0.0.1:0', '--out', path];
    const recorder = startBuiltMynah(args, { MYNAH_DATA: home });
    const [, origin] = await printedLine(recorder, /on (http:\S+)/);
    const exited = once(recorder, 'exit');
    const readBefore = read.size;
    const killAfter = 1 + drawBelow(draws, 80);
    let isDead = false;
    const client = async (name: number) => {
      for (let number = 0; !isDead; number++) {
        const target = `/r${round}-c${name}-${number}`;
        const question = { method: 'POST', body: 'x'.repeat(number) };
        const answer = await ask(`${origin}${target}`, question).catch(() => undefined);
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
  return read.size;
}
