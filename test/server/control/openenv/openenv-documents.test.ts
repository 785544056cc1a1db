import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  openApiOf,
  openEnvMetadata,
  OPENENV_SCHEMAS,
} from '../../../../src/server/control/openenv/openenv-documents.ts';
import { OpenEnvSession } from '../../../../src/server/control/openenv/openenv-session.ts';
import { testServer } from '../../../support/environment-client.ts';
import { notesEnvironment } from '../../../support/notes-clone.ts';

const schema = (name: string) => z.fromJSONSchema(OPENENV_SCHEMAS[name] as Parameters<typeof z.fromJSONSchema>[0]);

describe('the documents of an OpenEnv server', () => {
  it('have schemas that its observations and states fit', async () => {
    const { registry } = await testServer();
    const session = new OpenEnvSession(registry, '');
    const begun = await session.reset({});
    const { observation } = await session.step({ method: 'GET', path: '/notes/1' });
    for (const one of [begun.observation, observation])
      expect(schema('observation').safeParse(one).error).toBeUndefined();
    expect(schema('state').safeParse(session.state()).error).toBeUndefined();
    expect(schema('action').safeParse({ path: '/' }).success).toBe(false);
  });

  it('keep observations free of the keys by which clients know tool results', () => {
    const { properties } = OPENENV_SCHEMAS['observation'] as { properties: object };
    expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(['tools']));
    expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(['tool_name']));
  });

  it('name the clone and its version', () => {
    const environment = notesEnvironment();
    expect(openEnvMetadata(environment)).toMatchObject({
      name: 'notes',
      version: environment.loaded.digest.slice(0, 12),
    });
  });

  it('list every method of a path', () => {
    expect(openApiOf(['GET /a', 'POST /a', 'GET /b'])['paths']).toMatchObject({
      '/a': { get: {}, post: {} },
      '/b': { get: {} },
    });
  });
});
