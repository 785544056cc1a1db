// What the router and its workers say to each other over the channel between their processes.
import type { AddressedRequest } from '../../core/runtime/step.ts';
import type { ClonedAnswer } from '../agent/cloned-api.ts';

/** Either of the two addresses. */
export type Plane = 'agent' | 'control';

/** An agent's request that came to another worker than its episode's, and its answer. */
export interface Question {
  readonly number: number;
}

export type ToWorker =
  | { readonly kind: 'start'; readonly index: number; readonly count: number; readonly agentPort: number }
  /** With a socket: `bytes` (base64) are those that were read from it. */
  | { readonly kind: 'connection'; readonly number: number; readonly plane: Plane; readonly bytes: string }
  | ({ readonly kind: 'ask'; readonly episode: string; readonly request: AddressedRequest } & Question)
  | ({ readonly kind: 'answered'; readonly answer: ClonedAnswer } & Question)
  | { readonly kind: 'end' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly controlPort: number }
  /** The worker has the connection of that number. */
  | { readonly kind: 'taken'; readonly number: number }
  /** A start that failed; the message is for the user. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | ({ readonly kind: 'ask'; readonly episode: string; readonly request: AddressedRequest } & Question)
  | ({ readonly kind: 'answered'; readonly answer: ClonedAnswer } & Question);
