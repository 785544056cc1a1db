import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDrift, type DriftReport } from '../../../src/core/drift/drift-check.ts';
import { DRIFT_RULES, isAtLeast } from '../../../src/core/drift/drift-rules.ts';
import { driftText, findingText } from '../../../src/core/drift/drift-text.ts';
import { readShapes, printShapes } from '../../../src/core/model/shapes-file.ts';
import {
  apiModel,
  changeItems,
  randomNumbers,
  recordApi,
  rename,
  shapesOf,
  type ApiField,
  type RecordOptions,
} from '../../support/recorded-api.ts';

const baseline = shapesOf(recordApi({ seed: 1 }));

function check(options: Omit<RecordOptions, 'seed'> & { seed?: number }): DriftReport {
  return checkDrift(apiModel, baseline, recordApi({ seed: 2, ...options }));
}

/** Confirmed findings as `rule METHOD /path status field argument`. */
function confirmed({ findings }: DriftReport): string[] {
  return findings
    .filter(({ confidence }) => confidence === 'confirmed')
    .map(({ rule, route, status, field, argument }) =>
      [rule, route.method, route.path, status, field, argument].filter((word) => word !== undefined).join(' '),
    );
}

describe('a drift check', () => {
  it('is clean for a second recording of the same API', () => {
    const report = check({});
    expect(report.verdict).toBe('clean');
    expect(confirmed(report)).toEqual([]);
    expect(report.coverage).toMatchObject({
      exchangeCount: 300,
      routedCount: 300,
      routeCount: 5,
      askedRouteCount: 5,
      unrouted: [],
    });
  });

  it('names a renamed field on every route that shows it, with counts', () => {
    const report = check({ change: changeItems((item) => rename(item, 'title', 'headline')) });
    expect(report.verdict).toBe('drift');
    expect(confirmed(report)).toEqual([
      'field.renamed GET /items 200 items[].title items[].headline',
      'field.renamed POST /items 201 title headline',
      'field.renamed GET /items/{id} 200 title headline',
      'field.renamed PATCH /items/{id} 200 title headline',
    ]);
    const [finding] = report.findings;
    expect(finding).toMatchObject({ severity: 'breaking', confidence: 'confirmed' });
    expect(finding?.baseline.count).toBe(finding?.baseline.of);
    expect(finding?.fresh.of).toBeGreaterThan(3);
    expect(new Set(report.findings.map(({ cause }) => cause)).size).toBe(1);
  });

  it.each<[string, RecordOptions['change'], string]>([
    ['a removed field', changeItems((item) => delete item['price']), 'field.removed GET /items/{id} 200 price'],
    [
      'a removed optional field',
      changeItems((item) => delete item['note']),
      'field.optional-removed GET /items/{id} 200 note',
    ],
    ['an added field', changeItems((item) => (item['weight'] = 1)), 'field.added GET /items/{id} 200 weight'],
    [
      'another type',
      changeItems((item) => (item['price'] = String(item['price']))),
      'type.changed GET /items/{id} 200 price string',
    ],
    [
      'null where there was none',
      changeItems((item) => (item['title'] = null)),
      'null.added GET /items/{id} 200 title',
    ],
    [
      'another format',
      changeItems((item) => (item['created_at'] = '1767261600')),
      'format.changed GET /items/{id} 200 created_at digits',
    ],
    [
      'a new value of few',
      changeItems((item) => (item['status'] = 'archived')),
      'enum.value-added GET /items/{id} 200 status archived',
    ],
    [
      'another success status',
      (answer, method) => ({ ...answer, status: method === 'POST' ? 200 : answer.status }),
      'status.changed POST /items 201 200',
    ],
    [
      'another error status',
      (answer) => ({ ...answer, status: answer.status === 404 ? 410 : answer.status }),
      'status.changed GET /items/{id} 404 410',
    ],
    [
      'a route that is gone',
      (answer, method) => (method === 'PATCH' ? { status: 405 } : answer),
      'route.removed PATCH /items/{id} 200 405',
    ],
  ])('names %s', (_what, change, expected) => {
    const report = check(change === undefined ? {} : { change });
    expect(report.verdict).toBe('drift');
    expect(confirmed(report)).toContain(expected);
  });

  it('finds the fields of an answer whose status changed as well', () => {
    const change: RecordOptions['change'] = (answer, method) => {
      if (method === 'POST') rename(answer.body as Record<string, unknown>, 'title', 'headline');
      return { ...answer, status: method === 'POST' ? 200 : answer.status };
    };
    expect(confirmed(check({ change }))).toEqual([
      'field.renamed POST /items 201 title headline',
      'status.changed POST /items 201 200',
    ]);
  });

  it('needs no second session to see what every answer shows', () => {
    const change = changeItems((item) => rename(item, 'title', 'headline'));
    expect(check({ sessionCount: 1, stepCount: 15, change }).verdict).toBe('drift');
  });

  it('does not take one odd answer for drift', () => {
    let isFirst = true;
    const change = changeItems((item) => {
      if (isFirst) delete item['price'];
      isFirst = false;
    });
    expect(check({ change }).verdict).toBe('clean');
  });

  it('does not take what the client sends for drift', () => {
    const recording = recordApi({ seed: 2, change: changeItems((item) => (item['weight'] = 1)) });
    const exchanges = recording.exchanges.map((exchange) => ({
      ...exchange,
      request: { ...exchange.request, body: { text: '{"weight": 1}' } },
    }));
    expect(checkDrift(apiModel, baseline, { ...recording, exchanges }).verdict).toBe('clean');
  });

  it('gives findings ids that survive other seeds, counts and names of path parameters', () => {
    const change = changeItems((item) => rename(item, 'title', 'headline'));
    const renamedModel = {
      ...apiModel,
      services: apiModel.services.map((service) => ({
        ...service,
        routes: service.routes.map((route) => ({ ...route, path: route.path.replace('{id}', '{item}') })),
      })),
    };
    const ids = (report: DriftReport): string[] =>
      report.findings.filter(({ rule }) => rule === 'field.renamed').map(({ id }) => id);
    const first = ids(check({ change }));
    expect(new Set(first).size).toBe(4);
    expect(ids(checkDrift(renamedModel, baseline, recordApi({ seed: 99, sessionCount: 4, change })))).toEqual(first);
  });

  it('fails only on what the caller finds severe enough', () => {
    const recording = recordApi({ seed: 2, change: changeItems((item) => (item['weight'] = 1)) });
    expect(checkDrift(apiModel, baseline, recording, { failOn: 'warning' }).verdict).toBe('drift');
    expect(checkDrift(apiModel, baseline, recording, { failOn: 'breaking' }).verdict).toBe('clean');
    expect(isAtLeast('info', 'warning')).toBe(false);
  });
});

