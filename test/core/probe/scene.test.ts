import { describe, expect, it } from 'vitest';
import {
  sceneHost,
  sceneScope,
  SCENE_FUNCTIONS,
  SCENE_VARIABLES,
  setEarnings,
  type Scene,
} from '../../../src/core/probe/scene.ts';

const scene: Scene = { before: () => ({}), after: () => ({ Note: [{ id: 1 }] }), changes: [], time: 0, steps: 1 };

describe('a scene', () => {
  it('has a value or a missing one under every name that probes may use, and under no other', () => {
    const scope = sceneScope(scene);
    setEarnings(scope, { total: 1, rewards: {}, fired: {} });
    expect(Object.keys(scope).sort()).toEqual([...SCENE_VARIABLES].sort());
  });

  it('computes what is costly once, when it is read', () => {
    let reads = 0;
    const scope = sceneScope({ ...scene, after: () => ({ Note: [{ id: ++reads }] }) });
    expect(reads).toBe(0);
    expect([scope['after'], scope['after']]).toEqual([{ Note: [{ id: 1 }] }, { Note: [{ id: 1 }] }]);
  });

  it('answers the functions that probes may call, and no other', () => {
    const host = sceneHost(scene);
    expect(SCENE_FUNCTIONS.map((name) => host.has(name))).toEqual([true, true]);
    expect(host.has('gen')).toBe(false);
    expect(host.call('rows', ['Note'])).toEqual([{ id: 1 }]);
    expect(host.call('rows', ['Other'])).toBeUndefined();
    expect(host.call('rows', [3])).toBeUndefined();
  });

  it('says of every change what kind it is', () => {
    const kinds = sceneScope({
      ...scene,
      changes: [
        { type: 'A', key: '1', after: {} },
        { type: 'A', key: '2', before: {}, after: {} },
        { type: 'A', key: '3', before: {} },
      ],
    })['changes'];
    expect((kinds as unknown as { kind: string }[]).map(({ kind }) => kind)).toEqual(['created', 'changed', 'deleted']);
  });
});
