// Clones that start at a later moment of the recording, beside originals that have come as far.
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/core/compiler/compile.ts';
import {
  cloneClient,
  recordToy,
  toy,
  transcript,
  type MakeToy,
  type Script,
  type TranscriptLine,
} from '../support/toy-recording.ts';
import { collection, counter, walk, type Item, type Walk } from '../support/toy-services.ts';

describe('a clone that starts later', () => {
  const plan: Walk = { path: '/notes', create: (dice) => ({ title: dice.word() }), deletions: 0.2 };
  const LESSON = 60;

  /** What original and clone answer to the exam when both have first done that many requests of the lesson. */
  function examAfter(
    makeToy: MakeToy,
    exam: Script,
    after: number | undefined,
  ): { original: TranscriptLine[]; clone: TranscriptLine[] } {
    const lesson = walk(plan, 91, LESSON);
    const recording = recordToy(makeToy, lesson);
    const model = compile([recording]).startingBefore(after === undefined ? undefined : recording.exchanges[after]?.id);
    let original: TranscriptLine[] = [];
    recordToy(makeToy, (client) => {
      walk(plan, 91, after ?? LESSON)(client);
      original = transcript(client, exam);
    });
    return { original, clone: transcript(cloneClient(model), exam) };
  }

  const numbered =
    (nextKey: () => (items: ReadonlyMap<string, Item>) => string | number): MakeToy =>
    () =>
      toy(collection('/notes', { nextKey: nextKey() }).handlers);

  it.each<[string, MakeToy]>([
    ['that count', numbered(() => counter(1))],
    ['that follow the highest', numbered(() => (items) => Math.max(0, ...[...items.keys()].map(Number)) + 1)],
  ])('answers as the original does from there on, with ids %s', (_kind, makeToy) => {
    const exam: Script = (client) => {
      client.get('/notes');
      walk(plan, 92, 30)(client);
      client.get('/notes');
    };
    for (const after of [0, 20, 45, undefined]) {
      const { original, clone } = examAfter(makeToy, exam, after);
      expect(clone).toEqual(original);
    }
  });
});