describe('a drift check that cannot tell', () => {
  const other = (change: RecordOptions['change']): DriftReport =>
    checkDrift(
      apiModel,
      baseline,
      recordApi({ seed: 2, origin: 'http://127.0.0.1:4000', ...(change === undefined ? {} : { change }) }),
    );

  it('accepts the same API under another origin', () => {
    expect(other(undefined).verdict).toBe('clean');
  });

  it('says so for another API whose paths happen to fit', () => {
    const report = other((answer) => ({
      ...answer,
      ...(answer.body === undefined ? {} : { body: { name: 'x', age: 3 } }),
    }));
    expect(report).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(report.reason).toContain('another API');
  });

  it('says so when no request asks a route of the clone', () => {
    const recording = recordApi({ seed: 2, origin: 'https://other.example' });
    const exchanges = recording.exchanges.map((exchange) => ({
      ...exchange,
      request: { ...exchange.request, target: `/v9${exchange.request.target}` },
    }));
    const report = checkDrift(apiModel, baseline, { ...recording, exchanges });
    expect(report.reason).toContain('https://other.example');
    expect(report.coverage.foreignOrigins).toEqual(['https://other.example']);
  });

  it('says so when hardly any request asks a route of the clone, under its own origin too', () => {
    const recording = recordApi({ seed: 2 });
    const exchanges = recording.exchanges.map((exchange, index) => {
      const target = index % 10 === 0 ? exchange.request.target : `/v9${exchange.request.target}`;
      return { ...exchange, request: { ...exchange.request, target } };
    });
    expect(checkDrift(apiModel, baseline, { ...recording, exchanges }).reason).toContain('only 30 of 300');
  });

  it('says so when every answer is a failure', () => {
    const report = check({ change: () => ({ status: 401, body: { message: 'who are you?' } }) });
    expect(report.reason).toContain('every answer in the recording is a failure (401)');
  });

  it('says so for an empty recording and for a clone without counts', () => {
    const empty = { ...recordApi({ seed: 1 }), exchanges: [] };
    expect(checkDrift(apiModel, baseline, empty).reason).toContain('no exchange');
    expect(checkDrift(apiModel, { ...baseline, routes: [] }, recordApi({ seed: 2 })).reason).toContain('no counts');
  });
});

