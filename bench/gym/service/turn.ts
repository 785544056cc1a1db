// One request on its way through a service, and what it exercised: the truth that recall is counted by.
import type { Entity } from './collection.ts';
import type { Members } from './style.ts';

export interface GymRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; undefined for an empty body. */
  readonly body?: unknown;
  /** A body that is not JSON; its type stands in the headers. */
  readonly text?: string;
}

export interface Principal {
  readonly name: string;
  readonly token: string;
  readonly role: 'admin' | 'member';
}

/**
 * The part of an answer that a behaviour decides. `outcome`: the status, and whatever nothing else decides. `rows`: which
 * things a list shows and in what order. Else the members or headers that it names.
 */
export type Part =
  'outcome' | 'rows' | { readonly members: readonly string[] } | { readonly headers: readonly string[] };

/** One behaviour that showed in one answer. */
export interface Mark {
  readonly behaviour: string;
  /** Which of its kinds, where it has several: `uuid` of `ids`. */
  readonly variant?: string;
  readonly part: Part;
}

export class Turn {
  readonly marks: Mark[] = [];
  /** What the answer shows, in order. */
  readonly seen: Entity[] = [];
  readonly request: GymRequest;
  readonly now: number;
  params: Readonly<Record<string, string>> = {};
  principal: Principal | undefined;

  constructor(request: GymRequest, now: number) {
    this.request = request;
    this.now = now;
  }

  exercise(behaviour: string, part: Part, variant?: string): void {
    this.marks.push({ behaviour, part, ...(variant === undefined ? {} : { variant }) });
  }

  header(name: string): string | undefined {
    return this.request.headers[name];
  }

  get members(): Members {
    const { body } = this.request;
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Members) : {};
  }
}
