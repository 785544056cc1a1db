import { describe, expect, it } from 'vitest';
import { resetEpisode, stepEpisode } from '../../../src/core/episode/episode.ts';
import { openEnvironment } from '../../../src/core/episode/environment.ts';
import { replayLog } from '../../../src/core/episode/replay.ts';
import type { Rule } from '../../../src/core/model/clone-model.ts';
import { loadModel } from '../../../src/core/runtime/step.ts';
import { SMALL_ORIGIN, smallModel } from '../../support/small-clone.ts';

const reply = (status: number): Rule['reply'] => ({ status, body: { id: 'body.id' } });
const cases: Rule[] = [
  { id: 'far', when: 'body.a == 1 && body.b == 1 && body.c == 1', reply: reply(200) },
  {
    id: 'near',
    when: 'body.a == 1 && body.b == 2 && body.c == 3',
    effects: [{ kind: 'create', type: 'Thing', as: 'made', set: { id: 'body.id' } }],
    reply: reply(201),
  },
];
const model = smallModel({
  entities: [{ name: 'Thing', key: ['id'], views: {} }],
  routes: [{ id: 'root', method: 'POST', path: '/', cases }],
});

/** A route whose binding cannot be told, because it asks an extern that is not enabled. */
const unbindable = smallModel({
  entities: [{ name: 'Thing', key: ['id'], views: {} }],
  routes: [
    {
      id: 'root',
      method: 'POST',
      path: '/',
      bindings: [{ name: 'thing', type: 'Thing', key: ["extern('unlent')"] }],
      cases: [{ id: 'only', reply: reply(200) }],
    },
  ],
});

function ask(onUnknown: 'nearest' | 'continue', target = '/', asked = model) {
  const environment = openEnvironment(loadModel(asked), new Map(), onUnknown);
  const episode = resetEpisode(environment);
  const request = {
    origin: SMALL_ORIGIN,
    method: 'POST',
    target,
    headers: [],
    body: { text: '{"id":"x","a":1,"b":2}' },
  };
  const { line } = stepEpisode(episode, request);
  return { line, replay: replayLog(environment, { header: episode.header, steps: [line] }) };
}

describe('the nearest answer to what the model does not know', () => {
  it('is that of the rule most of which holds, without what it does, and known to be none', () => {
    const { line, replay } = ask('nearest');
    expect(line).toMatchObject({
      response: { status: 201, body: { text: '{"id":"x"}' } },
      provenance: 'unknown',
      unknown: 'no rule of route root holds for this request; answered as near, the nearest',
      rules: ['near'],
      truncated: false,
      changes: [],
    });
    expect(replay.difference).toBeUndefined();
  });

  it('is given only where it is asked for, and where a route matches', () => {
    expect(ask('continue').line.response.status).toBe(501);
    expect(ask('nearest', '/elsewhere').line.response.status).toBe(501);
  });

  it('is not there where not even the entities that it is about can be told', () => {
    expect(ask('nearest', '/', unbindable).line).toMatchObject({ response: { status: 501 }, provenance: 'unknown' });
  });
});
