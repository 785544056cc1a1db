// Judgements of a replay as a test needs them.
import type { Difference } from '../../src/core/fidelity/compare-json.ts';
import type { Judgement } from '../../src/core/fidelity/session-replay.ts';
import type { Provenance } from '../../src/core/model/clone-model.ts';

export interface JudgementSketch {
  readonly id: string;
  readonly route?: string;
  /** As recorded. */
  readonly status: number;
  readonly isStatusRight?: boolean;
  readonly areHeadersRight?: boolean;
  readonly differences?: readonly Difference[];
  readonly provenance?: Provenance;
  readonly unknown?: string;
}

export function judgement(sketch: JudgementSketch): Judgement {
  const { id, route, status, isStatusRight = true, areHeadersRight = true, differences = [], unknown } = sketch;
  const body = differences.length === 0 && isStatusRight;
  const wrongStatus = isStatusRight ? [] : [{ path: 'status', expected: String(status), actual: '500' }];
  return {
    exchange: {
      id,
      session: 'one',
      origin: 'http://api.example',
      startedAt: 0,
      endedAt: 1,
      request: { method: 'GET', target: '/target', headers: [] },
      response: { status, headers: [] },
    },
    recording: 0,
    service: 'api.example',
    route,
    rules: route === undefined ? [] : [`${route} ${status}`],
    provenance: sketch.provenance ?? 'synthesised',
    ...(unknown === undefined ? {} : { unknown }),
    comparison: {
      status: isStatusRight,
      body,
      headers: areHeadersRight,
      differences: [...wrongStatus, ...differences],
    },
    isExact: body,
  };
}
