// A recording as a value: sessions in the order they began, exchanges in the order their responses ended.
import type { Exchange } from '../exchange/exchange.ts';

/** Where a session starts: in the world that earlier sessions left, in a world reset before it, or nobody said. */
export type SessionStart = 'continues' | 'fresh' | 'unknown';

export interface Session {
  readonly name: string;
  readonly start: SessionStart;
}

export interface Recording {
  readonly formatVersion: 1;
  readonly toolVersion: string;
  readonly createdAt: number;
  readonly sessions: readonly Session[];
  readonly exchanges: readonly Exchange[];
}
