import { describe, expect, it } from 'vitest';
import { correctedExchanges, type Correction } from '../../../src/core/episode/correction.ts';
import { resetEpisode, stepEpisode } from '../../../src/core/episode/episode.ts';
import type { EpisodeLog, StepLine } from '../../../src/core/episode/log-line.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment, notesRequest, NOTES_ORIGIN } from '../../support/notes-clone.ts';

/** Three steps: a note made, an address that nobody answers, a list. */
function episodeLog(): EpisodeLog {
  let episode = resetEpisode(notesEnvironment({}, 'continue'), { seed: 3 });
  const steps: StepLine[] = [];
  const { header } = episode;
  const requests = [
    notesRequest('POST', '/notes', { title: 'tea' }),
    { ...notesRequest('GET', '/'), origin: 'https://other.example' },
    notesRequest('GET', '/notes'),
  ];
  for (const request of requests) {
    const next = stepEpisode(episode, request);
    episode = next.episode;
    steps.push(next.line);
  }
  return { header, steps };
}

const log = episodeLog();
const correct = (step: number, correction: Partial<Correction>) =>
  correctedExchanges(log, step, { headers: [], ...correction });

describe('a correction', () => {
  it('goes from the reset world to the corrected answer, without what the clone could not answer', () => {
    const exchanges = correct(3, { body: { text: '[]' } });
    expect(new Set(exchanges.map(({ session }) => session)).size).toBe(1);
    expect(exchanges.map(({ id, origin }) => [id, origin])).toEqual([
      ['1', NOTES_ORIGIN],
      ['3', NOTES_ORIGIN],
    ]);
    expect(exchanges[0]?.response).toEqual(log.steps[0]?.response);
    expect(exchanges[1]?.response).toMatchObject({ status: 200, body: { text: '[]' } });
  });

  it('leaves out what a fault answered', () => {
    const [first, second, third] = log.steps;
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three steps');
    const faulty = { ...log, steps: [{ ...first, provenance: 'injected' as const }, second, third] };
    const exchanges = correctedExchanges(faulty, 3, { headers: [], body: { text: '[]' } });
    expect(exchanges.map(({ id }) => id)).toEqual(['3']);
  });

  it('of an answer that the clone did not know keeps that step', () => {
    const exchanges = correct(2, { status: 404, body: { text: '{}' } });
    expect(exchanges.map(({ id }) => id)).toEqual(['1', '2']);
    expect(exchanges[1]?.request.method).toBe('GET');
    expect(exchanges[1]?.response?.status).toBe(404);
  });

  it('replaces headers by name, and says what a body is', () => {
    const response = (correction: Partial<Correction>) => correct(1, correction)[0]?.response;
    expect(response({ headers: [['content-type', 'text/plain']], body: { text: '{}' } })?.headers).toContainEqual([
      'content-type',
      'text/plain',
    ]);
    const kept = response({ headers: [['x-total', '3']] });
    expect(kept?.headers).toEqual([...(log.steps[0]?.response.headers ?? []), ['x-total', '3']]);
    expect(kept?.body).toEqual(log.steps[0]?.response.body);
  });

  it('that changes nothing, or of a step that is not there, is refused', () => {
    const body = log.steps[2]?.response.body;
    expect(failureOf(() => correct(3, body === undefined ? {} : { body }))).toMatchObject({ code: 'ERR_USAGE' });
    expect(failureOf(() => correct(9, { status: 404 }))).toMatchObject({ code: 'ERR_USAGE' });
  });
});
