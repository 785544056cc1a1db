import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { finishEpisode, resetEpisode, stepEpisode } from '../../../src/core/episode/episode.ts';
import type { EpisodeLog } from '../../../src/core/episode/log-line.ts';
import { atifTrajectory, resultsLine } from '../../../src/core/episode/trajectory.ts';
import { printJson } from '../../../src/core/std/json.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const environment = notesEnvironment({
  'probes.yaml': `probes: [{ id: made, on: { status: 201 }, reward: 1 }, { id: told, kind: outcome, when: answer == 'done', reward: 2 }]`,
  'tasks.yaml': 'tasks: [{ id: write, goal: Write a note. }]',
});

function played(isFinished = true): EpisodeLog {
  const begun = resetEpisode(environment, { seed: 3 });
  const first = stepEpisode(begun, notesRequest('POST', '/notes', { title: 'bread' }));
  const second = stepEpisode(first.episode, notesRequest('DELETE', '/notes/3'));
  const finish = finishEpisode(second.episode, 'done').line;
  return { header: begun.header, steps: [first.line, second.line], ...(isFinished ? { finish } : {}) };
}

const subject = { id: 'e1', goal: 'Write a note.', labels: { run: '7' } };
const plain = (value: unknown) => JSON.parse(printJson(value as never)) as unknown;

/** The members that the formats name, with what they may hold; members that they do not name stand in `extra`. */
const step = z.strictObject({
  step_id: z.number().int().min(1),
  timestamp: z.iso.datetime().optional(),
  source: z.enum(['system', 'user', 'agent']),
  message: z.string(),
  reasoning_content: z.string().optional(),
  tool_calls: z
    .array(
      z.strictObject({
        tool_call_id: z.string(),
        function_name: z.string(),
        arguments: z.record(z.string(), z.unknown()),
      }),
    )
    .optional(),
  observation: z
    .strictObject({ results: z.array(z.strictObject({ source_call_id: z.string(), content: z.string() })) })
    .optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
});
const atif = z.strictObject({
  schema_version: z.string().regex(/^ATIF-v1\.\d$/),
  session_id: z.string(),
  agent: z.strictObject({
    name: z.string(),
    version: z.string(),
    model_name: z.string().optional(),
    tool_definitions: z.array(z.unknown()).optional(),
  }),
  steps: z.array(step).min(1),
  final_metrics: z.record(z.string(), z.unknown()).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
});
const results = z.strictObject({
  episode_id: z.string(),
  messages: z.array(z.record(z.string(), z.unknown())),
  reward: z.number(),
  done: z.boolean(),
  tool_trace: z.array(
    z.strictObject({
      tool_name: z.string(),
      arguments: z.record(z.string(), z.unknown()),
      result: z.strictObject({
        data: z.unknown(),
        done: z.boolean(),
        metadata: z.record(z.string(), z.unknown()),
        error: z.null(),
      }),
    }),
  ),
  metrics: z.record(z.string(), z.unknown()),
  verify_metrics: z.record(z.string(), z.unknown()),
  artifacts: z.record(z.string(), z.unknown()),
  task: z.string().nullable(),
  extra: z.record(z.string(), z.unknown()),
});

describe('an episode as an ATIF trajectory', () => {
  it('has the members that the format names, for whole, open and empty episodes', () => {
    const empty: EpisodeLog = { header: played().header, steps: [], finish: played().finish as never };
    for (const log of [played(), played(false), empty])
      expect(atif.safeParse(plain(atifTrajectory(log, subject))).error).toBeUndefined();
  });

  it('tells goal, requests, answers and the answer, in order', () => {
    const { steps, ...rest } = atif.parse(plain(atifTrajectory(played(), subject)));
    expect(rest).toMatchObject({ schema_version: 'ATIF-v1.7', session_id: 'e1', final_metrics: { total_steps: 4 } });
    expect(rest.extra).toMatchObject({
      reward_total: 3,
      rewards: { made: 1, told: 2 },
      seed: 3,
      task: 'write',
      labels: { run: '7' },
    });
    expect(steps.map(({ step_id, source, message }) => [step_id, source, message])).toEqual([
      [1, 'user', 'Write a note.'],
      [2, 'agent', ''],
      [3, 'agent', ''],
      [4, 'agent', 'done'],
    ]);
    expect(steps[1]).toMatchObject({
      timestamp: '2023-11-14T22:13:20.000Z',
      tool_calls: [
        {
          tool_call_id: 'call_1',
          function_name: 'http_request',
          arguments: { method: 'POST', url: 'https://notes.example/notes', body: { title: 'bread' } },
        },
      ],
      observation: {
        results: [{ source_call_id: 'call_1', content: expect.stringMatching(/^HTTP 201\n\{"id":3,/) as string }],
      },
      extra: { reward: 1, provenance: 'synthesised' },
    });
    expect(steps[2]?.observation?.results[0]?.content).toBe('HTTP 204');
  });

  it('says the version that its reader knows', () => {
    expect(atifTrajectory(played(), subject, 'ATIF-v1.5')).toMatchObject({ schema_version: 'ATIF-v1.5' });
  });
});

describe('an episode as a line of results', () => {
  it('has the members that OpenEnv collects', () => {
    const line = results.parse(plain(resultsLine(played(), subject)));
    expect(line).toMatchObject({ episode_id: 'e1', reward: 3, done: true, task: 'write', metrics: { steps: 2 } });
    expect(line.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
    ]);
    expect(line.tool_trace[0]?.result).toMatchObject({
      data: { status: 201, body: { id: 3 } },
      done: false,
      metadata: { reward: 1 },
    });
    expect(results.parse(plain(resultsLine(played(false), { id: 'e2' })))).toMatchObject({ done: false });
  });
});
