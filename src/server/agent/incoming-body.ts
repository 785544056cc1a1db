// Reads the body of an incoming request, within a limit.
import type { IncomingMessage } from 'node:http';

/** The bytes; `too-large` when there were more than the limit; `aborted` when the client went away before the end. */
export type IncomingBody = Buffer | 'too-large' | 'aborted';

export function readIncomingBody(request: IncomingMessage, bytesMax: number): Promise<IncomingBody> {
  if (Number(request.headers['content-length']) > bytesMax) return Promise.resolve('too-large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bytesMax) chunks.push(chunk);
      else resolve('too-large');
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    // A message that ended is closed too, but then the promise is settled already.
    request.once('close', () => resolve('aborted'));
    request.once('error', () => resolve('aborted'));
  });
}
