import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/core/episode/environment.ts';
import { setEpisodeClock } from '../../../src/core/episode/episode-clock.ts';
import { finishEpisode, resetEpisode, stepEpisode } from '../../../src/core/episode/episode.ts';
import type { ClockLine, EpisodeLog, StepLine } from '../../../src/core/episode/log-line.ts';
import { replayLog, resumeEpisode, scoreLog } from '../../../src/core/episode/replay.ts';
import { parseProbes } from '../../../src/core/probe/probe-file.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const PROBES =
  'probes: [{ id: made, on: { route: notes.create, status: 201 }, reward: 1 }, { id: ended, kind: outcome, when: answer == 1, reward: 2 }]';
const environment = notesEnvironment({ 'probes.yaml': PROBES });
const REQUESTS = [
  notesRequest('POST', '/notes', { title: 'a' }),
  notesRequest('GET', '/notes/3'),
  notesRequest('DELETE', '/notes/3'),
];

function logOf(env: Environment, isFinished = true): EpisodeLog & { steps: StepLine[] } {
  const begun = resetEpisode(env, { seed: 9 });
  const steps: StepLine[] = [];
  let episode = begun;
  for (const request of REQUESTS) {
    const stepped = stepEpisode(episode, request);
    episode = stepped.episode;
    steps.push(stepped.line);
  }
  return { header: begun.header, steps, ...(isFinished ? { finish: finishEpisode(episode, 1).line } : {}) };
}

describe('replaying a log', () => {
  it('finds nothing where the log is what the model says', () => {
    expect(replayLog(environment, logOf(environment))).toEqual({ steps: 3, judged: true, difference: undefined });
  });

  it('names the first step that differs and what differs in it', () => {
    const log = logOf(environment);
    const [first, second, third] = log.steps as [StepLine, StepLine, StepLine];
    const changed = { ...second, response: { ...second.response, status: 418 } };
    const { difference } = replayLog(environment, { ...log, steps: [first, changed, { ...third, rules: [] }] });
    expect(difference).toMatchObject({
      step: 2,
      members: ['response'],
      logged: { response: { status: 418 } },
      replayed: { response: { status: 200 } },
    });
  });

  it('notices another world at reset and another reward at the end', () => {
    const log = logOf(environment);
    expect(replayLog(environment, { ...log, header: { ...log.header, seed: 8 } }).difference).toMatchObject({
      step: 0,
      members: ['world'],
    });
    expect(
      replayLog(environment, { ...log, finish: { kind: 'finish', answer: 2, reward: 2, rewards: {} } }).difference,
    ).toMatchObject({ step: 3, members: ['reward'] });
  });

  it('notices that setting the clock gives another world', () => {
    const begun = resetEpisode(environment, { seed: 9 });
    const set = setEpisodeClock(begun, { advanceMs: 5 });
    const { line } = stepEpisode(set.episode, notesRequest('GET', '/notes/3'));
    const replayed = (clock: ClockLine, steps: readonly StepLine[]) =>
      replayLog(environment, { header: begun.header, steps, clock: [clock] }).difference;
    expect(replayed(set.line, [line])).toBeUndefined();
    const other = { ...set.line, world: '0123456789abcdef' };
    for (const steps of [[], [line]])
      expect(replayed(other, steps)).toMatchObject({ step: 0, members: ['world'], logged: { kind: 'clock' } });
  });

  it('does not compare rewards that other probes gave', () => {
    const unscored = notesEnvironment();
    expect(replayLog(unscored, logOf(environment))).toEqual({ steps: 3, judged: false, difference: undefined });
  });

  it('insists on the model of the log', () => {
    const log = logOf(environment);
    const other = { ...log, header: { ...log.header, model: 'another' } };
    expect(failureOf(() => replayLog(environment, other)).code).toBe('ERR_MODEL_MISMATCH');
  });
});

describe('resuming an episode', () => {
  it('goes on as if it had never stopped', () => {
    const log = logOf(environment, false);
    const resumed = resumeEpisode(environment, { header: log.header, steps: log.steps.slice(0, 2) });
    expect(stepEpisode(resumed, REQUESTS[2] as (typeof REQUESTS)[0]).line).toEqual(log.steps[2]);
  });

  it('keeps the trace of requests out of the world', () => {
    const traced = stepEpisode(resetEpisode(environment), {
      ...notesRequest('GET', '/notes/1'),
      headers: [['traceparent', '00-1-2-01']],
    });
    const resumed = resumeEpisode(environment, { header: resetEpisode(environment).header, steps: [traced.line] });
    expect(resumed.worldDigest).toBe(traced.episode.worldDigest);
  });

  it('is finished where the log is', () => {
    expect(resumeEpisode(environment, logOf(environment)).finished).toBe(true);
  });

  it('refuses when the worlds or the probes are not those of the log', () => {
    const log = logOf(environment, false);
    const [first] = log.steps as [StepLine];
    const forged = { header: log.header, steps: [{ ...first, world: { ...first.world, after: '0' } }] };
    expect(failureOf(() => resumeEpisode(environment, forged)).code).toBe('ERR_REPLAY_DIFFERS');
    expect(failureOf(() => resumeEpisode(notesEnvironment(), log)).code).toBe('ERR_MODEL_MISMATCH');
  });
});

describe('scoring a log again', () => {
  const score = (text: string, log: EpisodeLog) =>
    scoreLog(environment, parseProbes('new.yaml', text, environment.loaded.model), log);

  it('gives what other probes would have given, and says where', () => {
    const probes =
      'probes: [{ id: gone, on: { status: 204 }, when: size(before.Note) == 3, reward: 5 }, { id: said, kind: outcome, when: answer == 1, reward: 1 }]';
    expect(score(probes, logOf(environment))).toEqual({
      steps: 3,
      reward: 6,
      rewards: { gone: 5, said: 1 },
      firings: [
        { step: 3, probe: 'gone', reward: 5 },
        { step: 'finish', probe: 'said', reward: 1 },
      ],
      terminated: true,
      truncated: false,
      logged: 3,
    });
  });

  it('judges a log that was not finished by its steps alone', () => {
    const probes = 'probes: [{ id: said, kind: outcome, reward: 1 }]';
    expect(score(probes, logOf(environment, false))).toMatchObject({ reward: 0, firings: [] });
  });

  it('stops where a probe terminates the episode', () => {
    const probes =
      'probes: [{ id: bang, kind: minefield, on: { method: GET }, reward: -1 }, { id: gone, on: { status: 204 }, reward: 5 }]';
    expect(score(probes, logOf(environment, false))).toMatchObject({ steps: 2, reward: -1, terminated: true });
  });
});
