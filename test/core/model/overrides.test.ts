import { describe, expect, it } from 'vitest';
import { applyOverrides } from '../../../src/core/model/overrides.ts';
import type { CloneModel, Rule } from '../../../src/core/model/clone-model.ts';
import { failureOf } from '../../support/failure.ts';
import { sampleModel } from '../../support/sample-model.ts';

const overriding = (...texts: string[]): CloneModel =>
  applyOverrides(sampleModel, new Map(texts.map((text, index) => [`overrides/${index}.yaml`, text])));

function ruleOf(model: CloneModel, id: string): Rule | undefined {
  const rules = model.services.flatMap(({ routes, errors }) => [
    ...routes.flatMap((route) => [...(route.guards ?? []), ...route.cases]),
    ...errors,
  ]);
  return rules.find((rule) => rule.id === id);
}

describe('overrides', () => {
  it('lay their members over the compiled rule and leave the others', () => {
    const model = overriding('- rule: notes.get/missing\n  reply: { status: 410 }\n  locked: true\n');
    expect(ruleOf(model, 'notes.get/missing')).toEqual({
      id: 'notes.get/missing',
      when: '!has(note)',
      reply: { status: 410 },
      provenance: 'pooled',
      locked: true,
    });
    expect(ruleOf(model, 'notes.get/ok')).toEqual(ruleOf(sampleModel, 'notes.get/ok'));
  });

  it('reach API-wide answers too', () => {
    expect(ruleOf(overriding('- rule: unknown-path\n  reply: { status: 418 }\n'), 'unknown-path')?.reply).toEqual({
      status: 418,
    });
  });

  it('apply in order of file name, the later one over the earlier', () => {
    const model = overriding(
      '- rule: unknown-path\n  when: "1 == 1"\n  reply: { status: 418 }\n',
      '- rule: unknown-path\n  reply: { status: 400 }\n',
    );
    expect(ruleOf(model, 'unknown-path')).toEqual({ id: 'unknown-path', when: '1 == 1', reply: { status: 400 } });
  });

  it('leave the model itself when there are none, or only empty files', () => {
    expect(overriding()).toBe(sampleModel);
    expect(overriding('# nothing yet\n')).toBe(sampleModel);
  });

  it.each([
    ['a rule that no route has', '\n- rule: notes.nothing\n  locked: true\n', 2, 'notes.nothing'],
    ['an unknown key', '- rule: unknown-path\n  lock: true\n', 2, 'unknown key lock'],
    ['an expression that does not parse', '- rule: unknown-path\n  when: "a &&"\n', 2, 'does not parse'],
    ['a mapping where a list belongs', 'rule: unknown-path\n', 1, 'array'],
    ['a service that does not have the rule', '- rule: unknown-path\n  service: other\n', 1, 'unknown-path'],
  ])('%s is refused with file and line', (_what, text, line, message) => {
    const failure = failureOf(() => overriding(text));
    expect(failure.code).toBe('ERR_CLONE_FILE');
    expect(failure.details).toMatchObject({ file: 'overrides/0.yaml', line });
    expect(failure.message).toContain(message);
  });

  it('must name the service when several have a rule of that id', () => {
    const [notes] = sampleModel.services;
    if (notes === undefined) throw new Error('the sample has one service');
    const twice: CloneModel = { ...sampleModel, services: [notes, { ...notes, name: 'archive' }] };
    const files = (text: string): Map<string, string> => new Map([['overrides/a.yaml', text]]);
    const failure = failureOf(() => applyOverrides(twice, files('- rule: unknown-path\n  locked: true\n')));
    expect(failure.message).toContain('notes, archive');
    const model = applyOverrides(twice, files('- rule: unknown-path\n  service: archive\n  locked: true\n'));
    expect(model.services.map(({ errors }) => errors[0]?.locked)).toEqual([undefined, true]);
  });
});
