import { describe, expect, it } from 'vitest';
import { parseProbes } from '../../../src/core/probe/probe-file.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

const { model } = notesEnvironment().loaded;
const parse = (text: string) => parseProbes('probes.yaml', text, model);
const complaint = (text: string) => {
  const failure = failureOf(() => parse(text));
  expect(failure.code).toBe('ERR_PROBE_FILE');
  return failure.message;
};

describe('a file of probes', () => {
  it('says for each what is usual for its kind', () => {
    const { probes } = parse(`
probes:
  - { id: a, reward: 1 }
  - { id: b, kind: event, reward: 1 }
  - { id: c, kind: minefield }
  - { id: d, kind: guard, when: size(changes) > 1 }
  - { id: e, kind: outcome, reward: 'number(answer)' }
  - { id: f, kind: event, reward: 1, max: 3, after: a, terminates: true }
`);
    expect(
      probes.map(({ kind, firesMax, terminates, reward }) => [
        kind,
        firesMax,
        terminates,
        typeof reward === 'object' ? reward.text : reward,
      ]),
    ).toEqual([
      ['milestone', 1, false, 1],
      ['event', Number.POSITIVE_INFINITY, false, 1],
      ['minefield', 1, true, 'forfeit'],
      ['guard', 1, false, 'forfeit'],
      ['outcome', 1, false, 'number(answer)'],
      ['event', 3, true, 1],
    ]);
    expect(probes[5]?.after).toEqual(['a']);
  });

  it('names routes by id or by method and path', () => {
    const { probes } = parse(`
probes:
  - { id: a, reward: 1, on: { route: notes.create } }
  - { id: b, reward: 1, on: { route: ['GET /notes', 'DELETE /notes/{id}'], method: get, status: [201, 4xx], provenance: synthesised, service: notes } }
`);
    expect(probes.map(({ on }) => on)).toEqual([
      { route: ['notes.create'] },
      {
        route: ['notes.list', 'notes.delete'],
        method: ['GET'],
        status: ['201', '4xx'],
        provenance: ['synthesised'],
        service: ['notes'],
      },
    ]);
  });

  it('has a digest of what it says and not of how it is laid out', () => {
    const digest = (text: string) => parse(text).digest;
    expect(digest('probes: [{ id: a, reward: 1 }]')).toBe(digest('# scores\nprobes:\n  - reward: 1\n    id: a\n'));
    expect(digest('probes: [{ id: a, reward: 1 }]')).not.toBe(digest('probes: [{ id: a, reward: 2 }]'));
  });

  it.each([
    ['probes:\n  - id: a\n', 'probes.yaml:2:5: probes.0: a probe of kind milestone needs a reward'],
    ['probes:\n  - { id: a, reward: 1, wen: x }\n', 'probes.yaml:2:25: unknown key wen'],
    [
      'probes:\n  - { id: a, reward: 1 }\n  - { id: a, reward: 1 }\n',
      'probes.yaml:3:11: probes.1.id: another probe is called a already',
    ],
    [
      'probes:\n  - id: a\n    when: 1 +\n    reward: 1\n',
      'probes.yaml:3:11: probes.0.when: this expression does not parse',
    ],
    [
      'probes:\n  - { id: a, reward: "response." }\n',
      'probes.yaml:2:22: probes.0.reward: this expression does not parse',
    ],
    [
      'probes:\n  - { id: a, reward: 1, when: "body.x == 1" }\n',
      'probes.yaml:2:31: probes.0.when: there is nothing called body here, only request',
    ],
    ['probes:\n  - { id: a, reward: 1, when: "gen(\'x\') == 1" }\n', 'a probe cannot call gen'],
    ['probes:\n  - { id: a, reward: 1, on: { route: nope } }\n', 'probes.0.on.route: the clone has no route nope'],
    ['probes:\n  - { id: a, reward: 1, on: { service: nope } }\n', 'the clone has no service nope, only notes'],
    ['probes:\n  - { id: a, reward: 1, on: { status: 7xx } }\n', 'probes.yaml:2:'],
    ['probes:\n  - { id: a, reward: 1, after: b }\n', 'there is no probe b'],
    ['probes:\n  - { id: a, reward: 1, after: a }\n', 'cannot wait for itself'],
    ['probes:\n  - { id: a, reward: 1, once: true, max: 2 }\n', 'once and max exclude each other'],
    ['probes:\n  - { id: a, kind: outcome, reward: 1, on: {} }\n', 'a probe of kind outcome has no on'],
    ['probes: {\n', 'probes.yaml:'],
    ['', 'probes.yaml:1:1'],
  ])('is refused with file, line and column: %j', (text, message) => {
    expect(complaint(text)).toContain(message);
  });
});
