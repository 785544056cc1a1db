// Finds out when requests come back to the recorder that sent them: through another name for its address, or a ring of
// recorders. Servers are to see nothing of a recorder, so nothing is said of it in a request until so many like it are under
// way at once that they may well be one and the same.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names the recorders that a suspicious request has passed; recorders pass it on and do not record it. */
export const HOPS_HEADER = 'mynah-hops';

/** Requests for one thing under way at once, from which on they are suspicious. */
const SUSPICIOUS_MIN = 64;

/** The recorders that a request says it has passed. */
export function hopsOf({ headers }: IncomingMessage): string | undefined {
  const hops = headers[HOPS_HEADER];
  return Array.isArray(hops) ? hops.join(', ') : hops;
}

export interface LoopGuard {
  /** True when a request has passed this recorder before. */
  hasPassed(hops: string | undefined): boolean;
  /**
   * Notes a request that is passed on; `leave` is to be called when it is over.
   * @returns `hops` is what the header is to say; undefined for none
   */
  enter(what: string, hops: string | undefined): { readonly hops: string | undefined; readonly leave: () => void };
}

export function createLoopGuard(): LoopGuard {
  const own = randomUUID();
  const underWay = new Map<string, number>();
  return {
    hasPassed: (hops) => hops?.split(/,\s*/).includes(own) ?? false,
    enter: (what, hops) => {
      const count = (underWay.get(what) ?? 0) + 1;
      underWay.set(what, count);
      let isOver = false;
      return {
        hops: count < SUSPICIOUS_MIN ? hops : hops === undefined ? own : `${hops}, ${own}`,
        leave: () => {
          if (isOver) return;
          isOver = true;
          const left = (underWay.get(what) ?? 1) - 1;
          if (left === 0) underWay.delete(what);
          else underWay.set(what, left);
        },
      };
    },
  };
}
