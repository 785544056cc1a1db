import { describe, expect, it } from 'vitest';
import { compareStatuses } from '../../../src/core/drift/status-changes.ts';
import { answer, changesIn, routeOf, surroundings } from '../../support/drift-shapes.ts';

type Counts = Readonly<Record<number, number>>;

function compare(before: Counts, now: Counts): ReturnType<typeof compareStatuses> {
  const route = (counts: Counts) =>
    routeOf(...Object.entries(counts).map(([status, count]) => answer(count, {}, Number(status))));
  return compareStatuses(route(before), route(now), surroundings.steadiness);
}

describe('comparing statuses', () => {
  it.each<[string, Counts, Counts, string[]]>([
    ['the same statuses', { 200: 30, 404: 5 }, { 200: 8, 404: 9 }, []],
    ['only successes where there were errors too', { 200: 30, 404: 5 }, { 200: 8 }, []],
    ['another success', { 201: 30 }, { 200: 8 }, ['status.changed 200']],
    ['a further success', { 200: 30 }, { 200: 6, 202: 2 }, ['status.added 202']],
    ['another error', { 200: 30, 422: 5 }, { 200: 5, 400: 3 }, ['status.changed 400']],
    [
      'a further success while a rare one does not occur',
      { 200: 30, 201: 3 },
      { 200: 6, 202: 2 },
      ['status.added 202'],
    ],
    ['a further error', { 200: 30, 404: 5 }, { 200: 5, 404: 2, 409: 1 }, ['error-status.added 409']],
    ['a crash', { 200: 30, 500: 1 }, { 200: 5, 503: 3 }, ['status.added 503']],
    ['a route that is gone', { 200: 30 }, { 404: 8 }, ['route.removed 404']],
    ['a route that always fails', { 200: 30, 403: 1 }, { 403: 8 }, ['status.changed 403']],
  ])('finds, for %s, what differs', (_what, before, now, expected) => {
    expect(changesIn(compare(before, now).hypotheses)).toEqual(expected);
  });

  it('says which status stands for which, so that bodies can be compared', () => {
    expect(compare({ 201: 30, 404: 3 }, { 200: 8, 404: 2 }).replaced).toEqual(new Map([[200, 201]]));
  });

  it('makes one cause of the same change on several routes', () => {
    const causes = [compare({ 201: 30 }, { 200: 8 }), compare({ 201: 9 }, { 200: 1 })].map(
      ({ hypotheses }) => hypotheses.find(({ change }) => change)?.cause,
    );
    expect(causes[0]).toBe(causes[1]);
  });
});
