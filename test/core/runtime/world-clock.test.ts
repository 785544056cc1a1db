import { describe, expect, it } from 'vitest';
import { initialWorld, step, withClock, worldDigest, worldTime } from '../../../src/core/runtime/step.ts';
import { clockText } from '../../../src/core/runtime/world-clock.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const { loaded } = notesEnvironment();
const { startMs, stepMs } = loaded.model.clock;
const start = initialWorld(loaded, 1);
const get = notesRequest('GET', '/notes');

describe('the clock of a world', () => {
  it('takes a fixed time for every step', () => {
    const { world, transition } = step(loaded, start, get);
    expect([transition.time, worldTime(loaded, world)]).toEqual([startMs, startMs + stepMs]);
  });

  it('goes on from where it was set', () => {
    const set = withClock(loaded, step(loaded, start, get).world, 5000, false);
    const { world, transition } = step(loaded, set, get);
    expect([transition.time, worldTime(loaded, world)]).toEqual([5000, 5000 + stepMs]);
  });

  it('stands where it was stopped', () => {
    const { world, transition } = step(loaded, withClock(loaded, start, 5000, true), get);
    expect([transition.time, worldTime(loaded, world)]).toEqual([5000, 5000]);
  });

  it('is part of the digest, unless it is the one of the model', () => {
    const digests = [start, withClock(loaded, start, 5000, false), withClock(loaded, start, 5000, true)].map((world) =>
      worldDigest(loaded, world),
    );
    expect(new Set(digests).size).toBe(3);
    const back = withClock(loaded, withClock(loaded, start, 5000, true), startMs, false);
    expect([worldDigest(loaded, back), clockText(back)]).toEqual([digests[0], undefined]);
  });
});
