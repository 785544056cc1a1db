import { describe, expect, it } from 'vitest';
import { addSources, type Sample, type Sources } from '../../../../src/core/compiler/explain/samples.ts';
import { textTemplates } from '../../../../src/core/compiler/explain/text.ts';
import { textToBase64 } from '../../../../src/core/compiler/explain/base64.ts';

/** An example: the text, and the values that it may be composed of. */
function example(target: string, values: object): Sample {
  const sources: Sources = new Map();
  for (const [name, value] of Object.entries(values)) addSources(sources, name, value, 2);
  return { sources, target, from: 0, until: 0 };
}

const templatesOf = (samples: readonly Sample[]): readonly string[] =>
  textTemplates(samples, samples.slice(0, 6), new Set()).map(({ text }) => text);

describe('a text composed of values', () => {
  it('has a slot for each value, filled by the source that fits every example', () => {
    const samples = [
      example('note 7 of ada', { id: 7, by: 'ada', n: 7 }),
      example('note 8 of bob', { id: 8, by: 'bob', n: 1 }),
    ];
    expect(templatesOf(samples)).toContain('"note " + string(id) + " of " + string(by)');
  });

  it('is found inside base64, with and without padding', () => {
    const inside = (wrap: (text: string) => string) =>
      templatesOf([12, 345, 6].map((id) => example(wrap(`0:Issue${id}`), { id })));
    expect(inside((text) => textToBase64(text, true))).toContain('b64("0:Issue" + string(id))');
    expect(inside((text) => textToBase64(text, false))).toContain('replace(b64("0:Issue" + string(id)), "=", "")');
  });

  it('takes for literal what never varies, though a source once happened to have that value', () => {
    const samples = [0, 1, 2].map((count, id) =>
      example(textToBase64(`0:Issue${id + 12}`, true), { id: id + 12, count }),
    );
    expect(templatesOf(samples)).toContain('b64("0:Issue" + string(id))');
  });
});
