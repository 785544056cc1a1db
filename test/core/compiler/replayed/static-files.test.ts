import { describe, expect, it } from 'vitest';
import type { Header } from '../../../../src/core/exchange/exchange.ts';
import { bodyOf, cloneOf, PAGE, SCRIPT, type Part } from '../../../support/written-exchanges.ts';

describe('static files', () => {
  it('are replayed by content, whatever the query, with the headers that belong to them', () => {
    const client = cloneOf([
      { ask: 'GET /app.js?v=1', headers: SCRIPT, text: 'go()\n' },
      { ask: 'GET /logo', headers: { 'content-type': 'image/png' }, base64: 'AAEC' },
    ]);
    expect(bodyOf(client, '/app.js')).toEqual([200, 'go()\n', 'replayed']);
    expect(bodyOf(client, '/logo')).toEqual([200, 'AAEC', 'replayed']);
    expect(client.get('/app.js').headers).toEqual({ 'content-type': 'text/javascript', etag: '"v1"' });
  });

  it('are said to be unchanged to who has them, where the service ever said so of one', () => {
    const script: Part = { ask: 'GET /app.js', headers: SCRIPT, text: 'go()' };
    const other: Part = { ask: 'GET /b.css', headers: { 'content-type': 'text/css', etag: '"b"' }, text: 'b{}' };
    const unchanged: Part = {
      ask: 'GET /app.js',
      status: 304,
      sent: [['if-none-match', '"v1"']],
      headers: { etag: '"v1"' },
    };
    const client = cloneOf([script, other, unchanged]);
    expect(bodyOf(client, '/app.js', [['if-none-match', '"v1"']])).toEqual([304, undefined, 'replayed']);
    expect(bodyOf(client, '/b.css', [['if-none-match', '"b"']])).toEqual([304, undefined, 'pooled']);
    expect(bodyOf(client, '/app.js', [['if-none-match', '"v0"']])[0]).toBe(200);
    expect(bodyOf(cloneOf([script, other]), '/app.js', [['if-none-match', '"v1"']])[0]).toBe(200);
  });

  it('are not what differs from call to call, what is written to, and what is JSON', () => {
    const client = cloneOf([
      { ask: 'GET /now', headers: PAGE, text: '<b>1</b>' },
      { ask: 'GET /now', headers: PAGE, text: '<b>2</b>' },
      { ask: 'PUT /note', headers: PAGE, text: 'ok' },
      { ask: 'GET /note', headers: PAGE, text: '<i>x</i>' },
      { ask: 'GET /data', headers: { 'content-type': 'application/json' }, text: '{"a":1}' },
    ]);
    const replayed = ['/now', '/note', '/data'].filter((path) => bodyOf(client, path)[2] === 'replayed');
    expect(replayed).toEqual([]);
  });

  it('of a page that stood at several addresses stand at every address that a browser asks for', () => {
    const page: Part = { ask: 'GET /', headers: PAGE, text: '<html>' };
    const accept: readonly Header[] = [['accept', 'text/html,*/*']];
    const several = cloneOf([page, { ...page, ask: 'GET /notes/1' }]);
    expect(bodyOf(several, '/notes/77', accept)).toEqual([200, '<html>', 'pooled']);
    expect(bodyOf(several, '/notes/77')[2]).toBe('unknown');
    expect(bodyOf(cloneOf([page]), '/notes/77', accept)[2]).toBe('unknown');
  });
});
