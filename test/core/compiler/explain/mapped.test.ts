import { describe, expect, it } from 'vitest';
import { explain } from '../../../../src/core/compiler/explain/explain.ts';
import type { Sample, Sources } from '../../../../src/core/compiler/explain/samples.ts';
import type { Json } from '../../../../src/core/std/json.ts';

const sample = (sources: Readonly<Record<string, Json | undefined>>, target: Json | undefined): Sample => ({
  sources: new Map(Object.entries(sources).map(([name, value]) => [name, { value, cost: 3 }])) as Sources,
  target,
  from: 0,
  until: 0,
});

const order = (lines: readonly (readonly [string, number])[]): Sample =>
  sample(
    { 'body.lines': lines.map(([what, count]) => ({ what, count })), 'body.by': `b${lines.length}` },
    lines.map(([what, count]) => ({ item: what, count, state: 'new' })),
  );

describe('a list made of another', () => {
  it('is made element by element, whatever its length', () => {
    const samples = [
      order([['fig', 1]]),
      order([
        ['plum', 2],
        ['lime', 3],
      ]),
      order([]),
      order([['pear', 5]]),
    ];
    expect(explain(samples, { name: 'lines' })).toMatchObject({
      template: { $each: 'body.lines', as: 'e', do: { item: 'e.what', count: 'e.count', state: '"new"' } },
      misses: 0,
    });
  });

  it('may hold plain values', () => {
    const samples = [['a'], ['b', 'c'], []].map((names) =>
      sample(
        { 'body.names': names },
        names.map((name) => ({ name, on: false })),
      ),
    );
    expect(explain(samples, { name: 'names' })).toMatchObject({
      template: { $each: 'body.names', as: 'e', do: { name: 'e', on: 'false' } },
      misses: 0,
    });
  });

  it('is none where nothing of an element stands in what is made', () => {
    const samples = [[1], [2, 3], [4]].map((list) =>
      sample(
        { 'body.list': list },
        list.map(() => ({ made: true })),
      ),
    );
    expect(JSON.stringify(explain(samples, { name: 'list' }).template)).not.toContain('$each');
  });
});

it('an element that not all lists have is there when what makes it is', () => {
  const samples = [['x'], [], ['y', 'z'], ['q'], []].map((hosts, at) =>
    sample({ 'body.name': `n${at}`, 'body.hosts': hosts }, [
      { kind: 'head', name: `n${at}` },
      ...(hosts.length === 0 ? [] : [{ kind: 'hosts', list: hosts.map((host) => ({ host })) }]),
    ]),
  );
  expect(explain(samples, { name: 'sets' })).toMatchObject({
    template: [
      { kind: '"head"', name: 'body.name' },
      '(size(body.hosts) > 0 ? {"kind": "hosts", "list": body.hosts.map(e, {"host": e})} : missing)',
    ],
    misses: 0,
  });
});
