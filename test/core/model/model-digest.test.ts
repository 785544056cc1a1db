import { describe, expect, it } from 'vitest';
import { modelDigest } from '../../../src/core/model/model-digest.ts';
import type { CloneModel, Service } from '../../../src/core/model/clone-model.ts';
import { sampleModel } from '../../support/sample-model.ts';

function changed(change: (service: Service) => Service): CloneModel {
  return { ...sampleModel, services: sampleModel.services.map(change) };
}

describe('the digest of a model', () => {
  it('is pinned: a change of it is a change of every log', () => {
    expect(modelDigest(sampleModel)).toBe('693bb816b09f7456dfb695299196deb6bd902de863fb7e73ab47c1b83b7c8b68');
  });

  it('does not depend on the order of routes', () => {
    expect(modelDigest(changed((service) => ({ ...service, routes: [...service.routes].reverse() })))).toBe(
      modelDigest(sampleModel),
    );
  });

  it.each<[string, CloneModel]>([
    ['the clock', { ...sampleModel, clock: { ...sampleModel.clock, stepMs: 1001 } }],
    ['a seed entity', changed((service) => ({ ...service, seed: { Note: [{ id: 1 }] } }))],
    [
      'the order of seed entities',
      changed((service) => ({ ...service, seed: { Note: [...(service.seed['Note'] ?? [])].reverse() } })),
    ],
    [
      'an expression',
      changed((service) => ({ ...service, errors: [{ id: 'unknown-path', when: 'true', reply: { status: 404 } }] })),
    ],
    [
      'the order of keys in a template',
      changed((service) => ({
        ...service,
        errors: [
          { id: 'unknown-path', reply: { status: 404, body: { $literal: { code: 4.5, message: 'Not Found' } } } },
        ],
      })),
    ],
  ])('changes with %s', (_what, model) => {
    expect(modelDigest(model)).not.toBe(modelDigest(sampleModel));
  });
});
