import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createLoopGuard } from '../../src/proxy/loop-guard.ts';
import { ask, startRawUpstream, startRecorder, startUpstream } from '../support/recorder.ts';

describe('a guard against loops', () => {
  it('says nothing of a recorder until very many equal requests are under way', () => {
    const guard = createLoopGuard();
    const entered = Array.from({ length: 63 }, () => guard.enter('GET /a', undefined));
    expect(entered.every(({ hops }) => hops === undefined)).toBe(true);
    expect(guard.enter('GET /b', undefined).hops).toBeUndefined();
    const { hops } = guard.enter('GET /a', 'another');
    expect(guard.hasPassed(hops)).toBe(true);
    expect(hops).toMatch(/^another, /);
    expect(createLoopGuard().hasPassed(hops)).toBe(false);
    expect(guard.hasPassed('another')).toBe(false);
    expect(guard.hasPassed(undefined)).toBe(false);
  });

  it('forgets requests that are over, once each', () => {
    const guard = createLoopGuard();
    const entered = Array.from({ length: 63 }, () => guard.enter('GET /a', undefined));
    entered[0]?.leave();
    entered[0]?.leave();
    expect(guard.enter('GET /a', undefined).hops).toBeUndefined();
    expect(guard.enter('GET /a', undefined).hops).toBeDefined();
  });
});

/** Another address of whatever listens at an origin, which may not be known yet. */
async function startAlias(of: () => string): Promise<string> {
  return startRawUpstream((socket) => {
    const onward = connect(Number(new URL(of()).port), '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket
      .on('close', () => onward.destroy())
      .pipe(onward)
      .pipe(socket);
  });
}

describe('a recorder in front of itself', () => {
  it('under another address says so in the end, and records what it passed on', async () => {
    let own = '';
    const recorder = await startRecorder({ reverse: await startAlias(() => own) });
    own = recorder.origin;
    const answer = await ask(`${own}/round`);
    expect([answer.status, answer.headers['mynah-error']]).toEqual([508, 'ERR_PROXY_LOOP']);
    const { exchanges } = await recorder.finish();
    expect(exchanges).toHaveLength(64);
    expect(JSON.stringify(exchanges.map(({ request }) => request))).not.toContain('mynah-hops');
  });

  it('in a ring with another recorder says so, too', async () => {
    let own = '';
    const other = await startRecorder({ reverse: await startAlias(() => own) });
    own = (await startRecorder({ reverse: other.origin })).origin;
    const answer = await ask(`${own}/round`, { method: 'POST', body: 'x' });
    expect([answer.status, answer.headers['mynah-error']]).toEqual([508, 'ERR_PROXY_LOOP']);
  });

  it('asks a WebSocket of itself no more often', async () => {
    let own = '';
    own = (await startRecorder({ reverse: await startAlias(() => own) })).origin;
    const socket = connect(Number(new URL(own).port), '127.0.0.1');
    socket.write(
      'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n',
    );
    socket.write('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(String(first)).toMatch(/^HTTP\/1\.1 508 /);
    socket.destroy();
  });
});

it('what many clients ask at once is answered to all of them', async () => {
  const waiting: (() => void)[] = [];
  const reverse = await startUpstream((_request, response) => {
    waiting.push(() => response.end('fine'));
    if (waiting.length === 100) for (const answer of waiting) answer();
  });
  const recorder = await startRecorder({ reverse });
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask(recorder.origin)));
  expect(answers.every(({ text }) => text === 'fine')).toBe(true);
});
