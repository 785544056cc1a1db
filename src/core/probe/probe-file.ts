// Reads probes.yaml. Whatever is wrong with it is said with line and column; a probe that could never fire because it names
// a route or a probe that does not exist is wrong too.
import { z } from 'zod';
import { canonicalText } from '../std/canonical.ts';
import { MynahError } from '../std/errors.ts';
import { sha256Hex } from '../std/hashing.ts';
import type { CloneModel } from '../model/clone-model.ts';
import { compileExpression, type CompiledExpression } from '../model/expression.ts';
import { HOST_FUNCTIONS } from '../model/host-functions.ts';
import { shaped, wrong } from '../model/files-read.ts';
import { parseYaml, type ValuePath, type YamlSource } from '../model/yaml-text.ts';
import { isFinal, type Probe, type ProbeKind, type ProbeReward, type ProbeSet, type TransitionMatch } from './probe.ts';
import { SCENE_FUNCTIONS, SCENE_VARIABLES } from './scene.ts';

export const PROBES_FILE = 'probes.yaml';

const name = z.string().min(1);
const oneOrMore = <T>(member: z.ZodType<T>): z.ZodType<T | readonly T[]> => z.union([member, z.array(member).min(1)]);
const status = z.union([
  z.number().int().min(100).max(599),
  z.string().regex(/^[1-5](xx|\d\d)$/, 'expected a status: 201, or a class: 2xx'),
]);

const probe = z.strictObject({
  id: name,
  kind: z.enum(['milestone', 'event', 'minefield', 'outcome', 'guard']).optional(),
  description: z.string().optional(),
  on: z
    .strictObject({
      route: oneOrMore(name).optional(),
      service: oneOrMore(name).optional(),
      method: oneOrMore(name).optional(),
      status: oneOrMore(status).optional(),
      provenance: oneOrMore(z.enum(['synthesised', 'pooled', 'replayed', 'unknown', 'injected'])).optional(),
    })
    .optional(),
  when: z.string().min(1).optional(),
  reward: z.union([z.number(), z.string().min(1)]).optional(),
  once: z.boolean().optional(),
  max: z.number().int().min(1).optional(),
  after: oneOrMore(name).optional(),
  terminates: z.boolean().optional(),
});

const probesFile = z.strictObject({ probes: z.array(probe) });
type ProbeText = z.infer<typeof probe>;

/**
 * @param file name for messages
 * @param model where the routes and services that probes name are looked up
 * @throws {MynahError} ERR_PROBE_FILE with file, line, column and what was expected, for the first thing that is wrong
 */
export function parseProbes(file: string, text: string, model: CloneModel): ProbeSet {
  try {
    const source = parseYaml(file, text);
    const { probes } = shaped(source, probesFile);
    const ids = probes.map(({ id }) => id);
    return {
      probes: probes.map((probe, index) => new ProbeReader(source, ['probes', index], ids, model).read(probe)),
      digest: sha256Hex(canonicalText(source.value)),
    };
  } catch (error) {
    if (error instanceof MynahError && error.code === 'ERR_CLONE_FILE')
      throw new MynahError('ERR_PROBE_FILE', error.message, error.details);
    throw error;
  }
}

/** One probe of the file, with the place where it stands. */
class ProbeReader {
  readonly #source: YamlSource;
  readonly #path: ValuePath;
  readonly #ids: readonly string[];
  readonly #model: CloneModel;
  constructor(source: YamlSource, path: ValuePath, ids: readonly string[], model: CloneModel) {
    this.#source = source;
    this.#path = path;
    this.#ids = ids;
    this.#model = model;
  }

