// Sessions of clients with a service, as a recording and as the truth about it.
import type { Recording } from '../../src/core/recording/recording.ts';
import { makeService } from './catalogue.ts';
import { GYM_START } from './service/service.ts';
import type { Mark } from './service/turn.ts';
import { User, type Lived } from './user.ts';

export interface Workload {
  readonly seed: number;
  readonly wanted: string | undefined;
  /** Names the sessions and decides what their clients do. */
  readonly name: string;
  readonly sessions: number;
  readonly steps: number;
  /** Each session finds the service as it was set up. */
  readonly isFresh: boolean;
}

export interface Walked {
  readonly recording: Recording;
  /** By exchange id. */
  readonly marks: ReadonlyMap<string, readonly Mark[]>;
}

/** Drives the service of a seed and records it. */
export function walk({ seed, wanted, name, sessions, steps, isFresh }: Workload): Walked {
  const lived: Lived[] = [];
  const names = Array.from({ length: sessions }, (_none, at) => `${name}-${at + 1}`);
  let { service } = makeService(seed, name, wanted);
  let now = GYM_START;
  for (const session of names) {
    if (isFresh) ({ service } = makeService(seed, session, wanted));
    const user = new User(service, session, `${seed} ${session}`, now);
    while (user.lived.length < steps) user.dice.weighted(service.moves).run(user);
    lived.push(...user.lived);
    now = user.now + 30_000;
  }
  return {
    recording: {
      formatVersion: 1,
      toolVersion: 'gym',
      createdAt: GYM_START,
      sessions: names.map((each) => ({ name: each, start: isFresh ? 'fresh' : 'continues' })),
      exchanges: lived.map(({ exchange }) => exchange),
    },
    marks: new Map(lived.map(({ exchange, marks }) => [exchange.id, marks])),
  };
}
