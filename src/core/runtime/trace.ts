// What a computed value rests on, so that it can be remembered from step to step and not be used where computing it anew would
// give something else.
import type { EntityStore } from './entity-store.ts';

export interface Trace {
  /** The types whose entities were looked at, as bits. */
  readonly reads: number;
  /** Those types' entities as they were, by ordinal; undefined: the value is right in this place of this step only. */
  readonly stores: readonly (EntityStore | undefined)[] | undefined;
  /** Levels of nested evaluation inside it. */
  readonly depth: number;
}

/** Of a value that rests on nothing. */
export const NO_TRACE: Trace = { reads: 0, stores: [], depth: 0 };

/** What those who remember values need of a host. */
export interface TracingHost {
  readonly draft: { readonly version: number };
  /** Computes, and tells on what the value rests. */
  traced<T>(compute: () => T): readonly [value: T, trace: Trace];
  /** A remembered value is used: what is being computed rests on the same. */
  retrace(trace: Trace): void;
  /** What is being computed depends on more than entities. */
  markPassing(): void;
  /** Would computing it anew, wherever that is deep enough to be allowed, give the same? */
  stillHolds(trace: Trace): boolean;
  /** Could it be computed here without nesting too deep? */
  hasRoomFor(trace: Trace): boolean;
}
