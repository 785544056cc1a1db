// What the agent plane may do with episodes: have one answer a request. That it can do nothing else is why an agent cannot
// reset, score or look inside. The control plane provides it; the command wires the two.
import type { HttpResponse } from '../../core/exchange/exchange.ts';
import type { Service } from '../../core/model/clone-model.ts';
import type { AddressedRequest } from '../../core/runtime/step.ts';
import type { ToolSet } from '../../core/tool/tool.ts';

/** The answer, or why there is none: no such episode, one that was finished, or a server that cannot keep the step. */
export type ClonedAnswer =
  | { readonly kind: 'answer'; readonly response: HttpResponse }
  | { readonly kind: 'no-episode' | 'finished' | 'unavailable' };

export interface ClonedApi {
  readonly services: readonly Service[];
  /** The routes as tools. @throws {MynahError} ERR_CLONE_FILE */
  tools(): ToolSet;
  /** Resolves when the step is stored. The request's URLs are those of the original. */
  answer(episode: string, request: AddressedRequest): Promise<ClonedAnswer>;
}

/** The episode of requests that name none; it is made when the first of them arrives. */
export const DEFAULT_EPISODE = 'default';
