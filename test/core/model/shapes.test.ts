import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { printShapes, readShapes } from '../../../src/core/model/shapes-file.ts';
import { collectShapes, type RoutedExchange } from '../../../src/core/model/shapes.ts';
import { failureOf } from '../../support/failure.ts';
import { recordApi, shapesOf } from '../../support/recorded-api.ts';

function routed(target: string, status: number, body: unknown, more: Partial<Exchange> = {}): RoutedExchange {
  const request = { method: 'GET', target, headers: [], ...more.request };
  const response = {
    status,
    headers: [['content-type', 'application/json']] as const,
    body: { text: JSON.stringify(body) },
  };
  return {
    service: 'api',
    route: 'items.get',
    exchange: {
      id: 'x',
      session: 's',
      origin: 'https://api.example',
      startedAt: 0,
      endedAt: 0,
      response,
      ...more,
      request,
    },
  };
}

describe('collecting shapes', () => {
  it('counts a repeated question once', () => {
    const { routes } = collectShapes([
      routed('/items/1', 200, { a: 1 }),
      routed('/items/1', 200, { a: 1 }),
      routed('/items/2', 200, { a: 1 }),
    ]);
    expect(routes[0]?.answers[0]).toMatchObject({ status: 200, count: 2, sessions: 1 });
    expect(routes[0]?.answers[0]?.fields['a']).toMatchObject({ of: 2, some: 2 });
  });

  it('tells answers apart by status, and by what the body says about success', () => {
    const { routes } = collectShapes([
      routed('/a', 200, { ok: true, user: 1 }),
      routed('/b', 200, { ok: false, error: 'x' }),
      routed('/c', 404, { message: 'x' }),
    ]);
    expect(routes[0]?.answers.map(({ status, outcome, fields }) => [status, outcome, Object.keys(fields)])).toEqual([
      [200, false, ['', 'error', 'ok']],
      [200, true, ['', 'ok', 'user']],
      [404, undefined, ['', 'message']],
    ]);
  });

  it('notes what kinds of values requests sent under which keys', () => {
    const body = { text: '{"title": "x", "labels": [{"name": null}]}' };
    const { sent } = collectShapes([
      routed('/a', 200, {}, { request: { method: 'POST', target: '/a', headers: [], body } }),
    ]);
    expect(sent).toEqual({ labels: ['array'], name: ['null'], title: ['string'] });
  });

  it('leaves out exchanges without an answer or with a body that was cut', () => {
    const { response: _response, ...unanswered } = routed('/a', 200, {}).exchange;
    const cut = routed('/b', 200, {}, { truncated: { reason: 'too long', length: 9, sha256: '' } });
    expect(collectShapes([{ service: 'api', route: 'r', exchange: unanswered }, cut]).routes).toEqual([]);
  });

  it('counts answers that are not JSON, without fields', () => {
    const text = { headers: [['content-type', 'text/plain']] as const, status: 200, body: { text: 'hello' } };
    expect(collectShapes([routed('/a', 200, {}, { response: text })]).routes[0]?.answers).toEqual([
      { status: 200, count: 1, sessions: 1, fields: {} },
    ]);
  });
});

describe('the file of shapes', () => {
  const shapes = shapesOf(recordApi({ seed: 3 }));

  it('gives back what was written, one field a line', () => {
    const text = printShapes(shapes);
    expect(readShapes(text)).toEqual(shapes);
    expect(printShapes(readShapes(text))).toBe(text);
    expect(text.split('\n')).toContainEqual(expect.stringMatching(/^"items\[\]\.title":\{"of":\d+/));
  });

  it.each([
    ['{"formatVersion":1,', 1],
    ['{"formatVersion":1,"sent":{},"routes":{}}', 1],
    ['{"formatVersion":9,"sent":{},"routes":[]}', 1],
    ['\n\n[1,]', 3],
  ])('%j is refused with its place', (text, line) => {
    const failure = failureOf(() => readShapes(text));
    expect(failure.code).toBe('ERR_CLONE_FILE');
    expect(failure.details).toMatchObject({ file: 'shapes.json', line });
  });
});
