// Reports of routes as a test needs them.
import type { RouteReport } from '../../src/core/build/clone-report.ts';

/** A route of `api.example` with these recorded answers, all reproduced and nothing held out unless said otherwise. */
export function routeReport(
  route: string,
  statuses: Readonly<Record<number, number>>,
  more: Partial<RouteReport> = {},
): RouteReport {
  const measured = {
    reproduced: 1,
    reproduced_status: 1,
    by_session: 1,
    held_out_exchanges: 0,
    held_out: null,
    held_out_status: null,
  };
  return {
    service: 'api.example',
    route,
    exchanges: Object.values(statuses).reduce((sum, count) => sum + count, 0),
    ...measured,
    statuses: Object.entries(statuses).map(([status, exchanges]) => ({
      status: Number(status),
      exchanges,
      ...measured,
    })),
    pooled_rules: 0,
    misses: [],
    ...more,
  };
}
