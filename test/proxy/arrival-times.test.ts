import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalTimes } from '../../src/proxy/arrival-times.ts';

/** Arrivals of chunks, one a millisecond. */
function timesOf(contentType: string, chunks: readonly (string | Buffer)[]): readonly number[] | undefined {
  let now = 0;
  const arrivals = arrivalTimes([['content-type', contentType]], () => now);
  for (const chunk of chunks) {
    arrivals?.add(Buffer.from(chunk));
    now++;
  }
  return arrivals?.times;
}

function message(length: number): Buffer {
  const bytes = Buffer.alloc(5 + length, 'm');
  bytes.writeUInt8(0, 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

describe('when the units of a streamed body arrive', () => {
  it('is noted for each event that is whole, whatever ends its lines', () => {
    expect(timesOf('text/event-stream', ['data: 1\n\ndata:', ' 2\n', '\n', ': ping\r\n\r\n\r\n', 'data: cut'])).toEqual(
      [0, 2, 3],
    );
    expect(timesOf('text/event-stream; charset=utf-8', ['a\r', '\n\r', '\nb\r\rc'])).toEqual([1, 2]);
  });

  it('is noted for each line of NDJSON and each message of gRPC', () => {
    expect(timesOf('application/x-ndjson', ['{}\n{}', '\n{}\n'])).toEqual([0, 1, 1]);
    const [one, none, two] = [message(3), message(0), message(300)];
    const chunks = [Buffer.concat([one, none]), two.subarray(0, 3), two.subarray(3, 200), two.subarray(200)];
    expect(timesOf('application/grpc+proto', chunks)).toEqual([0, 0, 3]);
  });

  it('does not depend on where chunks are cut', () => {
    const events = 'event: a\r\ndata: 1\r\n\r\ndata: 2\n\n\n:c\n\n';
    const messages = Buffer.concat([message(7), message(0), message(40)]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (size) => {
        const cut = (bytes: Buffer) =>
          Array.from({ length: Math.ceil(bytes.length / size) }, (_none, n) =>
            bytes.subarray(n * size, (n + 1) * size),
          );
        expect(timesOf('text/event-stream', cut(Buffer.from(events)))).toHaveLength(3);
        expect(timesOf('application/grpc', cut(messages))).toHaveLength(3);
      }),
    );
  });

  it('is not noted for other bodies, nor where an encoding hides the units', () => {
    expect(timesOf('application/json', ['{}\n'])).toBeUndefined();
    expect(
      arrivalTimes(
        [
          ['content-type', 'text/event-stream'],
          ['content-encoding', 'gzip'],
        ],
        () => 0,
      ),
    ).toBeUndefined();
  });
});
