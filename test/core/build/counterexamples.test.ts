import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN } from '../../../fixtures/wiki-service.ts';
import { buildClone, type CloneBuild } from '../../../src/core/build/clone-build.ts';
import { readCounterexamples, withCounterexamples } from '../../../src/core/build/counterexamples.ts';
import type { HttpRequest } from '../../../src/core/exchange/exchange.ts';
import { harOf } from '../../../src/core/recording/har-export.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import { initialWorld, loadModel, step } from '../../../src/core/runtime/step.ts';
import { failureOf } from '../../support/failure.ts';

const wiki = recordWiki({ sessions: 6, steps: 30 });
/** The same, but nobody ever sent a page without a title. */
const careful: Recording = {
  ...wiki,
  exchanges: wiki.exchanges.filter(({ request, response }) => request.method !== 'POST' || response?.status !== 422),
};

function build(files: ReadonlyMap<string, string> = new Map()): CloneBuild {
  const stages = buildClone([careful], { folds: 0, present: files });
  for (;;) {
    const next = stages.next();
    if (next.done === true) return next.value;
  }
}

const untitled: HttpRequest = {
  method: 'POST',
  target: '/pages',
  headers: [
    ['authorization', 'Bearer token-of-ada'],
    ['content-type', 'application/json'],
  ],
  body: { text: '{"text":"amber"}' },
};

/** A file that says how the original answers that request, in the world at reset. */
function counterexample(request: HttpRequest, status: number, body: unknown): ReadonlyMap<string, string> {
  const startedAt = careful.createdAt;
  const exchange = { id: '1', session: 'counterexample', origin: WIKI_ORIGIN, startedAt, endedAt: startedAt };
  const response = {
    status,
    headers: [['content-type', 'application/json']] as const,
    body: { text: JSON.stringify(body) },
  };
  const recording: Recording = {
    ...careful,
    sessions: [{ name: 'counterexample', start: 'fresh' }],
    exchanges: [{ ...exchange, request, response }],
  };
  return new Map([['counterexamples/step-1.har', JSON.stringify(harOf(recording))]]);
}

function statusOf({ model }: CloneBuild, request: HttpRequest): number {
  const loaded = loadModel(model);
  return step(loaded, initialWorld(loaded, 5), { ...request, origin: WIKI_ORIGIN }).response.status;
}

describe('a counterexample', () => {
  it('teaches a compile what no recording shows', () => {
    expect(statusOf(build(), untitled)).toBe(201);
    const corrected = build(counterexample(untitled, 422, { error: 'title is required' }));
    expect(statusOf(corrected, untitled)).toBe(422);
    expect(statusOf(corrected, { ...untitled, body: { text: '{"title":"fjord"}' } })).toBe(201);
    expect(corrected.report.diagnostics).toEqual([]);
  });

  it('that the clone does not satisfy all the same is told, with what it says instead', () => {
    const request = { ...untitled, method: 'GET', target: '/users/ada' };
    const { report } = build(counterexample(request, 200, { id: 77, login: 'nobody-knows-why' }));
    expect(report.diagnostics).toMatchObject([{ code: 'counterexample-unsatisfied', severity: 'error' }]);
    expect(report.diagnostics[0]?.message).toContain(
      'the clone still answers counterexamples/step-1.har otherwise (at $.',
    );
  });

  it('counts as often as it weighs, each time in a world of its own', () => {
    const [read] = readCounterexamples(counterexample(untitled, 422, {}));
    const taught = withCounterexamples([careful], read === undefined ? [] : [read], 'beginning', 3);
    expect(taught.slice(1).map(({ sessions }) => sessions)).toEqual(
      [1, 2, 3].map((time) => [{ name: `counterexamples/step-1.har#${time}`, start: 'fresh' }]),
    );
    const ids = taught.flatMap(({ exchanges }) => exchanges.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('only checks a clone that starts later than the recordings', () => {
    const read = readCounterexamples(counterexample(untitled, 422, {}));
    expect(withCounterexamples([careful], read, 'end', 1)).toEqual([careful]);
  });

  it('is a file that can be read, or an error that names it', () => {
    const read = (text: string) => failureOf(() => readCounterexamples(new Map([['counterexamples/a.har', text]])));
    expect(read('{')).toMatchObject({ code: 'ERR_HAR_SHAPE' });
    expect(read('{"log":{"entries":[]}}')?.message).toContain('counterexamples/a.har: ');
    expect(readCounterexamples(new Map([['overrides/a.yaml', '']]))).toEqual([]);
  });
});
