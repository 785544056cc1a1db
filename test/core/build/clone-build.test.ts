import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN } from '../../../fixtures/wiki-service.ts';
import {
  buildClone,
  type BuildOptions,
  type BuildStage,
  type CloneBuild,
} from '../../../src/core/build/clone-build.ts';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { printCloneFiles } from '../../../src/core/model/files-print.ts';
import { readCloneFiles } from '../../../src/core/model/files-read.ts';
import { readShapes } from '../../../src/core/model/shapes-file.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import { initialWorld, loadModel, step } from '../../../src/core/runtime/step.ts';
import { failureOf } from '../../support/failure.ts';

function build(
  recordings: readonly Recording[],
  options?: BuildOptions,
): CloneBuild & { readonly stages: BuildStage[] } {
  const steps = buildClone(recordings, options);
  const stages: BuildStage[] = [];
  for (;;) {
    const next = steps.next();
    if (next.done === true) return { ...next.value, stages };
    stages.push(next.value);
  }
}

/** The same values in objects whose keys were put in in another order. */
function shuffledKeys<T>(value: T, seed: number): T {
  if (Array.isArray(value)) return value.map((element: unknown) => shuffledKeys(element, seed)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member], index) => ({
    key,
    member: shuffledKeys(member as unknown, seed),
    rank: ((index + 1) * (seed * 2 + 1)) % 17,
  }));
  return Object.fromEntries(entries.sort((a, b) => a.rank - b.rank).map(({ key, member }) => [key, member])) as T;
}

const wiki = recordWiki({ sessions: 6, steps: 30 });

describe('a build', () => {
  const built = build([wiki]);

  it('makes a folder that can be read and run, with report, evidence and shapes', () => {
    const { files, model } = built;
    expect(loadModel(readCloneFiles(files)).services).toHaveLength(1);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['clone.yaml', 'REPORT.md', 'evidence.jsonl', 'shapes.json']),
    );
    expect(readShapes(files.get('shapes.json') ?? '').routes.length).toBe(model.services[0]?.routes.length);
  });

  it('reports every route with how much is reproduced and how much of what was held out', () => {
    const { totals, routes } = built.report;
    expect(totals.exchanges).toBe(wiki.exchanges.length);
    expect(routes.reduce((sum, { exchanges }) => sum + exchanges, 0)).toBe(totals.exchanges);
    expect(totals.reproduced).toBeGreaterThan(0.9);
    expect(totals.held_out).toBeGreaterThan(0.6);
    expect(totals.held_out_exchanges).toBeGreaterThan(50);
    expect(routes.map(({ route }) => route)).toContain('GET /users');
  });

  it('tells what it is doing, and how far it is', () => {
    const { stages } = built;
    expect(stages.map(({ done }) => done)).toEqual(stages.map((_stage, index) => index));
    expect(stages.every(({ total }) => total === stages.length)).toBe(true);
  });

  it('rests every rule on exchanges of the recording', () => {
    const ids = new Set(wiki.exchanges.map(({ id }) => id));
    const lines = (built.files.get('evidence.jsonl') ?? '').trimEnd().split('\n');
    const examples = lines.flatMap((line) => (JSON.parse(line) as { examples: string[] }).examples);
    expect(examples.length).toBeGreaterThan(10);
    expect(examples.filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe('building again', () => {
  it('gives byte-equal files, however the objects of the recording were made', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 7 }), (seed, order) => {
        const recording = recordWiki({ sessions: 2, steps: 15, seed });
        const first = build([recording], { folds: 1 }).files;
        const second = build([shuffledKeys(recording, order)], { folds: 1 }).files;
        expect([...second]).toEqual([...first]);
      }),
      { numRuns: 5 },
    );
  });
});

describe('sessions that start fresh', () => {
  const fresh = recordWiki({ sessions: 5, steps: 20, start: 'fresh' });

  it('give the same model in any order', () => {
    const model = printCloneFiles(build([fresh], { folds: 0 }).model);
    fc.assert(
      fc.property(fc.shuffledSubarray([...fresh.sessions], { minLength: 5 }), (sessions) => {
        const exchanges = sessions.flatMap(({ name }) => fresh.exchanges.filter(({ session }) => session === name));
        const shuffled = build([{ ...fresh, sessions, exchanges }], { folds: 0 });
        expect([...printCloneFiles(shuffled.model)]).toEqual([...model]);
      }),
      { numRuns: 4 },
    );
  });

  it('are reproduced no worse when more of them are added', () => {
    const shareOf = (sessions: number): number =>
      build([recordWiki({ sessions, steps: 20, start: 'fresh' })], { folds: 0 }).report.totals.reproduced ?? 0;
    const shares = [2, 4, 8, 12].map(shareOf);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.9);
  });
});

