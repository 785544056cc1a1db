import { describe, expect, it } from 'vitest';
import { recordingRecipe } from '../../../src/core/build/recording-recipe.ts';
import { routeReport } from '../../support/reports.ts';

describe('the recipe of what to record next', () => {
  it.each([
    [
      'a route without success',
      routeReport('GET /a', { 404: 5 }),
      ['`GET /a` was never recorded with success: send one that succeeds.'],
    ],
    [
      'answers seen once',
      routeReport('GET /a', { 200: 9, 403: 1 }),
      ['`GET /a` answered 403 once: bring that about 2 more times, with other values.'],
    ],
    [
      'what was often wrong when held out',
      routeReport('GET /a', { 200: 9 }, { held_out: 0.2, held_out_exchanges: 5 }),
      [
        '`GET /a` was wrong in 4 of 5 held-out exchanges: record more of it, each member of its body or query changed alone.',
      ],
    ],
    [
      'a thing that is always there',
      routeReport('GET /a/{id}', { 200: 9 }),
      ['`GET /a/{id}` was never asked for something that does not exist.'],
    ],
    [
      'a write that never failed',
      routeReport('POST /a', { 201: 9 }),
      [
        '`POST /a` was never sent a body that it refuses: leave out a required member, break a type, repeat a unique value.',
      ],
    ],
    ['nothing where all is seen', routeReport('PATCH /a/{id}', { 200: 9, 404: 3, 422: 3 }), []],
    ['nothing for requests without a route', routeReport('(no route)', { 404: 1 }), []],
  ])('asks for %s', (_what, report, expected) => expect(recordingRecipe([report])).toEqual(expected));

  it('puts first what settles most, and stays short', () => {
    const routes = Array.from({ length: 40 }, (_, index) => routeReport(`GET /${index}`, { 404: index + 1 }));
    const recipe = recordingRecipe(routes);
    expect(recipe[0]).toContain('GET /39');
    expect(recipe.length).toBeLessThan(20);
  });
});
