// The deterministic interpreter: one request against one world. Pure: equal arguments give byte-equal results.
import type { HttpRequest, HttpResponse } from '../exchange/exchange.ts';
import type { CloneModel, Provenance } from '../model/clone-model.ts';
import type { JsonObject } from '../std/json.ts';

/** A model whose expressions have been parsed into closures; made once, shared by every episode. */
export interface LoadedModel {
  readonly model: CloneModel;
  readonly digest: string;
}

/** All mutable simulated state of one episode, as an immutable value: keeping one is forking. */
export interface World {
  readonly step: number;
  readonly seed: number;
}

export interface Transition {
  /** Route id, absent when no route matched. */
  readonly route?: string;
  readonly service?: string;
  /** Ids of the rules that made the answer. */
  readonly rules: readonly string[];
  readonly provenance: Provenance;
  /** Why the answer is unknown, when it is. */
  readonly unknown?: string;
  /** Virtual time of the step, milliseconds since the epoch. */
  readonly time: number;
  /** Entities that the step created, changed or deleted. */
  readonly changes: readonly { readonly type: string; readonly key: string; readonly before?: JsonObject; readonly after?: JsonObject }[];
}

export interface StepResult {
  readonly world: World;
  readonly response: HttpResponse;
  readonly transition: Transition;
}

/** A request as the agent meant it: which service by origin, and the request itself. */
export interface AddressedRequest extends HttpRequest {
  readonly origin: string;
}

export declare function loadModel(model: CloneModel): LoadedModel;
export declare function initialWorld(loaded: LoadedModel, seed: number): World;
export declare function step(loaded: LoadedModel, world: World, request: AddressedRequest): StepResult;
/** Entities by type, attributes with derived ones, in order of insertion. */
export declare function worldEntities(loaded: LoadedModel, world: World): Readonly<Record<string, readonly JsonObject[]>>;
/** Digest of everything in the world that can influence later answers. */
export declare function worldDigest(loaded: LoadedModel, world: World): string;
