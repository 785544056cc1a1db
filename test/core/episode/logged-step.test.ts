import { describe, expect, it } from 'vitest';
import { resetEpisode, stepEpisode } from '../../../src/core/episode/episode.ts';
import { parseEpisodeLog, printLogLine, type EpisodeLog } from '../../../src/core/episode/log-line.ts';
import { loggedStep } from '../../../src/core/episode/logged-step.ts';
import { worldEntities } from '../../../src/core/runtime/step.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const environment = notesEnvironment();
const { loaded } = environment;

function logOf(...requests: readonly ReturnType<typeof notesRequest>[]): EpisodeLog {
  let episode = resetEpisode(environment, { seed: 5 });
  const lines = [printLogLine(episode.header)];
  for (const request of requests) {
    const next = stepEpisode(episode, request);
    episode = next.episode;
    lines.push(printLogLine(next.line));
  }
  return parseEpisodeLog(lines.join('\n'));
}

const log = logOf(notesRequest('POST', '/notes', { title: 'bread' }), notesRequest('GET', '/notes'));

describe('a step of a log', () => {
  it('is found with the world before it', () => {
    const [first, second] = [loggedStep(environment, log, 1), loggedStep(environment, log, 2)];
    expect([first.line.index, second.line.index]).toEqual([1, 2]);
    const count = (world: typeof first.world) =>
      Object.values(worldEntities(loaded, world)).reduce((sum, entities) => sum + entities.length, 0);
    expect(count(second.world)).toBe(count(first.world) + 1);
  });

  it.each([0, 3])('%i is none', (number) => {
    expect(failureOf(() => loggedStep(environment, log, number)).code).toBe('ERR_USAGE');
  });

  it('of another model, or in another world, is refused', () => {
    const other = { ...log, header: { ...log.header, model: 'f'.repeat(64) } };
    expect(failureOf(() => loggedStep(environment, other, 1)).code).toBe('ERR_MODEL_MISMATCH');
    const [first, second] = log.steps;
    if (first === undefined || second === undefined) throw new Error('the log has two steps');
    const changed = { ...log, steps: [{ ...first, request: notesRequest('GET', '/notes') }, second] };
    expect(failureOf(() => loggedStep(environment, changed, 2)).code).toBe('ERR_REPLAY_DIFFERS');
  });
});
