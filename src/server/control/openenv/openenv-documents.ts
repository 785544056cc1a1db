// What an OpenEnv server says about itself: names, schemas of action, observation and state, and its paths.
import type { Environment } from '../../../core/episode/environment.ts';
import type { JsonObject } from '../../../core/std/json.ts';

const anything = {};
const text = { type: 'string' };

export const OPENENV_SCHEMAS: JsonObject = {
  action: {
    title: 'HttpAction',
    description: 'One request to the cloned API; or { answer }, which ends the episode.',
    type: 'object',
    properties: {
      method: text,
      path: text,
      query: { type: 'object' },
      headers: { type: 'object' },
      body: anything,
      service: text,
      answer: anything,
      metadata: { type: 'object' },
    },
    required: ['method', 'path'],
  },
  observation: {
    title: 'HttpObservation',
    type: 'object',
    properties: {
      status: { type: 'integer', description: '0 before the first step' },
      headers: { type: 'object' },
      body: anything,
      metadata: {
        type: 'object',
        properties: {
          terminated: { type: 'boolean' },
          truncated: { type: 'boolean' },
          truncation_reason: text,
          step: { type: 'integer' },
        },
      },
      reward: { type: ['boolean', 'integer', 'number', 'null'] },
      done: { type: 'boolean' },
    },
    required: ['status', 'headers', 'body'],
  },
  state: {
    title: 'State',
    type: 'object',
    properties: { episode_id: { type: ['string', 'null'] }, step_count: { type: 'integer' } },
    additionalProperties: true,
  },
};

export function openEnvMetadata({ loaded: { model, digest } }: Environment): JsonObject {
  const names = model.services.map(({ name }) => name).join(', ');
  return {
    name: names,
    description: `A deterministic clone of ${names}`,
    readme_content: null,
    version: digest.slice(0, 12),
    author: null,
    documentation_url: null,
  };
}

/** @param paths method and path of each call */
export function openApiOf(paths: readonly string[]): JsonObject {
  const items: Record<string, JsonObject> = {};
  for (const id of paths) {
    const [method = '', path = ''] = id.split(' ');
    items[path] = { ...items[path], [method.toLowerCase()]: { responses: { '200': { description: 'OK' } } } };
  }
  return { openapi: '3.1.0', info: { title: 'OpenEnv Environment HTTP API', version: '1.0.0' }, paths: items };
}
