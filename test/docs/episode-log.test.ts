// The lines in docs/formats/episode-log.md are made again, and the schemas beside it fit what is really written.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { setEpisodeClock } from '../../src/core/episode/episode-clock.ts';
import { finishEpisode, resetEpisode, stepEpisode } from '../../src/core/episode/episode.ts';
import { printLogLine, type LogLine } from '../../src/core/episode/log-line.ts';
import { observationOf, stepInfo } from '../../src/core/episode/observation.ts';
import { printJson, type Json } from '../../src/core/std/json.ts';
import { codeBlocks } from '../support/markdown.ts';
import { notesEnvironment, notesRequest } from '../support/notes-clone.ts';

const read = (path: string) => readFileSync(new URL(`../../docs/formats/${path}`, import.meta.url), 'utf8');
const files = new Map(
  codeBlocks(read('episode-log.md')).flatMap(({ file, text }) => (file === undefined ? [] : [[file, text.trim()]])),
);
const schema = (name: string) =>
  z.fromJSONSchema(JSON.parse(read(`schemas/${name}.schema.json`)) as Parameters<typeof z.fromJSONSchema>[0]);

const environment = notesEnvironment({ 'probes.yaml': files.get('probes.yaml') ?? '' });
const begun = resetEpisode(environment, { seed: 7 });
const stepped = stepEpisode(begun, notesRequest('POST', '/notes', { title: 'bread' }));
const clocked = setEpisodeClock(stepped.episode, { timeMs: 1_700_003_600_000, isFrozen: true });
const faulty = resetEpisode(environment, { seed: 7, faults: { rate: 0.05, kinds: ['429', '503'] } });
const lines: readonly LogLine[] = [begun.header, stepped.line, finishEpisode(stepped.episode, 'done').line];

/** Digests by the names that the page gives them: they change with every change of the example clone. */
function named(text: string): string {
  const names = [
    [begun.header.model, 'MODEL'],
    [begun.header.probes ?? '', 'PROBES'],
    [begun.worldDigest, 'WORLD-0'],
    [stepped.episode.worldDigest, 'WORLD-1'],
    [clocked.episode.worldDigest, 'WORLD-2'],
  ] as const;
  return names.reduce((shown, [digest, name]) => shown.replaceAll(digest, name), text);
}

describe('the page of the episode log', () => {
  it('shows lines as they are written', () => {
    expect(lines.map((line) => named(printLogLine(line)))).toEqual(
      [0, 1, 2].map((index) => files.get(`log/${index}.json`)),
    );
  });

  it('shows a clock that was set', () => {
    expect(named(printLogLine(clocked.line))).toBe(files.get('log/clock.json'));
  });

  it('shows a header with faults', () => {
    expect(named(printLogLine(faulty.header))).toBe(files.get('log/faults.json'));
  });

  it('shows observation and info as they are given', () => {
    expect(printJson(observationOf(stepped.line.response))).toBe(files.get('observation.json'));
    expect(named(printJson(stepInfo(stepped.line)))).toBe(files.get('info.json'));
  });
});

describe('the schemas of the episode log', () => {
  const plain = (value: unknown) => JSON.parse(printJson(value as Json)) as unknown;
  const odd = [
    stepEpisode(begun, { ...notesRequest('GET', '/notes/99'), headers: [['traceparent', '00-1-2-01']] }),
    stepEpisode(begun, notesRequest('DELETE', '/notes/1')),
    stepEpisode(begun, { ...notesRequest('POST', '/notes'), body: { base64: '/wA=' } }),
    stepEpisode(resetEpisode(notesEnvironment({ 'notes/errors.yaml': '[]' })), notesRequest('GET', '/nowhere')),
    stepEpisode(resetEpisode(environment, { faults: { rate: 1 } }), notesRequest('GET', '/notes')),
  ].map(({ line }) => line);

  it('fit every kind of line', () => {
    const line = schema('episode-log-line');
    for (const each of [...lines, faulty.header, clocked.line, ...odd])
      expect(line.safeParse(plain(each)).error).toBeUndefined();
  });

  it('refuse what is no line', () => {
    const line = schema('episode-log-line');
    const { provenance: _left, ...without } = stepped.line;
    for (const wrong of [
      without,
      { ...stepped.line, provenance: 'guessed' },
      { ...begun.header, host: 'x' },
      { kind: 'else' },
    ])
      expect(line.safeParse(plain(wrong)).success).toBe(false);
  });

  it('fit observations and infos, which have nothing in common', () => {
    const [observation, info] = [schema('observation'), schema('info')];
    for (const line of [stepped.line, ...odd]) {
      expect(observation.safeParse(plain(observationOf(line.response))).error).toBeUndefined();
      expect(info.safeParse(plain(stepInfo(line))).error).toBeUndefined();
      expect(observation.safeParse(plain(stepInfo(line))).success).toBe(false);
    }
  });
});
