import { describe, expect, it } from 'vitest';
import { createSocketMessageReader } from '../../src/proxy/socket-messages.ts';

function readerOf(sender: 'client' | 'server', extensions?: string) {
  const seen: [number, string][] = [];
  const unreadable: string[] = [];
  let release: () => void = () => undefined;
  const reader = createSocketMessageReader({
    sender,
    extensions,
    messageMax: 100,
    onMessage: (opcode, payload) => {
      seen.push([opcode, payload.toString()]);
      return new Promise((resolve) => (release = resolve));
    },
    onUnreadable: (error) => void unreadable.push(error.message),
  });
  return { reader, seen, unreadable, release: () => release() };
}

const frame = (opcode: number, text: string, fin = true) =>
  Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode, text.length]), Buffer.from(text)]);

describe('a reader of messages', () => {
  it('lets bytes go on once the message that ends in them may', async () => {
    const { reader, seen, release } = readerOf('server');
    await reader.read(frame(1, 'on', false));
    expect(seen).toEqual([]);
    let done = false;
    const reading = reader.read(frame(0, 'ce')).then(() => (done = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([seen, done]).toEqual([[[1, 'once']], false]);
    release();
    await reading;
    reader.close();
  });

  it('undoes masks, and leaves the bytes as they are', async () => {
    const { reader, seen, release } = readerOf('client');
    const masked = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]);
    const before = Buffer.from(masked);
    const reading = reader.read(masked);
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await reading;
    expect([seen, masked.equals(before)]).toEqual([[[1, 'hi']], true]);
  });

  it('tells of a close without a code', async () => {
    const { reader, seen, release } = readerOf('server');
    const reading = reader.read(frame(8, ''));
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await reading;
    await reader.read(frame(1, 'nothing follows a close'));
    expect(seen).toEqual([[8, '']]);
  });

  it.each([
    ['is too long', undefined, frame(1, 'x'.repeat(101)), /Max payload size exceeded/],
    ['is no frame', undefined, Buffer.from([0x7f, 0x00]), /RSV2 and RSV3/],
    ['is compressed in a way that was not agreed', 'permessage-deflate; x=1', Buffer.from([0xc1, 0x00]), /RSV1/],
    ['is compressed and damaged', 'permessage-deflate', Buffer.from([0xc1, 0x02, 0xff, 0xff]), /invalid|incorrect/],
  ])('says once that what %s cannot be read, and lets it go on', async (_what, extensions, bytes, message) => {
    const { reader, unreadable } = readerOf('server', extensions);
    await reader.read(bytes);
    await reader.read(frame(1, 'more'));
    expect(unreadable).toEqual([expect.stringMatching(message)]);
    reader.close();
  });
});
