// Every answered step survives the death of the server, in each of many episodes, and each goes on as if nothing had been.
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { resetEpisode, stepEpisode } from '../../src/core/episode/episode.ts';
import { parseEpisodeLog, printLogLine } from '../../src/core/episode/log-line.ts';
import { send } from '../support/environment-client.ts';
import { printedLine, startMynah } from '../support/mynah-command.ts';
import { notesEnvironment, notesFolder } from '../support/notes-clone.ts';

const EPISODES = 200;
/** Answers before the server is killed. */
const ANSWERS = 700;

async function serve(clone: string) {
  const child = startMynah(['serve', clone, '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0']);
  const [, agent = '', control = ''] = await printedLine(child, /agents on (\S+), control on (\S+)\n/);
  return { child, agent, control };
}

describe('a server that is killed with 200 live episodes under load', () => {
  it('goes on with each of them, byte-equal to an unbroken run', async () => {
    const clone = notesFolder();
    const first = await serve(clone);
    const ids = Array.from({ length: EPISODES }, (_none, seed) => `episode-${seed}`);
    const episodes = ids.map((id, seed) => ({ id, seed }));
    expect((await send(`${first.control}/episodes:batch`, { method: 'POST', body: { episodes } })).status).toBe(200);
    const answered = ids.map(() => 0);
    let total = 0;
    const work = async (at: number): Promise<void> => {
      for (;;) {
        const body = { title: `note ${answered[at]}` };
        const answer = await send(`${first.agent}/~/${ids[at]}/notes`, { method: 'POST', body }).catch(() => undefined);
        if (answer?.status !== 201) return;
        answered[at] = (answered[at] as number) + 1;
        if (++total === ANSWERS) first.child.kill('SIGKILL');
      }
    };
    await Promise.all([once(first.child, 'exit'), ...ids.map((_id, at) => work(at))]);

    const second = await serve(clone);
    const environment = notesEnvironment();
    for (const [at, id] of ids.entries()) {
      expect((await send(`${second.agent}/~/${id}/notes`, { method: 'POST', body: { title: 'after' } })).status).toBe(
        201,
      );
      const { text } = await send(`${second.control}/episodes/${id}/log`);
      const { steps } = parseEpisodeLog(text);
      // One step more than was answered may have been stored, and one came after.
      expect([1, 2]).toContain(steps.length - (answered[at] as number));
      let episode = resetEpisode(environment, { seed: at });
      const lines = [printLogLine(episode.header)];
      for (const { request } of steps) {
        const { episode: next, line } = stepEpisode(episode, request);
        episode = next;
        lines.push(printLogLine(line));
      }
      expect(text).toBe(lines.map((line) => `${line}\n`).join(''));
    }
  });
});
