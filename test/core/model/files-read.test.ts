import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inFileOrder } from '../../../src/core/model/file-layout.ts';
import { printCloneFiles } from '../../../src/core/model/files-print.ts';
import { readCloneFiles } from '../../../src/core/model/files-read.ts';
import { arbitraryModel } from '../../support/arbitrary-model.ts';
import { failureOf } from '../../support/failure.ts';
import { sampleModel } from '../../support/sample-model.ts';

/** The sample's files after one edit: a file's text with `search` replaced. */
function edited(file: string, search: string, replacement: string): Map<string, string> {
  const files = new Map(printCloneFiles(sampleModel));
  const text = files.get(file);
  if (text?.includes(search) !== true) throw new Error(`${file} does not hold ${search}:\n${text}`);
  return files.set(file, text.replace(search, replacement));
}

describe('reading a clone', () => {
  it('gives back the model that was printed, whatever it holds, and prints it the same again', () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        const files = printCloneFiles(model);
        const read = readCloneFiles(files);
        expect(read).toEqual(inFileOrder(model));
        expect(printCloneFiles(read)).toEqual(files);
      }),
      { numRuns: 200 },
    );
  });

  it('passes over files that are not part of the model', () => {
    const files = new Map([
      ...printCloneFiles(sampleModel),
      ['REPORT.md', '#'],
      ['probes.yaml', ':::'],
      ['notes/notes.txt', 'x'],
    ]);
    expect(readCloneFiles(files)).toEqual(sampleModel);
  });

  it.each([
    [
      'an unknown key',
      'notes/routes/notes.yaml',
      '  path: /notes\n',
      '  path: /notes\n  paht: /x\n',
      4,
      'unknown key paht',
    ],
    ['a missing key', 'notes/routes/notes.yaml', '  method: GET\n', '', 1, 'method: missing; expected string'],
    ['a value of another type', 'notes/routes/notes.yaml', 'status: 200', 'status: "200"', 18, 'status'],
    ['an unknown kind', 'notes/service.yaml', 'kind: sequence', 'kind: sequins', 10, 'kind'],
    ['broken YAML', 'notes/routes/notes.yaml', 'path: /notes\n', 'path: [/notes\n', 4, ''],
    [
      'an expression that does not parse',
      'notes/routes/notes.yaml',
      'where: "!x.archived"',
      'where: "!x.archived &&"',
      8,
      'does not parse',
    ],
    ['a malformed route path', 'notes/routes/notes.yaml', 'path: /notes/{id}', 'path: /notes/{id', 25, 'braces'],
    [
      'a rule id used twice',
      'notes/routes/notes.yaml',
      'id: notes.get/ok',
      'id: notes.get/missing',
      38,
      'stands already in notes/routes/notes.yaml',
    ],
    ['two routes of one shape', 'notes/routes/notes.yaml', 'path: /notes/{id}', 'path: /notes', 25, 'method and path'],
    ['a template that mixes two forms', 'notes/entities/Note.yaml', 'as: t', 'az: t', 12, '$each needs as beside it'],
    ['a seed line that is not JSON', 'notes/seed/Note.ndjson', '{"id":2,', '{"id":2,,', 2, ''],
    [
      'a service folder that does not exist',
      'clone.yaml',
      '[ notes ]',
      '[ notes, more ]',
      3,
      'more holds no service.yaml',
    ],
    ['a service named twice', 'clone.yaml', '[ notes ]', '[ notes, notes ]', 3, 'twice'],
  ])('%s is refused with file, line and what was expected', (_what, file, search, replacement, line, message) => {
    const failure = failureOf(() => readCloneFiles(edited(file, search, replacement)));
    expect(failure.code).toBe('ERR_CLONE_FILE');
    expect(failure.message).toContain(message);
    expect(failure.message).toMatch(new RegExp(`^${file.replaceAll('.', '\\.')}:\\d+:\\d+: `));
    expect(failure.details).toMatchObject({ file, line });
    expect(failure.details['column']).toBeGreaterThan(0);
  });

  it('a seed without its entity type is refused', () => {
    const files = new Map(printCloneFiles(sampleModel)).set('notes/seed/Other.ndjson', '{}\n');
    expect(failureOf(() => readCloneFiles(files)).message).toContain('notes/entities/Other.yaml');
  });

  it('a file that the model cannot do without is named when it is missing', () => {
    expect(failureOf(() => readCloneFiles(new Map())).message).toContain('clone.yaml:1:1: the file is missing');
  });

  it('another format version says what to do', () => {
    const failure = failureOf(() => readCloneFiles(edited('clone.yaml', 'formatVersion: 1', 'formatVersion: 2')));
    expect(failure.code).toBe('ERR_CLONE_FORMAT');
    expect(failure.message).toContain('compile the recordings again');
  });
});
