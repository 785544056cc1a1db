import { expect, it } from 'vitest';
import { FlowValve } from '../../src/proxy/flow-valve.ts';

it('a source is held back while anybody has no room, and goes on when the last has', () => {
  const events: string[] = [];
  const valve = new FlowValve(
    () => events.push('pause'),
    () => events.push('resume'),
  );
  const [first, second] = [valve.close(), valve.close()];
  first();
  first();
  expect(events).toEqual(['pause']);
  second();
  expect(events).toEqual(['pause', 'resume']);
  valve.close()();
  expect(events).toEqual(['pause', 'resume', 'pause', 'resume']);
});
