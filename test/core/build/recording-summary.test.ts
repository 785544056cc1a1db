import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN } from '../../../fixtures/wiki-service.ts';
import { summariseRecording } from '../../../src/core/build/recording-summary.ts';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';

const wiki = recordWiki({ sessions: 2, steps: 20 });
const [first, ...rest] = wiki.exchanges as [Exchange, ...Exchange[]];
const { response, ...unanswered } = first;

describe('the summary of a recording', () => {
  it('counts sessions, services and routes', () => {
    const summary = summariseRecording(wiki);
    expect(summary.exchanges).toBe(40);
    expect(summary.sessions.map(({ name, start, exchanges }) => [name, start, exchanges])).toEqual([
      ['session-1', 'continues', 20],
      ['session-2', 'continues', 20],
    ]);
    const [service] = summary.services;
    expect(service?.origin).toBe(WIKI_ORIGIN);
    expect(service?.routes.reduce((sum, { exchanges }) => sum + exchanges, 0)).toBe(40);
    const pages = service?.routes.find(({ route }) => route === 'GET /pages');
    expect(pages?.statuses['200']).toBeGreaterThan(1);
    expect(pages?.bytesMax).toBeGreaterThanOrEqual(pages?.bytesMedian ?? 0);
    expect(pages?.msMedian).toBe(250);
    expect(summary).toMatchObject({ slow: [], failed: [], failedCount: 0, truncatedCount: 0 });
  });

  it('names what was slow and what failed', () => {
    const slow = { ...first, id: 'slow', endedAt: first.startedAt + 9000 };
    const broken = { ...first, id: 'broken', response: { status: 503, headers: [] } };
    const refused = { ...unanswered, id: 'refused', error: { code: 'ERR_UPSTREAM_REFUSED', message: 'refused' } };
    const cut = { ...first, id: 'cut', truncated: { reason: 'too long', length: 1, sha256: '' } };
    const summary = summariseRecording({ ...wiki, exchanges: [slow, broken, refused, cut, ...rest] });
    expect(summary.slow).toEqual([{ id: 'slow', request: 'GET /pages', outcome: String(response?.status), ms: 9000 }]);
    expect(summary.failed.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['broken', '503'],
      ['refused', 'ERR_UPSTREAM_REFUSED'],
    ]);
    expect(summary.truncatedCount).toBe(1);
    expect(summary.services[0]?.routes.map(({ route }) => route)).toContain('GET (no whole answer)');
  });

  it('of an empty recording is empty', () => {
    expect(summariseRecording({ ...wiki, sessions: [], exchanges: [] })).toMatchObject({
      exchanges: 0,
      sessions: [],
      services: [],
    });
  });
});
