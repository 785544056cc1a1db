import { describe, expect, it } from 'vitest';
import { modelDigest } from '../../../src/core/model/model-digest.ts';
import type { Service } from '../../../src/core/model/clone-model.ts';
import { initialWorld, loadModel, worldEntities } from '../../../src/core/runtime/step.ts';
import { failureOf } from '../../support/failure.ts';
import { sampleModel } from '../../support/sample-model.ts';
import { smallModel } from '../../support/small-clone.ts';

const user: Service['entities'][number] = { name: 'User', key: ['login'], views: {} };

describe('a loaded model', () => {
  it('is named by the digest of its model', () => {
    expect(loadModel(sampleModel).digest).toBe(modelDigest(sampleModel));
  });

  it('finds keys that pass through references to what stands later in the seed', () => {
    const model = smallModel({
      entities: [
        { name: 'Issue', key: ['repo.owner.login', 'repo.name', 'number'], views: {} },
        { name: 'Repo', key: ['owner.login', 'name'], views: {} },
        user,
      ],
      seed: {
        Issue: [{ number: 1, repo: { $ref: 'Repo', key: 'ada/r' } }],
        Repo: [{ name: 'r', owner: { $ref: 'User', key: 'ada' } }],
        User: [{ login: 'ada' }],
      },
    });
    const loaded = loadModel(model);
    expect(loaded.start.stores.map((store) => [...store.byKey.keys()])).toEqual([['ada/r/1'], ['ada/r'], ['ada']]);
    expect(worldEntities(loaded, initialWorld(loaded, 1))['Issue']).toHaveLength(1);
  });

  it.each<[string, Partial<Service>, string, RegExp]>([
    [
      'a bad expression',
      { routes: [route({ when: 'a ==' })] },
      'ERR_EXPRESSION_SYNTAX',
      /^rule r\/1, when: .*line 1, column/,
    ],
    [
      'a bad template',
      { entities: [{ ...user, views: { full: { $each: 'it', as: 'x' } } }] },
      'ERR_TEMPLATE_SHAPE',
      /^entity type User, view full: /,
    ],
    [
      'an unknown type',
      { routes: [route({ query: { type: 'Nope' } })] },
      'ERR_MODEL_NAME',
      /^rule r\/1, query: .*Nope \(there are: User\)/,
    ],
    ['a bad path', { routes: [{ ...route({}), path: '/{' }] }, 'ERR_ROUTE_PATH', /./],
    [
      'one entity twice',
      { seed: { User: [{ login: 'ada' }, { login: 'ada' }] } },
      'ERR_MODEL_SEED',
      /User has two entities with the key "ada"/,
    ],
  ])('is not made from %s', (_what, service, code, message) => {
    const failure = failureOf(() => loadModel(smallModel({ entities: [user], ...service })));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });
});

function route(rule: Partial<Service['routes'][number]['cases'][number]>): Service['routes'][number] {
  return { id: 'r', method: 'GET', path: '/', cases: [{ id: 'r/1', reply: { status: 200 }, ...rule }] };
}
