// A stand-in for the recording: what is stored as it comes stays in memory.
import { createHash } from 'node:crypto';
import type { BodySink } from '../../src/proxy/body-spool.ts';

export interface MemorySink extends BodySink {
  readonly stored: Buffer[];
  readonly isDiscarded: () => boolean;
}

/** @param write what storing a part waits for */
export function memorySink(write: () => Promise<void> = () => Promise.resolve()): MemorySink {
  const stored: Buffer[] = [];
  let discarded = false;
  return {
    stored,
    isDiscarded: () => discarded,
    write: async (bytes) => {
      await write();
      stored.push(bytes);
    },
    end: () => {
      const all = Buffer.concat(stored);
      return Promise.resolve({ sha256: createHash('sha256').update(all).digest('hex'), length: all.length });
    },
    discard: () => void (discarded = true),
  };
}

/** A redaction that changes nothing. */
export const noRedaction = { push: (bytes: string) => bytes, end: () => '', counts: () => ({}) };
