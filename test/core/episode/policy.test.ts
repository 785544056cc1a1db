import { describe, expect, it } from 'vitest';
import { eachAction, materialOf, randomActions, refusedActions } from '../../../src/core/episode/policy.ts';
import { requestOfAction } from '../../../src/core/episode/action.ts';
import { initialWorld, step, worldEntities } from '../../../src/core/runtime/step.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

const { loaded, tools } = notesEnvironment();
const { services } = loaded.model;
const start = initialWorld(loaded, 1);
const material = materialOf(tools(), services, worldEntities(loaded, start) as never);

describe('policies that need no agent', () => {
  it('send requests that can be sent, with values of the world among them', () => {
    const actions = [...eachAction(material, 1), ...randomActions(material, 1, 60)];
    const statuses = actions.map((action) => step(loaded, start, requestOfAction(action, services)).response.status);
    expect(actions).toHaveLength(64);
    expect(new Set(statuses)).toEqual(expect.objectContaining(new Set([200, 201, 204, 404])));
  });

  it('differ by seed and by nothing else', () => {
    expect(randomActions(material, 1, 20)).toEqual(randomActions(material, 1, 20));
    expect(randomActions(material, 1, 20)).not.toEqual(randomActions(material, 2, 20));
    expect(randomActions({ ...material, tools: [] }, 1, 20)).toEqual([]);
  });

  it('know requests that are all refused', () => {
    const statuses = refusedActions(8).map(
      (action) => step(loaded, start, requestOfAction(action, services)).response.status,
    );
    expect(statuses.every((status) => status >= 400)).toBe(true);
  });
});
