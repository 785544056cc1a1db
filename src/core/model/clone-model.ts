// CloneModel: the whole compiled result, immutable, and the only meeting point of compiler and runtime. Everything that
// behaves is data here: CEL text in structure, no code. Text form and folder layout are in files.ts.
import type { XmlLayout } from '../exchange/xml-layout.ts';
import type { Json, JsonObject } from '../std/json.ts';

export const MODEL_FORMAT_VERSION = 1;

/** CEL text over the names that docs/formats/expressions.md lists. */
export type Expression = string;

/**
 * How a JSON value is rendered. A string is an expression; a number, boolean or null stands for itself; objects and arrays
 * are rendered member by member and members whose value is missing are left out. Objects with one of these keys mean more:
 * `$literal` a value verbatim · `$each`/`as`/`do` a list mapped over · `$view`/`of` an entity rendered by one of its
 * type's views · `$merge` objects laid over each other. Of a key that begins with `$$` the first `$` is left out, so that a
 * member may have such a name too.
 */
export type Template = string | number | boolean | null | readonly Template[] | { readonly [key: string]: Template };

export interface Clock {
  /** Milliseconds since the epoch at reset. */
  readonly startMs: number;
  /** Milliseconds that every step takes. */
  readonly stepMs: number;
}

/** Somebody who uses the service, told by the credential that requests carry. */
export interface Principal {
  readonly id: string;
  /** Header name and its (pseudonymised) value. Absent for requests without credential. */
  readonly credential?: { readonly header: string; readonly value: string };
  /** What is constant for this principal and differs between principals. */
  readonly attributes: JsonObject;
}

/** How generated values come to be. */
export type Generator =
  | { readonly kind: 'sequence'; readonly start: number; readonly step: number; readonly scope?: readonly string[] }
  | {
      readonly kind: 'max-plus-one';
      readonly type: string;
      readonly attribute: string;
      readonly start: number;
      readonly scope?: readonly string[];
    }
  | { readonly kind: 'uuid'; readonly version: 1 | 4 | 7 }
  | { readonly kind: 'text'; readonly pattern: readonly GeneratorPart[] };

/** A literal, or `length` characters out of `alphabet`. */
export type GeneratorPart = { readonly literal: string } | { readonly alphabet: string; readonly length: number };

export interface EntityType {
  readonly name: string;
  /** Attributes whose values, in this order, identify an entity; empty for a singleton. Names that begin with `$` are scope: never rendered. */
  readonly key: readonly string[];
  /** Other attribute tuples that identify an entity too. */
  readonly aliases?: readonly (readonly string[])[];
  /** Attributes computed when they are read, from `it` and the world; never stored. */
  readonly derived?: Readonly<Record<string, Template>>;
  readonly views: Readonly<Record<string, Template>>;
}

/** Names an entity for the expressions of a rule: `name` is missing when no such entity is alive. */
export interface Binding {
  readonly name: string;
  readonly type: string;
  readonly key: readonly Expression[];
  /** Which attribute tuple `key` gives; the type's key when absent. */
  readonly by?: readonly string[];
}

export type Effect =
  | {
      readonly kind: 'create';
      readonly when?: Expression;
      readonly type: string;
      readonly as: string;
      readonly from?: Expression;
      readonly set: Readonly<Record<string, Template>>;
    }
  | {
      readonly kind: 'merge' | 'replace';
      readonly target: string;
      readonly from?: Expression;
      readonly set: Readonly<Record<string, Template>>;
      readonly keep?: readonly string[];
    }
  | {
      /** Does other effects for each element of a list, which they call `as`. */
      readonly kind: 'each';
      readonly in: Expression;
      readonly as: string;
      readonly do: readonly Effect[];
    }
  | { readonly kind: 'delete'; readonly target: string }
  | { readonly kind: 'delete-where'; readonly type: string; readonly where: Expression }
  | {
      readonly kind: 'merge-where';
      readonly type: string;
      readonly where: Expression;
      readonly set: Readonly<Record<string, Template>>;
    };

export type FilterOperator =
  'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains' | 'contains-ci' | 'in' | 'prefix' | 'search';

export interface Filter {
  /** Query parameter that carries the operand. */
  readonly param: string;
  readonly operator: FilterOperator;
  /** Attribute paths that are compared (several for `search`). */
  readonly attributes: readonly string[];
  /** Used when the parameter is absent. */
  readonly default?: Json;
  /** Operands that switch the filter off (`state=all`). */
  readonly any?: readonly Json[];
  /** Operands that ask for entities without a value there (`assignee=none`). */
  readonly none?: readonly Json[];
  /** Operands that ask for entities with any value there (`milestone=*`). */
  readonly some?: readonly Json[];
  /** Operands that stand for a condition on another attribute (`status_id=open`). */
  readonly words?: Readonly<Record<string, WordMeaning>>;
  /** The filter is for operands that begin with this text, and asks for what follows it (`title=~part`). */
  readonly marker?: string;
}

/** The attribute at a path equals a value, or does not. */
export interface WordMeaning {
  readonly attribute: string;
  readonly equals: Json;
  readonly not?: boolean;
}

export interface Order {
  readonly by: Expression;
  readonly descending?: boolean;
}

