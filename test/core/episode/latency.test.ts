import { describe, expect, it } from 'vitest';
import { setEpisodeClock } from '../../../src/core/episode/episode-clock.ts';
import { resetEpisode, stepEpisode, type Episode, type EpisodeStart } from '../../../src/core/episode/episode.ts';
import { linesOf, parseEpisodeLog, printLogLine, type StepLine } from '../../../src/core/episode/log-line.ts';
import { loggedStep } from '../../../src/core/episode/logged-step.ts';
import { replayLog, resumeEpisode } from '../../../src/core/episode/replay.ts';
import { LATENCY_FILE, printLatencies } from '../../../src/core/model/latencies.ts';
import { worldTime } from '../../../src/core/runtime/step.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const samples = [20, 30, 50, 80];
const latencyFile = (ms: readonly number[]) => ({
  [LATENCY_FILE]: printLatencies([{ service: 'notes', route: 'notes.create', status: 201, ms }]),
});
const environment = notesEnvironment(latencyFile(samples));
const { loaded } = environment;
const { stepMs } = loaded.model.clock;
const create = notesRequest('POST', '/notes', { title: 'x' });
const list = notesRequest('GET', '/notes');

/** A note, the list and another note, again and again. */
function played(start: EpisodeStart, steps = 12) {
  let episode: Episode = resetEpisode(environment, { seed: 3, ...start });
  const lines: StepLine[] = [];
  while (lines.length < steps) {
    const next = stepEpisode(episode, lines.length % 3 === 1 ? list : create);
    episode = next.episode;
    lines.push(next.line);
  }
  return { episode, lines, text: [episode.header, ...lines].map(printLogLine).join('\n') };
}

describe('latency', () => {
  it('is there only where somebody asks for it, or the environment says so', () => {
    expect(played({}).text).not.toContain('latency');
    expect(resetEpisode({ ...environment, hasLatency: true }).header.latency).toBe(environment.latencies?.digest);
    expect(resetEpisode({ ...environment, hasLatency: true }, { latency: false }).header).not.toHaveProperty('latency');
  });

  it('is a recorded one of route and status, and moves the clock on by as much more', () => {
    const { lines } = played({ latency: true });
    const taken = lines.map(({ latency }) => latency);
    expect(taken.filter((_ms, index) => index % 3 === 1)).toEqual([undefined, undefined, undefined, undefined]);
    for (const ms of taken) expect([undefined, ...samples]).toContain(ms);
    expect(new Set(taken).size).toBeGreaterThan(2);
    const gaps = lines.slice(1).map(({ time }, index) => time - (lines[index] as StepLine).time);
    expect(gaps).toEqual(taken.slice(0, -1).map((ms) => stepMs + (ms ?? 0)));
  });

  it('shifts no draw: but for times, answers are those without it', () => {
    const told = ({ lines }: ReturnType<typeof played>) =>
      lines.map(({ response, changes: [change] }) => [response.status, change?.after?.['token']]);
    expect(told(played({ latency: true }))).toEqual(told(played({})));
    expect(played({ latency: true }).text).toBe(played({ latency: true }).text);
    expect(played({ latency: true, seed: 4 }).lines.map(({ latency }) => latency)).not.toEqual(
      played({ latency: true }).lines.map(({ latency }) => latency),
    );
  });

  it('is met again by replays, by episodes that go on, and by whoever looks at a step', () => {
    const { text, episode, lines } = played({ latency: true });
    const log = parseEpisodeLog(text);
    expect([log.header, ...linesOf(log)].map(printLogLine).join('\n')).toBe(text);
    expect(replayLog(environment, log).difference).toBeUndefined();
    expect(printLogLine(stepEpisode(resumeEpisode(environment, log), create).line)).toBe(
      printLogLine(stepEpisode(episode, create).line),
    );
    for (const line of lines) expect(loggedStep(environment, log, line.index).line.time).toBe(line.time);
  });

  it('does not move a clock that stands, and goes on from one that was set', () => {
    const begun = resetEpisode(environment, { latency: true });
    const stands = setEpisodeClock(begun, { isFrozen: true }).episode;
    expect(worldTime(loaded, stepEpisode(stands, create).episode.world)).toBe(worldTime(loaded, stands.world));
    const set = setEpisodeClock(begun, { timeMs: 5000 }).episode;
    const { episode, line } = stepEpisode(set, create);
    expect([line.time, worldTime(loaded, episode.world)]).toEqual([5000, 5000 + stepMs + (line.latency ?? NaN)]);
  });

  it('cannot be asked of a clone that knows none, nor met again with others', () => {
    const without = notesEnvironment();
    expect(failureOf(() => resetEpisode(without, { latency: true })).code).toBe('ERR_CALL_INVALID');
    const log = parseEpisodeLog(played({ latency: true }, 3).text);
    for (const other of [without, notesEnvironment(latencyFile([1]))]) {
      expect(failureOf(() => replayLog(other, log)).code).toBe('ERR_MODEL_MISMATCH');
      expect(failureOf(() => loggedStep(other, log, 1)).code).toBe('ERR_MODEL_MISMATCH');
    }
    const wrong = played({ latency: true }, 1).text.replace(/"latency":"/, '"latency":1,"x":"');
    expect(failureOf(() => parseEpisodeLog(wrong)).message).toContain('its member latency is not a text');
  });
});
