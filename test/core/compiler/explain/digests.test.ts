import { describe, expect, it } from 'vitest';
import { explain } from '../../../../src/core/compiler/explain/explain.ts';
import { hexDigests } from '../../../../src/core/compiler/explain/digests.ts';
import type { Sample } from '../../../../src/core/compiler/explain/samples.ts';

const TEXTS = ['one fig', 'two plums', '', 'four limes'];
const sample = (text: string, target: string): Sample => ({
  sources: new Map([
    ['body_text', { value: text, cost: 2 }],
    ['path.name', { value: `n${text.length}`, cost: 3 }],
  ]),
  target,
  from: 0,
  until: 0,
});

describe('the digest of what was sent', () => {
  it.each([
    ['md5', '"', '"', '"\\"" + string(md5(body_text)) + "\\""'],
    ['sha1', '', '', 'sha1(body_text)'],
    ['sha256', 'sha256:', '', '"sha256:" + string(sha256(body_text))'],
  ])('is found by %s, with what stands around it', (name, before, after, template) => {
    const samples = TEXTS.map((text) =>
      sample(text, before + (hexDigests(text).find((digest) => digest.name === name)?.hex ?? '') + after),
    );
    expect(explain(samples, { name: 'etag' })).toMatchObject({ template, misses: 0 });
  });

  it('is no digest where none stands', () => {
    const samples = TEXTS.map((text, at) => sample(text, `${at}`.repeat(32)));
    expect(explain(samples, { name: 'etag' }).misses).toBeGreaterThan(0);
  });
});
