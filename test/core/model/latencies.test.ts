import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { collectLatencies, printLatencies, readLatencies } from '../../../src/core/model/latencies.ts';
import { latencyMsMax, latencySamplesMax } from '../../../src/core/std/limits.ts';
import { failureOf } from '../../support/failure.ts';

/** An answer with this status after so many milliseconds. */
function answered(route: string, status: number | undefined, ms: number) {
  const response = status === undefined ? {} : { response: { status, headers: [] } };
  const exchange = { startedAt: 1000.25, endedAt: 1000.25 + ms, ...response } as unknown as Exchange;
  return { service: 'notes', route, exchange };
}

describe('latencies', () => {
  it('are whole milliseconds by route and status, ascending, in one order', () => {
    const routed = [
      answered('notes.list', 200, 9),
      answered('notes.get', 404, 3.4),
      answered('notes.list', 200, 2.6),
      answered('notes.list', 500, 1),
      answered('notes.list', undefined, 7),
      answered('notes.live', 101, 60_000),
      answered('notes.get', 404, -1),
    ];
    const latencies = collectLatencies(routed);
    expect(latencies).toEqual([
      { service: 'notes', route: 'notes.get', status: 404, ms: [0, 3] },
      { service: 'notes', route: 'notes.list', status: 200, ms: [3, 9] },
      { service: 'notes', route: 'notes.list', status: 500, ms: [1] },
    ]);
    expect(collectLatencies(routed.toReversed())).toEqual(latencies);
  });

  it('of many answers are as many as there may be, evenly spaced', () => {
    const [{ ms } = { ms: [] }] = collectLatencies(
      Array.from({ length: latencySamplesMax * 10 }, (_none, index) => answered('notes.list', 200, index)),
    );
    expect([ms.length, ms[0], ms.at(-1)]).toEqual([latencySamplesMax, 5, latencySamplesMax * 10 - 5]);
  });

  it('have a limit, which longer ones count as and files cannot pass', () => {
    const read = readLatencies(printLatencies(collectLatencies([answered('notes.list', 200, 1e15)])));
    expect(read.of('notes', 'notes.list', 200)).toEqual([latencyMsMax]);
    const text = printLatencies([{ service: 'notes', route: 'notes.list', status: 200, ms: [latencyMsMax + 1] }]);
    expect(failureOf(() => readLatencies(text)).code).toBe('ERR_CLONE_FILE');
  });

  it('are read as they were printed, and have a digest of their text', () => {
    const latencies = collectLatencies([answered('notes.list', 200, 9), answered('notes.get', 200, 1)]);
    const read = readLatencies(printLatencies(latencies));
    expect([read.of('notes', 'notes.list', 200), read.of('notes', 'notes.list', 404)]).toEqual([[9], undefined]);
    expect(readLatencies(printLatencies(latencies.slice(1))).digest).not.toBe(read.digest);
    expect(readLatencies(printLatencies([])).of('notes', 'notes.list', 200)).toBeUndefined();
  });

  it.each(['', '{}', '{"formatVersion":1,"answers":[{"service":"a","route":"b","status":200,"ms":[]}]}'])(
    'that are none are refused: %s',
    (text) => {
      expect(failureOf(() => readLatencies(text)).code).toBe('ERR_CLONE_FILE');
    },
  );
});
