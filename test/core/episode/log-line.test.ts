import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resetEpisode, stepEpisode, finishEpisode } from '../../../src/core/episode/episode.ts';
import {
  joinLine,
  lineParts,
  parseEpisodeLog,
  printLogLine,
  type StepLine,
} from '../../../src/core/episode/log-line.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const begun = resetEpisode(notesEnvironment(), { seed: 3 });
const stepped = stepEpisode(begun, notesRequest('POST', '/notes', { title: 'é "1.0"' }));
const finished = finishEpisode(stepped.episode, { said: 1 });
const text = [begun.header, stepped.line, finished.line].map((line) => `${printLogLine(line)}\n`).join('');

describe('an episode log', () => {
  it('is read as it was written', () => {
    const log = parseEpisodeLog(text);
    expect([log.header, ...log.steps, log.finish].map((line) => line && printLogLine(line))).toEqual(
      text.trimEnd().split('\n'),
    );
  });

  it('is the same from its parts, whatever client and answer say', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"body":{"text":""}', '"response":{', '\ud800', '\0'),
    );
    fc.assert(
      fc.property(texts, texts, texts, (target, header, body) => {
        const { request, response } = stepped.line;
        const line: StepLine = {
          ...stepped.line,
          request: { ...request, target, headers: [['x', header]], body: { text: header } },
          response: { ...response, headers: [['y', header]], body: { text: body } },
        };
        expect(joinLine(lineParts(line))).toBe(printLogLine(line));
      }),
    );
    expect(lineParts(stepped.line).body).toBe((stepped.line.response.body as { text: string }).text);
    expect([begun.header, finished.line].map((line) => lineParts(line).text)).toEqual(
      [begun.header, finished.line].map(printLogLine),
    );
  });

  it('says which line is malformed and why', () => {
    const lines = text.split('\n');
    const complaint = (rows: readonly string[]) => {
      const { code, message } = failureOf(() => parseEpisodeLog(rows.join('\n')));
      return `${code} ${message}`;
    };
    expect(complaint([''])).toBe('ERR_EPISODE_LOG line 1 of the episode log: it is empty');
    expect(complaint([lines[1] ?? ''])).toContain('line 1 of the episode log: the first line must be the header');
    expect(complaint([lines[0] ?? '', '{"kind":'])).toContain('line 2 of the episode log: not valid JSON at line 1');
    expect(complaint([lines[0] ?? '', '{"kind":"else"}'])).toContain('line 2 of the episode log: it has no kind');
    expect(complaint([lines[0] ?? '', lines[0] ?? ''])).toContain('line 2 of the episode log: a second header');
    expect(complaint([lines[0] ?? '', lines[1] ?? '', lines[1] ?? ''])).toContain('step 1 where step 2 was expected');
    expect(complaint([lines[0] ?? '', lines[2] ?? '', lines[1] ?? ''])).toContain('nothing may follow');
    expect(complaint([(lines[0] ?? '').replace('"formatVersion":1', '"formatVersion":99')])).toContain(
      'format version is 99',
    );
    expect(complaint([lines[0] ?? '', (lines[1] ?? '').replace('"target"', '"path"')])).toContain(
      'the target of its request is not a text',
    );
    expect(complaint([lines[0] ?? '', (lines[1] ?? '').replace('["host","notes.example"]', '["host"]')])).toContain(
      'headers of its request',
    );
    expect(complaint([lines[0] ?? '', (lines[1] ?? '').replace('"reward":0', '"reward":"0"')])).toContain(
      'its member reward is not a number',
    );
  });
});
