import { describe, expect, it } from 'vitest';
import { finishEpisode, resetEpisode, stepEpisode } from '../../../src/core/episode/episode.ts';
import {
  finishInfo,
  firstObservation,
  observationOf,
  resetInfo,
  stepInfo,
} from '../../../src/core/episode/observation.ts';
import { RawNumber } from '../../../src/core/std/json.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

describe('an observation', () => {
  it('has JSON as JSON, with numbers as they were sent', () => {
    const { body } = observationOf({
      status: 200,
      headers: [['content-type', 'application/json']],
      body: { text: '{"n":1.0}' },
    }) as { body: { n: RawNumber } };
    expect(body.n).toEqual(new RawNumber('1.0'));
  });

  it('has text as text, bytes as base64, nothing as null', () => {
    const bodyOf = (type: string, body?: { text: string } | { base64: string }) =>
      observationOf({ status: 200, headers: [['content-type', type]], ...(body ? { body } : {}) })['body'];
    expect(bodyOf('text/plain', { text: 'hello' })).toBe('hello');
    expect(bodyOf('application/x-www-form-urlencoded', { text: 'a=1' })).toBe('a=1');
    expect(bodyOf('image/png', { base64: 'iVBO' })).toEqual({ base64: 'iVBO' });
    expect(bodyOf('text/plain')).toBeNull();
  });

  it('lists the values of a header that repeats', () => {
    const headers = [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['set-cookie', 'c=3'],
      ['etag', 'x'],
    ] as const;
    expect(observationOf({ status: 204, headers })['headers']).toEqual({
      'set-cookie': ['a=1', 'b=2', 'c=3'],
      etag: 'x',
    });
  });

  it('shows the goal before the first step', () => {
    expect(firstObservation('Tidy up.')).toEqual({ status: 0, headers: {}, body: { goal: 'Tidy up.' } });
    expect(firstObservation(undefined)['body']).toBeNull();
  });

  it('holds nothing of reward or provenance, which stand in info', () => {
    const environment = notesEnvironment({ 'probes.yaml': 'probes: [{ id: secret-probe, reward: 1 }]' });
    const begun = resetEpisode(environment, { seed: 4 });
    const { episode, line } = stepEpisode(begun, notesRequest('GET', '/notes/1'));
    expect(JSON.stringify(observationOf(line.response))).not.toMatch(/secret-probe|synthesised|reward/);
    expect(stepInfo(line)).toMatchObject({
      step: 1,
      route: 'notes.get',
      rules: ['notes.get/ok'],
      provenance: 'synthesised',
      rewards: { 'secret-probe': 1 },
    });
    expect(resetInfo(begun)).toMatchObject({ seed: 4, task: null, world: begun.worldDigest, time: 1_700_000_000_000 });
    const end = finishEpisode(episode);
    expect(finishInfo(end.episode)).toEqual({
      task: null,
      step_count: 1,
      reward_total: 1,
      rewards_total: { 'secret-probe': 1 },
    });
  });
});
