// What the expressions of a probe can see: the request, the response, and the world before and after. Worlds are read only
// when an expression asks for them.
import type { HttpRequest, HttpResponse } from '../exchange/exchange.ts';
import { viewBody, viewRequest } from '../exchange/request-view.ts';
import type { Host, Scope, Value } from '../model/expression.ts';
import { formatTime } from '../std/clock.ts';
import { putMember, type Json, type JsonObject } from '../std/json.ts';
import type { Transition } from '../runtime/step.ts';
import type { Earnings } from './probe.ts';

/** Entities by type, attributes with derived ones. */
export type Entities = Readonly<Record<string, readonly JsonObject[]>>;

/** A step, or a whole episode when it is finished. */
export interface Scene {
  readonly request?: HttpRequest;
  readonly response?: HttpResponse;
  /** Parameters of the route's path. */
  readonly path?: () => JsonObject | undefined;
  readonly before: () => Entities;
  readonly after: () => Entities;
  readonly changes: Transition['changes'];
  /** Virtual time, milliseconds since the epoch. */
  readonly time: number;
  /** Steps of the episode so far, this one included. */
  readonly steps: number;
  /** What the agent answered when the episode was finished. */
  readonly answer?: Json;
}

/** Variables that a probe's expressions can name; docs/guide/reward.md says what they hold. */
export const SCENE_VARIABLES: readonly string[] = [
  'request',
  'response',
  'path',
  'before',
  'after',
  'changes',
  'time',
  'steps',
  'answer',
  'total',
  'fired',
];

/** Functions of the model that a probe's expressions can call, besides the pure ones. */
export const SCENE_FUNCTIONS: readonly string[] = ['rows', 'now'];

/** The values of the variables, but for what changes from probe to probe. Those that are costly are computed when read. */
export function sceneScope(scene: Scene): Scope {
  const scope: Scope = {
    time: scene.time,
    steps: scene.steps,
    answer: scene.answer,
  };
  lazily(scope, 'request', () => (scene.request === undefined ? undefined : requestValue(scene.request)));
  lazily(scope, 'response', () => (scene.response === undefined ? undefined : responseValue(scene.response)));
  lazily(scope, 'path', () => scene.path?.());
  lazily(scope, 'before', () => scene.before() as JsonObject);
  lazily(scope, 'after', () => scene.after() as JsonObject);
  lazily(scope, 'changes', () => scene.changes.map(changeValue));
  return scope;
}

/** Sets what changes from probe to probe. */
export function setEarnings(scope: Scope, { total, fired }: Earnings): void {
  scope['total'] = total;
  scope['fired'] = fired;
}

/** The world after the step, for `rows(type)`; the other functions of the runtime need a step of their own. */
export function sceneHost(scene: Scene): Host {
  return {
    has: (name) => SCENE_FUNCTIONS.includes(name),
    call: (name, [argument = 'iso-ms']) => {
      if (typeof argument !== 'string') return undefined;
      return name === 'now' ? formatTime(scene.time, argument) : scene.after()[argument];
    },
  };
}

function requestValue(request: HttpRequest): Json {
  const { method, path, query, header, body } = viewRequest(request);
  return withBody({ method, path, query, header }, body);
}

function responseValue(response: HttpResponse): Json {
  const header: Record<string, Json> = {};
  for (const [name, value] of response.headers) if (!Object.hasOwn(header, name)) putMember(header, name, value);
  return withBody({ status: response.status, header }, viewBody(response.body, response.headers).body);
}

function withBody(value: JsonObject, body: Json | undefined): Json {
  return body === undefined ? value : { ...value, body };
}

function changeValue({ type, key, before, after }: Transition['changes'][number]): Json {
  const kind = before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed';
  return { kind, type, key, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

/** A member computed when it is first read. */
function lazily(scope: Scope, name: string, compute: () => Value): void {
  Object.defineProperty(scope, name, {
    enumerable: true,
    configurable: true,
    get() {
      const value = compute();
      Object.defineProperty(scope, name, { value, enumerable: true, configurable: true });
      return value;
    },
  });
}
