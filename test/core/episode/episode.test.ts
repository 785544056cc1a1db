import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishEpisode, hasEnded, resetEpisode, stepEpisode, type Episode } from '../../../src/core/episode/episode.ts';
import { printLogLine, type StepLine } from '../../../src/core/episode/log-line.ts';
import type { AddressedRequest } from '../../../src/core/runtime/step.ts';
import { failureOf } from '../../support/failure.ts';
import { NOTES_ORIGIN, notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const PROBES = `
probes:
  - { id: made, on: { route: notes.create, status: 2xx }, reward: 1 }
  - { id: wrong, kind: event, on: { status: 4xx }, reward: -0.25 }
  - { id: lost, kind: minefield, on: { method: DELETE, status: 204 } }
  - { id: three, kind: outcome, when: 'size(after.Note) == 3 && answer == "three"', reward: 2 }
`;
const TASKS = `
tasks:
  - { id: free, goal: Do as you please. }
  - { id: short, goal: Be quick., seed: 40, probes: [made], limits: { steps: 2 } }
`;

const environment = notesEnvironment({ 'probes.yaml': PROBES, 'tasks.yaml': TASKS });
/** Without an answer for what no route knows. */
const NO_ERRORS = { 'notes/errors.yaml': '[]' };
const create = (title: string) => notesRequest('POST', '/notes', { title });

/** Steps through the requests. */
function drive(episode: Episode, requests: readonly AddressedRequest[]): { episode: Episode; lines: StepLine[] } {
  const lines: StepLine[] = [];
  let current = episode;
  for (const request of requests) {
    const stepped = stepEpisode(current, request);
    current = stepped.episode;
    lines.push(stepped.line);
  }
  return { episode: current, lines };
}

describe('an episode', () => {
  it('gives a line a step with response, provenance, reward, digests and changes', () => {
    const { lines } = drive(resetEpisode(environment, { task: 'free' }), [create('a'), create('b')]);
    expect(lines[0]).toMatchObject({
      kind: 'step',
      index: 1,
      request: { origin: NOTES_ORIGIN, method: 'POST', target: '/notes' },
      response: { status: 201 },
      service: 'notes',
      route: 'notes.create',
      rules: ['notes.create/ok'],
      provenance: 'synthesised',
      reward: 1,
      rewards: { made: 1 },
      terminated: false,
      truncated: false,
      changes: [{ type: 'Note', key: '3', after: { title: 'a' } }],
    });
    expect(lines[1]).toMatchObject({ index: 2, reward: 0, world: { before: lines[0]?.world.after } });
  });

  it('is the same whatever concerns one connection or one run of the client', () => {
    const plain = stepEpisode(resetEpisode(environment), create('a')).line;
    const { headers, ...request } = create('a');
    const noisy = stepEpisode(resetEpisode(environment), {
      ...request,
      method: 'post',
      headers: [
        ['Host', '127.0.0.1:5'],
        ['connection', 'close'],
        ['mynah-episode', 'x'],
        ['content-length', '13'],
        ...headers,
        ['traceparent', '00-1-2-01'],
      ],
    }).line;
    expect(noisy).toEqual({ ...plain, traceparent: '00-1-2-01' });
  });

  it('is marked truncated by an unknown transition, and goes on', () => {
    const open = notesEnvironment({ ...NO_ERRORS, 'probes.yaml': PROBES });
    const { episode, lines } = drive(resetEpisode(open), [notesRequest('PATCH', '/notes/1', {}), create('a')]);
    expect(lines[0]).toMatchObject({
      provenance: 'unknown',
      response: { status: 501 },
      truncated: true,
      truncation: 'unknown-transition',
    });
    expect(lines[1]).toMatchObject({
      response: { status: 201 },
      reward: 1,
      truncated: true,
      truncation: 'unknown-transition',
    });
    expect(hasEnded(episode)).toBe(false);
  });

  it('is not marked where unknown transitions are to be passed over', () => {
    const { lines } = drive(resetEpisode(notesEnvironment(NO_ERRORS, 'continue')), [
      notesRequest('PATCH', '/notes/1', {}),
    ]);
    expect(lines[0]).toMatchObject({ provenance: 'unknown', truncated: false });
  });

  it('ends at the step limit of its task, as truncated and not as terminated', () => {
    const { episode, lines } = drive(resetEpisode(environment, { task: 'short' }), [create('a'), create('b')]);
    expect(lines[1]).toMatchObject({ terminated: false, truncated: true, truncation: 'step-limit' });
    expect(hasEnded(episode)).toBe(true);
    expect(finishEpisode(episode).episode).toMatchObject({ terminated: false, truncation: 'step-limit' });
  });

  it('ends when a probe terminates it; later requests are answered but earn nothing', () => {
    const { episode, lines } = drive(resetEpisode(environment, { task: 'free' }), [
      create('a'),
      notesRequest('DELETE', '/notes/1'),
      create('b'),
      create(''),
    ]);
    expect(lines.map(({ reward, terminated }) => [reward, terminated])).toEqual([
      [1, false],
      [-1, true],
      [0, true],
      [0, true],
    ]);
    expect(lines[2]?.response.status).toBe(201);
    expect(hasEnded(episode)).toBe(true);
  });

  it('answers byte for byte the same with and without probes', () => {
    const requests = [create('a'), notesRequest('DELETE', '/notes/1'), create('b'), notesRequest('GET', '/notes/4')];
    const answers = (env: typeof environment) =>
      drive(resetEpisode(env, { seed: 1 }), requests).lines.map(({ response, world }) =>
        JSON.stringify([response, world]),
      );
    expect(answers(environment)).toEqual(answers(notesEnvironment()));
  });

  it('is judged by outcome probes when it is finished, on its world and the answer', () => {
    const one = drive(resetEpisode(environment, { task: 'free' }), [create('a')]).episode;
    expect(finishEpisode(one, 'three').line).toEqual({
      kind: 'finish',
      answer: 'three',
      reward: 2,
      rewards: { three: 2 },
    });
    expect(finishEpisode(one, 'two').line.reward).toBe(0);
    expect(finishEpisode(resetEpisode(environment), 'three').line.reward).toBe(0);
    expect(finishEpisode(one).episode).toMatchObject({ terminated: true, finished: true });
  });

  it('takes no step and no second finish when it is finished', () => {
    const { episode } = finishEpisode(resetEpisode(environment));
    expect(failureOf(() => stepEpisode(episode, create('a'))).code).toBe('ERR_EPISODE_ENDED');
    expect(failureOf(() => finishEpisode(episode)).code).toBe('ERR_EPISODE_ENDED');
  });

  it('takes its task from its name, else from its seed; null is none', () => {
    const headerOf = (start: Parameters<typeof resetEpisode>[1]) => {
      const { seed, task, stepsMax } = resetEpisode(environment, start).header;
      return [seed, task, stepsMax];
    };
    expect(headerOf({})).toEqual([0, 'free', null]);
    expect(headerOf({ seed: 2 })).toEqual([2, 'free', null]);
    expect(headerOf({ seed: 3 })).toEqual([3, 'short', 2]);
    expect(headerOf({ seed: 3, task: 'short' })).toEqual([3, 'short', 2]);
    expect(headerOf({ task: 'short' })).toEqual([40, 'short', 2]);
    expect(headerOf({ seed: 3, task: null })).toEqual([3, null, null]);
    expect(failureOf(() => headerOf({ task: 'none' })).code).toBe('ERR_TASK_NOT_FOUND');
  });

  it('gives the same lines for the same seed, alone or between the steps of others', () => {
    const request = fc.oneof(
      fc.string({ maxLength: 3 }).map(create),
      fc.nat(5).map((id) => notesRequest('GET', `/notes/${id}`)),
      fc.nat(5).map((id) => notesRequest('DELETE', `/notes/${id}`)),
    );
    const alone = (seed: number, requests: readonly AddressedRequest[]) =>
      drive(resetEpisode(environment, { seed }), requests).lines.map(printLogLine);
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 8 }),
        fc.array(request, { maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        (left, right, a, b) => {
          let [first, second] = [resetEpisode(environment, { seed: a }), resetEpisode(environment, { seed: b })];
          const lines: [string[], string[]] = [[], []];
          for (let i = 0; i < Math.max(left.length, right.length); i++) {
            const [l, r] = [left[i], right[i]];
            if (l !== undefined) {
              const stepped = stepEpisode(first, l);
              first = stepped.episode;
              lines[0].push(printLogLine(stepped.line));
            }
            if (r !== undefined) {
              const stepped = stepEpisode(second, r);
              second = stepped.episode;
              lines[1].push(printLogLine(stepped.line));
            }
          }
          expect(lines).toEqual([alone(a, left), alone(b, right)]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
