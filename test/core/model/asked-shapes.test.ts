import { describe, expect, it } from 'vitest';
import { withAskedShapes } from '../../../src/core/model/asked-shapes.ts';
import { printShapes, readShapes } from '../../../src/core/model/shapes-file.ts';
import { collectShapes, type RoutedExchange, type Shapes } from '../../../src/core/model/shapes.ts';

function asked(target: string, status: number, sent?: unknown, answer: unknown = {}): RoutedExchange {
  const isForm = typeof sent === 'string';
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const body = sent === undefined ? {} : { body: { text: isForm ? sent : JSON.stringify(sent) } };
  return {
    service: 'api',
    route: 'items.change',
    params: { id: target.split(/[/?]/)[2] ?? '' },
    exchange: {
      id: 'x',
      session: 's',
      origin: 'https://api.example',
      startedAt: 0,
      endedAt: 0,
      request: { method: 'PUT', target, headers: [['content-type', type]], ...body },
      response: { status, headers: [['content-type', 'application/json']], body: { text: JSON.stringify(answer) } },
    },
  };
}

const shapesOf = (...routed: RoutedExchange[]): Shapes => withAskedShapes(collectShapes(routed), routed);

describe('what a route was asked', () => {
  it('is counted by parameter of path and query and by member of the body', () => {
    const [route] = shapesOf(
      asked('/items/1?full=true', 200, { a: 1 }),
      asked('/items/x', 200, { a: 1, b: [] }),
    ).routes;
    expect(route?.asked).toMatchObject({
      count: 2,
      bodies: { json: 2 },
      path: { id: { of: 2, every: 2, values: { 1: 1, x: 1 } } },
      query: { full: { of: 2, every: 1 } },
      body: { a: { of: 2, every: 2 }, b: { every: 1, kinds: { array: 1 } } },
    });
  });

  it('is not what it refused, by status or by what the body says', () => {
    const [route] = shapesOf(
      asked('/items/1', 422, { wrong: 1 }),
      asked('/items/1', 200, { wrong: 2 }, { ok: false }),
      asked('/items/1', 200, 'amount=5'),
    ).routes;
    expect(route?.asked).toMatchObject({ count: 1, bodies: { form: 1 } });
    expect(Object.keys(route?.asked?.body ?? {})).toEqual(['', 'amount']);
  });

  it('counts a repeated request once', () => {
    expect(shapesOf(asked('/items/1', 200), asked('/items/1', 200)).routes[0]?.asked?.count).toBe(1);
  });

  it('is written to shapes.json and read again; older files do without', () => {
    const shapes = shapesOf(asked('/items/1?q=a', 200, { a: 1 }), asked('/items/2', 404));
    expect(readShapes(printShapes(shapes))).toEqual(shapes);
    const older = collectShapes([asked('/items/1', 404)]);
    expect(readShapes(printShapes(older)).routes[0]).not.toHaveProperty('asked');
  });
});
