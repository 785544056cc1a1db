import { describe, expect, it } from 'vitest';
import { finishEpisode, resetEpisode, stepEpisode } from '../../../src/core/episode/episode.ts';
import { summarizeEpisode, summarizeLog } from '../../../src/core/episode/summary.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const environment = notesEnvironment({
  'notes/errors.yaml': '[]',
  'probes.yaml':
    'probes: [{ id: made, kind: event, on: { status: 201 }, reward: 0.5 }, { id: end, kind: outcome, reward: 2 }]',
});

describe('a summary', () => {
  it('says the same of an episode and of its log', () => {
    const begun = resetEpisode(environment, { seed: 4 });
    const first = stepEpisode(begun, notesRequest('POST', '/notes', { title: 'a' }));
    const second = stepEpisode(first.episode, notesRequest('GET', '/nowhere'));
    const { header } = begun;
    const open = {
      seed: 4,
      task: null,
      step_count: 2,
      reward_total: 0.5,
      rewards: { made: 0.5 },
      terminated: false,
      truncated: true,
      truncation: 'unknown-transition',
      finished: false,
    };
    expect(summarizeEpisode(second.episode)).toEqual(open);
    expect(summarizeLog({ header, steps: [first.line, second.line] })).toEqual(open);
    const end = finishEpisode(second.episode);
    const closed = { ...open, reward_total: 2.5, rewards: { made: 0.5, end: 2 }, terminated: true, finished: true };
    expect(summarizeEpisode(end.episode)).toEqual(closed);
    expect(summarizeLog({ header, steps: [first.line, second.line], finish: end.line })).toEqual(closed);
  });
});