describe('folds', () => {
  it('are as many as wanted, or none', () => {
    const { report, stages } = build([wiki], { folds: 0 });
    expect(report.totals).toMatchObject({ folds: 0, held_out: null, held_out_exchanges: 0 });
    expect(report.diagnostics).toEqual([]);
    expect(stages).toHaveLength(3);
  });

  it('are left out when it is late, and the report says so', () => {
    let asked = 0;
    const { report } = build([wiki], { folds: 3, isLate: () => ++asked > 1 });
    expect(report.totals.folds).toBe(1);
    expect(report.diagnostics).toMatchObject([{ code: 'not-measured', severity: 'note' }]);
    expect(report.diagnostics[0]?.message).toContain('--folds 3');
  });
});

describe('the world at reset', () => {
  const pages = (options: BuildOptions): number =>
    build([wiki], { folds: 0, ...options }).model.services[0]?.seed['Page']?.length ?? 0;
  const made = wiki.exchanges.filter(
    ({ request, response }) => request.method === 'POST' && request.target === '/pages' && response?.status === 201,
  );
  const deleted = wiki.exchanges.filter(
    ({ request, response }) => request.method === 'DELETE' && response?.status === 204,
  );

  it('is the one before everything, after everything, or before a session', () => {
    expect(pages({})).toBe(1);
    expect(pages({ start: 'end' })).toBe(1 + made.length - deleted.length);
    const before = pages({ start: { session: 'session-3' } });
    expect(before).toBeGreaterThan(1);
    expect(before).toBeLessThan(pages({ start: 'end' }));
    expect(pages({ start: { session: 'session-1' } })).toBe(1);
  });

  it('goes on where the recording ended: with its clock and its numbers', () => {
    const { model } = build([wiki], { folds: 0, start: 'end' });
    expect(model.clock.startMs).toBe(wiki.exchanges.at(-1)?.endedAt);
    const loaded = loadModel(model);
    const body = { text: '{"title":"next"}' };
    const headers = [
      ['authorization', 'Bearer token-of-ada'],
      ['content-type', 'application/json'],
    ] as const;
    const request = { origin: WIKI_ORIGIN, method: 'POST', target: '/pages', headers, body };
    const { response } = step(loaded, initialWorld(loaded, 1), request);
    expect(response.body).toMatchObject({ text: expect.stringContaining(`"id":${made.length + 2},`) as string });
  });

  it('cannot be before a session that nobody recorded', () => {
    const failure = failureOf(() => pages({ start: { session: 'lunch' } }));
    expect(failure.code).toBe('ERR_USAGE');
    expect(failure.message).toContain('session-1, session-2');
  });
});

describe('several recordings', () => {
  it('have exchanges that can be told apart', () => {
    const { report, files } = build([wiki, recordWiki({ sessions: 1, steps: 10, seed: 2 })], { folds: 0 });
    expect(report.sessions).toBe(7);
    expect(files.get('evidence.jsonl')).toContain('"1#1.1"');
  });
});

describe('unusable input', () => {
  const [exchange] = wiki.exchanges as [Exchange];
  const { response, ...unanswered } = exchange;

  it.each([
    ['no exchange', { ...wiki, exchanges: [] }, 'hold no exchange'],
    ['no answer', { ...wiki, exchanges: [unanswered] }, '1 exchanges but not one answer'],
  ])('with %s is refused', (_what, recording, message) => {
    const failure = failureOf(() => build([recording]));
    expect(failure.code).toBe('ERR_NO_EXCHANGES');
    expect(failure.message).toContain(message);
  });

  it('in part is left out and counted', () => {
    const cut = { ...exchange, id: 'cut', truncated: { reason: 'too long', length: 1, sha256: '' } };
    const { report } = build([{ ...wiki, exchanges: [...wiki.exchanges, { ...unanswered, id: 'silent' }, cut] }], {
      folds: 0,
    });
    expect(response).toBeDefined();
    expect(report.diagnostics).toMatchObject([
      { code: 'unanswered', exchanges: ['silent'] },
      { code: 'truncated', exchanges: ['cut'] },
    ]);
    expect(report.totals.exchanges).toBe(wiki.exchanges.length);
  });

  it('of one exchange makes a clone all the same', () => {
    const { report } = build([{ ...wiki, exchanges: [exchange] }]);
    expect(report.totals).toMatchObject({ exchanges: 1, held_out: null });
  });
});
