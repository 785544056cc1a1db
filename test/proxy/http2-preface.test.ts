import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { isPreface } from '../../src/proxy/http2-preface.ts';
import { ask, startRecorder, startUpstream } from '../support/recorder.ts';

it.each([
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', true],
  ['PRI * H', true],
  ['PRI * HTTP/1.1\r\n', false],
  ['PRINT / HTTP/1.1\r\n', false],
  ['P', false],
])('%j is the beginning of HTTP/2: %s', (beginning, expected) => {
  expect(isPreface(Buffer.from(beginning))).toBe(expected);
});

it('a listener that speaks HTTP/2 serves HTTP/1.1 as before, also to clients that begin slowly or not at all', async () => {
  const reverse = await startUpstream((_request, response) => response.end('hello'));
  const recorder = await startRecorder({ reverse });
  const port = Number(new URL(recorder.origin).port);
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  silent.end();
  const slow = connect(port, '127.0.0.1');
  for (const part of ['GE', 'T / HT', 'TP/1.1\r\nHost: x\r\n', '\r\n']) {
    slow.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(String((await once(slow, 'data'))[0])).toContain('200 OK');
  slow.destroy();
  expect((await ask(recorder.origin)).text).toBe('hello');
});
