// A call of the control plane, and what answers one.
import type { Json, JsonObject } from '../../core/std/json.ts';
import type { EpisodeRegistry } from './episode-registry.ts';
import type { OpenEnvSessions } from './openenv/openenv-sessions.ts';

export interface Call {
  readonly registry: EpisodeRegistry;
  /** `http://HOST:PORT` of the agent plane, as this trainer's machine reaches it. */
  readonly agentRoot: string;
  /** Parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Value of a header, by lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Those that stand once. */
  readonly headers: JsonObject;
  /** Undefined where there is none. @throws {MynahError} ERR_JSON_SYNTAX */
  readonly body: Json | undefined;
  /** Of OpenEnv's clients. */
  readonly sessions: OpenEnvSessions;
}

export type Reply =
  | { readonly status: number; readonly json: Json; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: number; readonly type: string; readonly text: string }
  | { readonly status: 202 | 204 };

/** Answers a call; a MynahError that it throws becomes a problem. */
export type Answer = (call: Call) => Reply | Promise<Reply>;