describe('the null track', () => {
  const field: fc.Arbitrary<ApiField> = fc.record({
    name: fc.stringMatching(/^[a-z]{4,8}$/),
    presence: fc.constantFrom(1, 1, 1, 0.95, 0.5, 0.05),
    nullShare: fc.constantFrom(0, 0, 0, 0.5, 0.05),
    kind: fc.constantFrom('text' as const, 'enum' as const, 'number' as const, 'time' as const),
  });
  const api = fc.tuple(
    fc.uniqueArray(field, { minLength: 4, maxLength: 25, selector: ({ name }) => name }),
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.constantFrom(2, 6, 12),
  );

  it('finds no drift between two halves of one recording of a random API, but for one in a hundred', () => {
    const runs = fc.sample(api, { seed: 20_260_101, numRuns: 150 });
    const alarms = runs.filter(([fields, seed, sessionCount]) => {
      const recording = recordApi({ seed, sessionCount, fields });
      const random = randomNumbers(seed + 1);
      const first = new Set(recording.sessions.map(({ name }) => name).filter(() => random() < 0.5));
      const half = (isFirst: boolean) => ({
        ...recording,
        exchanges: recording.exchanges.filter(({ session }) => first.has(session) === isFirst),
      });
      return checkDrift(apiModel, shapesOf(half(true)), half(false)).verdict === 'drift';
    });
    expect(alarms.length).toBeLessThanOrEqual(1);
  });
});

describe('a drift report', () => {
  const report = check({ change: changeItems((item) => rename(item, 'title', 'headline')) });

  it('says in text what changed, where and by which counts', () => {
    const lines = driftText(report);
    expect(lines[0]).toBe('drift: 5 of 5 routes asked by 300 of 300 exchanges');
    expect(lines[3]).toMatch(/^ {2}breaking field\.renamed title -> headline \(p [\d.e-]+\)$/);
    expect(lines[5]).toMatch(
      /^ {4}POST \/items 201 title: present in \d+ of \d+ answers before, missing in all \d+, headline present in (\d+) of \1 now \[[0-9a-f]{12}\]$/,
    );
    expect(lines).toHaveLength(8);
  });

  it('says why nothing can be told', () => {
    expect(driftText(check({ change: () => ({ status: 401 }) }))[0]).toMatch(/^inconclusive: every answer/);
  });

  it('lists requests that no route matches, but not without end', () => {
    const recording = recordApi({ seed: 2 });
    const strange = recording.exchanges
      .slice(0, 12)
      .map((exchange, index) => ({ ...exchange, request: { ...exchange.request, target: `/new/${index}` } }));
    const text = driftText(
      checkDrift(apiModel, baseline, { ...recording, exchanges: [...recording.exchanges, ...strange] }),
    ).join('\n');
    expect(text).toContain('and 2 more');
  });

  it('shows one finding with its rule and evidence', () => {
    const [finding] = report.findings;
    if (finding === undefined) throw new Error('expected a finding');
    expect(findingText(finding).join('\n')).toContain(DRIFT_RULES['field.renamed'].title);
  });

  it('is the same from counts that were written to a file and read again', () => {
    const recording = recordApi({ seed: 2, change: changeItems((item) => rename(item, 'title', 'headline')) });
    expect(checkDrift(apiModel, readShapes(printShapes(baseline)), recording)).toEqual(report);
  });
});
