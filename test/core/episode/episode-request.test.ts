import { describe, expect, it } from 'vitest';
import { episodeRequest } from '../../../src/core/episode/episode-request.ts';

describe('the request of an episode', () => {
  it('names the original as its host, before all other headers, in lower case', () => {
    const { request } = episodeRequest({
      origin: 'https://api.example:8443',
      method: 'get',
      target: '/',
      headers: [
        ['Accept', 'X'],
        ['HOST', '127.0.0.1'],
      ],
    });
    expect(request).toEqual({
      origin: 'https://api.example:8443',
      method: 'GET',
      target: '/',
      headers: [
        ['host', 'api.example:8443'],
        ['accept', 'X'],
      ],
    });
  });

  it('leaves out what frames the message or is for Mynah', () => {
    const headers = ['connection', 'content-length', 'transfer-encoding', 'expect', 'mynah-episode'].map(
      (name) => [name, 'x'] as const,
    );
    expect(episodeRequest({ origin: 'http://a', method: 'GET', target: '/', headers }).request.headers).toEqual([
      ['host', 'a'],
    ]);
  });

  it('keeps the trace beside the request', () => {
    const traced = episodeRequest({
      origin: 'http://a',
      method: 'GET',
      target: '/',
      headers: [['traceparent', '00-1']],
    });
    expect(traced).toMatchObject({ traceparent: '00-1', request: { headers: [['host', 'a']] } });
  });
});