export interface Query {
  readonly type: string;
  /** Over `x`, one entity, and the names of the rule. */
  readonly where?: Expression;
  readonly filters?: readonly Filter[];
  /** Parameters not named in `filters` compare for equality with the attribute of their name. */
  readonly openFilters?: {
    readonly ignore: readonly string[];
    readonly suffixes?: Readonly<Record<string, FilterOperator>>;
  };
  readonly order?: readonly Order[];
  readonly sort?: {
    readonly by: string;
    readonly direction?: string;
    readonly fields: Readonly<Record<string, Expression>>;
    /** Any attribute may be named, several divided by commas. */
    readonly open?: boolean;
    readonly descending?: Readonly<Record<string, boolean>>;
    readonly descendingDefault?: boolean;
  };
  readonly page?: Page;
}

export interface Page {
  /**
   * `page`: numbered pages · `offset`: skip and take · `range`: start and end · `after`: behind the last element seen ·
   * `before`: up to the first element seen.
   */
  readonly style: 'page' | 'offset' | 'range' | 'after' | 'before';
  /** Parameter that says where. */
  readonly at?: string;
  /** Parameter that says how many (for `range`: where it ends). */
  readonly size?: string;
  /** Number of the first page. */
  readonly first?: number;
  /** How many where the parameter is absent; everything when this is absent too. */
  readonly sizeDefault?: number;
  readonly sizeMax?: number;
  /** For `after` and `before`: attribute that the cursor names. */
  readonly cursor?: string;
  /** Another style that applies instead where its `at` parameter is present. */
  readonly also?: Page;
}

export interface ReplyHeader {
  readonly name: string;
  readonly value: Expression;
}

export interface Reply {
  readonly status: number;
  readonly headers?: readonly ReplyHeader[];
  /** JSON body; with `xml`, the value of a document. */
  readonly body?: Template;
  /** Which of the service's `documents` the body is written as. */
  readonly xml?: string;
  /** Any other text body. */
  readonly text?: Expression;
  /** Content hash of a file in `assets/`. */
  readonly asset?: string;
}

/** How an answer was found. */
export type Provenance = 'synthesised' | 'pooled' | 'replayed' | 'unknown';

/** Of a step of an episode: it can meet a fault instead of the model. */
export type StepProvenance = Provenance | 'injected';

/**
 * What a rule does for each element of a list, one after the other, as if each were a request: `body` is the element (one
 * that is no object is `body.item`), `whole` the body of the request. What they answer is the list `results`.
 */
export interface Each {
  readonly in: Expression;
  readonly bindings?: readonly Binding[];
  /** The first that holds for an element decides; without one, the step is unknown. */
  readonly cases: readonly Rule[];
}

/** One way a route answers: the first rule of a route whose `when` holds decides. A guard has no effects. */
export interface Rule {
  readonly id: string;
  readonly when?: Expression;
  readonly query?: Query;
  readonly let?: Readonly<Record<string, Expression>>;
  /** Done before `effects`. */
  readonly each?: Each;
  readonly effects?: readonly Effect[];
  readonly reply: Reply;
  readonly provenance?: Exclude<Provenance, 'unknown'>;
  readonly locked?: boolean;
  /** Where this holds of the request, the rule's answer was more often wrong than right: the answer is unknown. */
  readonly doubt?: Expression;
}

export interface Route {
  readonly id: string;
  readonly method: string;
  /** `/repos/{owner}/{repo}/issues/{number}`; a segment may hold literal text around one parameter (`{id}.json`); `{rest*}` takes the rest. */
  readonly path: string;
  readonly bindings?: readonly Binding[];
  readonly guards?: readonly Rule[];
  readonly cases: readonly Rule[];
}

/** Stands behind the prefix of a credential that was not issued, or is good no more. */
export const NOT_ISSUED = '(not issued)';

/**
 * Credentials that the service issues itself (access tokens). A value of the header that is `prefix` and the key of a living
 * entity of `type` is that of the principal whose credential is `prefix` and the entity's attribute `subject`; any other is
 * nobody's.
 */
export interface IssuedCredentials {
  readonly header: string;
  readonly prefix: string;
  readonly type: string;
  readonly subject: string;
  /** Who may sign in: the type whose attributes are the fields that are sent to do so. */
  readonly accounts?: { readonly type: string; readonly fields: readonly string[] };
}

/**
 * Requests that carry a key of their client's are answered once: sent again under the key, they get the first answer again, and
 * nothing is done.
 */
export interface Repeats {
  /** Request header that carries the key. */
  readonly header: string;
  readonly methods: readonly string[];
  /** Entity type that keeps the answers: by its attribute `key`, as `asked`, `status`, `headers` and `body`. */
  readonly type: string;
  /** Answer to another request under a key that was used; without one it is answered as if it had none. */
  readonly otherwise?: Reply;
}

/** One cloned origin. */
export interface Service {
  readonly name: string;
  readonly origins: readonly string[];
  readonly principals: readonly Principal[];
  readonly issued?: IssuedCredentials;
  readonly repeats?: Repeats;
  readonly generators: Readonly<Record<string, Generator>>;
  readonly entities: readonly EntityType[];
  readonly routes: readonly Route[];
  /** API-wide answers: to paths that no route matches, in order. */
  readonly errors: readonly Rule[];
  /** How its XML documents are written, by the names that replies give them. */
  readonly documents?: Readonly<Record<string, XmlLayout>>;
  /** Initial state by entity type, attributes as stored, in order of insertion. */
  readonly seed: Readonly<Record<string, readonly JsonObject[]>>;
}

export interface CloneModel {
  readonly formatVersion: typeof MODEL_FORMAT_VERSION;
  readonly clock: Clock;
  readonly services: readonly Service[];
}
