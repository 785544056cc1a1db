import { describe, expect, it } from 'vitest';
import type { ClonedAnswer, ClonedApi } from '../../../src/server/agent/cloned-api.ts';
import { callTool, listedTools } from '../../../src/server/agent/tool-caller.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

function apiOf(answer: ClonedAnswer): ClonedApi & { readonly asked: unknown[] } {
  const environment = notesEnvironment();
  const asked: unknown[] = [];
  return {
    asked,
    services: environment.loaded.model.services,
    tools: environment.tools,
    answer: (episode, request) => {
      asked.push([episode, request]);
      return Promise.resolve(answer);
    },
  };
}

const answer: ClonedAnswer = { kind: 'answer', response: { status: 200, headers: [], body: { text: '[]' } } };

describe('calling a tool', () => {
  it('asks the episode, for the first principal whose credential was recorded', async () => {
    const api = apiOf(answer);
    expect(await callTool(api, 'e', 'get_notes', undefined, {})).toMatchObject({ result: { isError: false } });
    expect(api.asked).toMatchObject([['e', { target: '/notes', headers: [['authorization', 'Bearer pseudonym-1']] }]]);
  });

  it('lets the caller say who it is, and passes its trace on, but nothing else', async () => {
    const api = apiOf(answer);
    const sent = { authorization: 'mine', traceparent: '00-1', 'x-other': 'y' };
    await callTool(api, 'e', 'get_notes', {}, sent);
    expect((api.asked as [string, { headers: unknown }][])[0]?.[1].headers).toEqual([
      ['authorization', 'mine'],
      ['traceparent', '00-1'],
    ]);
  });

  it('says why there is no answer', async () => {
    expect(await callTool(apiOf({ kind: 'finished' }), 'e', 'get_notes', {}, {})).toEqual({ refusal: 'finished' });
    expect(await callTool(apiOf(answer), 'e', 'nope', {}, {})).toEqual({ refusal: 'no-tool' });
  });

  it('asks nothing where the arguments are wrong', async () => {
    const api = apiOf(answer);
    expect(await callTool(api, 'e', 'get_notes', { x: 1 }, {})).toMatchObject({ result: { isError: true } });
    expect(await callTool(api, 'e', 'get_notes', { headers: { 'a b': 'c' } }, {})).toMatchObject({
      result: { isError: true },
    });
    expect(api.asked).toEqual([]);
  });

  it('tells what may be asked without doing anything', () => {
    expect(listedTools(apiOf(answer)).map(({ annotations }) => annotations)).toMatchObject([
      { readOnlyHint: true },
      { destructiveHint: false, idempotentHint: false },
      { destructiveHint: true, idempotentHint: true },
      { readOnlyHint: true },
    ]);
  });
});
