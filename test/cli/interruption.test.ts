import { expect, it } from 'vitest';
import { ended } from '../../src/cli/interruption.ts';

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a verb once; a second one has its usual effect', async (signal) => {
  const before = process.listenerCount(signal);
  const waiting = ended();
  expect(process.listenerCount(signal)).toBe(before + 1);
  // A real signal would also reach the runner of the tests.
  process.emit(signal, signal);
  expect(await waiting).toBe(signal);
  expect(process.listenerCount(signal)).toBe(before);
});
