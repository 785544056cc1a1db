import { describe, expect, it } from 'vitest';
import { findCandidates } from '../../../../src/core/compiler/explain/candidates.ts';
import { addSources, type Sample, type Sources } from '../../../../src/core/compiler/explain/samples.ts';
import type { Json } from '../../../../src/core/std/json.ts';

function example(target: Json, body: Json): Sample {
  const sources: Sources = new Map();
  addSources(sources, 'body', body, 2);
  return { sources, target, from: 0, until: 0 };
}

/** Expressions that reproduce every example. */
const reproducing = (samples: readonly Sample[]): readonly string[] =>
  findCandidates(samples, { name: 'target' })
    .filter(({ hits }) => hits === (1n << BigInt(samples.length)) - 1n)
    .map(({ text }) => text);

describe('candidates', () => {
  it('hold the thing that the first of a list of keys names', () => {
    const user = (key: string) => ({ $ref: 'User', key });
    const samples = [example(user('ada'), { assignees: ['ada', 'bob'] }), example(user('bob'), { assignees: ['bob'] })];
    expect(reproducing(samples)).toEqual(['ref("User", first(body.assignees))']);
  });
});