  read(text: ProbeText): Probe {
    const kind = text.kind ?? 'milestone';
    if (this.#ids.indexOf(text.id) !== this.#path[1])
      throw this.#wrong(['id'], `another probe is called ${text.id} already`);
    if (isFinal(kind))
      this.#refuse(
        text,
        kind,
        ['on', 'once', 'max', 'after', 'terminates'],
        'it is judged once, when the episode is finished',
      );
    if (text.once !== undefined && text.max !== undefined)
      throw this.#wrong(['max'], 'once and max exclude each other');
    const isOnce = text.once ?? kind !== 'event';
    return {
      id: text.id,
      kind,
      on: this.#match(text.on ?? {}),
      ...(text.when === undefined ? {} : { when: this.#expression(['when'], text.when) }),
      reward: this.#reward(text, kind),
      firesMax: text.max ?? (isOnce ? 1 : Number.POSITIVE_INFINITY),
      after: text.after === undefined ? [] : this.#after(list(text.after), text.id),
      terminates: text.terminates ?? kind === 'minefield',
    };
  }

  #reward({ reward }: ProbeText, kind: ProbeKind): ProbeReward {
    if (typeof reward === 'string') return this.#expression(['reward'], reward);
    if (reward !== undefined) return reward;
    if (kind === 'minefield' || kind === 'guard') return 'forfeit';
    throw this.#wrong([], `a probe of kind ${kind} needs a reward: a number, or an expression that gives one`);
  }

  #match(on: NonNullable<ProbeText['on']>): TransitionMatch {
    const { services } = this.#model;
    const match: { -readonly [key in keyof TransitionMatch]: TransitionMatch[key] } = {};
    if (on.route !== undefined) match.route = list(on.route).flatMap((route) => this.#routeIds(route));
    if (on.service !== undefined) {
      match.service = list(on.service);
      const unknown = match.service.find((service) => !services.some(({ name }) => name === service));
      if (unknown !== undefined)
        throw this.#wrong(
          ['on', 'service'],
          `the clone has no service ${unknown}, only ${services.map(({ name }) => name).join(', ')}`,
        );
    }
    if (on.method !== undefined) match.method = list(on.method).map((method) => method.toUpperCase());
    if (on.status !== undefined) match.status = list(on.status).map(String);
    if (on.provenance !== undefined) match.provenance = list(on.provenance);
    return match;
  }

  /** A route is named by its id, or by its method and path. */
  #routeIds(named: string): readonly string[] {
    const routes = this.#model.services.flatMap((service) => service.routes);
    const found = routes.filter((route) => route.id === named || `${route.method} ${route.path}` === named);
    if (found.length === 0)
      throw this.#wrong(
        ['on', 'route'],
        `the clone has no route ${named}; name one by its id or as METHOD /path, as the files in routes/ have them`,
      );
    return found.map((route) => route.id);
  }

  #after(after: readonly string[], own: string): readonly string[] {
    const unknown = after.find((id) => id === own || !this.#ids.includes(id));
    if (unknown !== undefined)
      throw this.#wrong(['after'], unknown === own ? 'a probe cannot wait for itself' : `there is no probe ${unknown}`);
    return after;
  }

  #expression(path: ValuePath, text: string): CompiledExpression {
    const expression = this.#compile(path, text);
    const variable = expression.variables.find((name) => !SCENE_VARIABLES.includes(name));
    if (variable !== undefined)
      throw this.#wrong(path, `there is nothing called ${variable} here, only ${SCENE_VARIABLES.join(', ')}`);
    const foreign = expression.functions.find(
      (name) => HOST_FUNCTIONS.includes(name) && !SCENE_FUNCTIONS.includes(name),
    );
    if (foreign !== undefined)
      throw this.#wrong(
        path,
        `a probe cannot call ${foreign}, of the model's functions only ${SCENE_FUNCTIONS.join(', ')}`,
      );
    return expression;
  }

  #compile(path: ValuePath, text: string): CompiledExpression {
    try {
      return compileExpression(text);
    } catch (error) {
      if (error instanceof MynahError) throw this.#wrong(path, `this expression does not parse: ${error.message}`);
      throw error;
    }
  }

  #refuse(text: ProbeText, kind: ProbeKind, members: readonly (keyof ProbeText)[], why: string): void {
    const member = members.find((name) => text[name] !== undefined);
    if (member !== undefined) throw this.#wrong([member], `a probe of kind ${kind} has no ${member}: ${why}`);
  }

  #wrong(path: ValuePath, what: string): MynahError {
    return wrong(this.#source, [...this.#path, ...path], what);
  }
}

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
