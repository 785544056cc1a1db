import { describe, expect, it } from 'vitest';
import type { SocketMessage } from '../../src/core/exchange/exchange.ts';
import { createMessageRecorder, type MessageRecorderOptions } from '../../src/proxy/message-recorder.ts';
import { bodyFromBytes } from '../../src/store/body-bytes.ts';

function recorderWith(options: Partial<MessageRecorderOptions> = {}) {
  const kept: [string, number, SocketMessage, unknown][] = [];
  const lost: string[] = [];
  const begin = createMessageRecorder({
    sink: { appendMessage: async (...row) => void kept.push(row) },
    bodyOf: bodyFromBytes,
    redact: (message) => ({ message, counts: { email: 1 } }),
    bodyMax: 4,
    now: () => 7,
    onLost: (id, error) => void lost.push(`${id} ${(error as Error).message}`),
    ...options,
  });
  return { begin, kept, lost };
}

describe('a recorder of messages', () => {
  it('numbers the messages of each connection, and keeps what is left of long ones', async () => {
    const { begin, kept } = recorderWith();
    const [one, other] = [begin('1.1'), begin('1.2')];
    await one.keep('client', 1, Buffer.from('abcd'));
    await other.keep('client', 1, Buffer.alloc(0));
    await one.keep('server', 2, Buffer.from('abcde'));
    const truncated = { length: 5, sha256: expect.stringMatching(/^36bbe50e/) };
    expect(kept).toEqual([
      ['1.1', 1, { sender: 'client', at: 7, opcode: 1, body: { text: 'abcd' } }, { email: 1 }],
      ['1.2', 1, { sender: 'client', at: 7, opcode: 1 }, { email: 1 }],
      ['1.1', 2, { sender: 'server', at: 7, opcode: 2, truncated }, { email: 1 }],
    ]);
  });

  it('tells of what it could not keep, and goes on', async () => {
    const { begin, lost } = recorderWith({ sink: { appendMessage: () => Promise.reject(new Error('full')) } });
    const connection = begin('1.1');
    await connection.keep('client', 1, Buffer.from('a'));
    connection.lose(new Error('no frame'));
    expect(lost).toEqual(['1.1 full', '1.1 no frame']);
  });
});
