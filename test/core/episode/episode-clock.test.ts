import { describe, expect, it } from 'vitest';
import { clockBefore, episodeClock, setEpisodeClock } from '../../../src/core/episode/episode-clock.ts';
import { finishEpisode, resetEpisode, stepEpisode, type Episode } from '../../../src/core/episode/episode.ts';
import { linesOf, parseEpisodeLog, printLogLine, type LogLine } from '../../../src/core/episode/log-line.ts';
import { loggedStep } from '../../../src/core/episode/logged-step.ts';
import { replayLog, resumeEpisode, scoreLog } from '../../../src/core/episode/replay.ts';
import { clockTimeMax } from '../../../src/core/std/limits.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const environment = notesEnvironment({
  'probes.yaml': 'probes: [{ id: late, kind: event, when: time >= 2000000000000, reward: 1 }]',
});
const create = notesRequest('POST', '/notes', { title: 'x' });
const LATE = 2_000_000_000_000;

/** Two steps, with the clock set before the first, between them and after the second. */
function played(): { readonly text: string; readonly episode: Episode } {
  const lines: LogLine[] = [];
  let episode = resetEpisode(environment, { seed: 3 });
  lines.push(episode.header);
  const take = (next: { readonly episode: Episode; readonly line: LogLine }): void => {
    episode = next.episode;
    lines.push(next.line);
  };
  take(setEpisodeClock(episode, { advanceMs: 1000 }));
  take(stepEpisode(episode, create));
  take(setEpisodeClock(episode, { timeMs: LATE }));
  take(setEpisodeClock(episode, { isFrozen: true }));
  take(stepEpisode(episode, create));
  take(setEpisodeClock(episode, { advanceMs: 5 }));
  return { text: lines.map(printLogLine).join('\n'), episode };
}

describe('the clock of an episode', () => {
  it('is set to a time, moved on and stopped, each leaving the rest as it was', () => {
    const begun = resetEpisode(environment);
    const start = environment.loaded.model.clock.startMs;
    expect(episodeClock(begun)).toEqual({ timeMs: start, isFrozen: false });
    const stopped = setEpisodeClock(begun, { isFrozen: true }).episode;
    expect(episodeClock(stopped)).toEqual({ timeMs: start, isFrozen: true });
    const moved = setEpisodeClock(stopped, { advanceMs: 7 });
    expect(episodeClock(moved.episode)).toEqual({ timeMs: start + 7, isFrozen: true });
    expect(moved.line).toMatchObject({ kind: 'clock', after: 0, time: start + 7, frozen: true });
    expect(episodeClock(setEpisodeClock(moved.episode, { isFrozen: false }).episode)).toMatchObject({
      isFrozen: false,
    });
  });

  it('shows in answers, and to probes', () => {
    const set = setEpisodeClock(resetEpisode(environment), { timeMs: LATE, isFrozen: true }).episode;
    const { line } = stepEpisode(set, create);
    expect([line.time, line.reward]).toEqual([LATE, 1]);
    expect(line.response.body).toMatchObject({ text: expect.stringContaining('2033-05-18T03:33:20.000Z') as string });
  });

  it('is in the log, which replays, resumes, is scored and explained with it', () => {
    const { text, episode } = played();
    const log = parseEpisodeLog(text);
    expect([log.header, ...linesOf(log)].map(printLogLine).join('\n')).toBe(text);
    expect(clockBefore(log, 2)).toHaveLength(2);
    expect(replayLog(environment, log).difference).toBeUndefined();
    const resumed = resumeEpisode(environment, log);
    expect([resumed.worldDigest, episodeClock(resumed)]).toEqual([
      episode.worldDigest,
      { timeMs: LATE + 5, isFrozen: true },
    ]);
    expect(printLogLine(stepEpisode(resumed, create).line)).toBe(printLogLine(stepEpisode(episode, create).line));
    expect(scoreLog(environment, environment.probes as never, log)).toMatchObject({ reward: 1 });
    expect(loggedStep(environment, log, 2).line.time).toBe(LATE);
  });

  it('is missed by a replay where its line was taken out', () => {
    const without = played()
      .text.split('\n')
      .filter((line) => !line.includes('"kind":"clock"'));
    expect(replayLog(environment, parseEpisodeLog(without.join('\n'))).difference).toMatchObject({ step: 1 });
  });

  it('starts where the environment says, and the header tells it', () => {
    const later = { ...environment, clockStartMs: LATE };
    const begun = resetEpisode(later, { seed: 1 });
    expect(begun.header).toMatchObject({ startMs: LATE });
    const { line } = stepEpisode(begun, create);
    const log = parseEpisodeLog([begun.header, line].map(printLogLine).join('\n'));
    // What the server's option says today is nothing to an old log.
    expect(replayLog(environment, log).difference).toBeUndefined();
    expect(resetEpisode(environment).header).not.toHaveProperty('startMs');
  });

  it('shows no time that no calendar has, and is not set after the end', () => {
    const begun = resetEpisode(environment);
    for (const change of [{ timeMs: -1 }, { timeMs: 0.5 }, { timeMs: clockTimeMax, advanceMs: 1 }, { advanceMs: NaN }])
      expect(failureOf(() => setEpisodeClock(begun, change)).code).toBe('ERR_CALL_INVALID');
    expect(failureOf(() => setEpisodeClock(finishEpisode(begun).episode, {})).code).toBe('ERR_EPISODE_ENDED');
  });

  it('is refused in a log where it does not stand where it says', () => {
    const lines = played().text.split('\n');
    const moved = [lines[0], lines[2], lines[1]].join('\n');
    expect(failureOf(() => parseEpisodeLog(moved)).message).toContain(
      'a clock set after step 0, where 1 steps stand before it',
    );
  });
});
