import { describe, expect, it } from 'vitest';
import { evidenceLines, parseEvidence, printEvidence } from '../../../src/core/build/evidence-lines.ts';
import { judgement } from '../../support/judgements.ts';
import { smallModel } from '../../support/small-clone.ts';

const model = smallModel({
  name: 'api.example',
  origins: ['http://api.example'],
  routes: [
    {
      id: 'GET /a',
      method: 'GET',
      path: '/a',
      guards: [{ id: 'GET /a 404', reply: { status: 404 }, provenance: 'pooled' }],
      cases: [{ id: 'GET /a 200', reply: { status: 200 } }],
    },
  ],
  errors: [{ id: 'unknown-path', reply: { status: 404 } }],
});
const right = judgement({ id: 'a', route: 'GET /a', status: 200 });
const wrong = judgement({
  id: 'b',
  route: 'GET /a',
  status: 200,
  differences: [{ path: '$', expected: '1', actual: '2' }],
});

describe('the evidence of rules', () => {
  const lines = evidenceLines(model, [{ rule: 'GET /a 200', support: 2, examples: ['a', 'b'] }], {
    replayed: [],
    bySession: [right, wrong],
    heldOut: [wrong],
    folds: 1,
  });

  it('has a line for every rule in the order of the model, also for those learnt elsewhere', () => {
    expect(lines).toEqual([
      {
        service: 'api.example',
        rule: 'GET /a 404',
        support: 0,
        examples: [],
        replayed: { exchanges: 0, right: 0 },
        held_out: { exchanges: 0, right: 0 },
      },
      {
        service: 'api.example',
        rule: 'GET /a 200',
        support: 2,
        examples: ['a', 'b'],
        replayed: { exchanges: 2, right: 1 },
        held_out: { exchanges: 1, right: 0 },
      },
      expect.objectContaining({ rule: 'unknown-path', support: 0 }),
    ]);
  });

  it('is one JSON text a line, and read back', () => {
    const text = printEvidence(lines);
    expect(text.split('\n')).toHaveLength(lines.length + 1);
    expect(parseEvidence(text)).toEqual(lines);
  });

  it('is read past what somebody else wrote into it', () => {
    const spoiled = `${printEvidence(lines)}\nnot JSON\n{"rule":"x"}\n[]\n`;
    expect(parseEvidence(spoiled)).toEqual(lines);
  });
});
