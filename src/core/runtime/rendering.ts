// From values to what a client may see: views of entities, references expanded, hidden members left out.
import type { Value } from '../model/expression.ts';
import { isArray, isObject, memberOf, printJson, putMember, type Json, type JsonObject } from '../std/json.ts';
import { answerValuesMax } from '../std/limits.ts';
import { EntityObject, isEntity, isRef, type Ref, type Rendering } from './entity-object.ts';
import type { StepHost } from './host.ts';
import { UnknownTransition } from './unknown.ts';

/** Renders in one state of the world; another state takes another renderer. */
export class Renderer {
  readonly #host: StepHost;
  /** Those that are right here only. */
  readonly #renderings = new Map<EntityObject, Map<string, Rendering>>();
  /** By value: they hold no references any more. */
  readonly #expanded = new Map<object, Rendering>();
  /** Entities being rendered, and by which view. */
  readonly #underway = new Map<EntityObject, string>();
  /** Entities left out because they were met inside themselves, or too deep. */
  #cuts = 0;
  #size = 0;

  constructor(host: StepHost) {
    this.#host = host;
  }

  /**
   * The entity rendered by a view of its type, references inside expanded; without a view of that name, its attributes.
   * Missing for what is no entity, and for an entity inside itself. Throws UnknownTransition when an answer gets too large.
   */
  view(name: string, value: Value): Value {
    const entity = isRef(value) ? this.#host.deref(value) : value;
    if (!isEntity(entity)) return undefined;
    const known = EntityObject.rendering(entity, name, this.#host) ?? this.#renderings.get(entity)?.get(name);
    if (known !== undefined && this.#host.hasRoomFor(known.trace)) {
      this.#host.retrace(known.trace);
      return this.#seen(known);
    }
    const outer = this.#underway.get(entity);
    if (outer === name || !this.#host.mayNest()) {
      this.#cuts += 1;
      this.#host.markPassing();
      return undefined;
    }
    this.#underway.set(entity, name);
    this.#count(1);
    const [cuts, size] = [this.#cuts, this.#size];
    const [rendered, trace] = this.#host.traced(() => this.#host.nested(() => this.#render(name, entity)));
    if (outer === undefined) this.#underway.delete(entity);
    else this.#underway.set(entity, outer);
    // What was cut short is right in this place only.
    if (rendered === undefined || this.#cuts !== cuts) return rendered;
    const rendering = { value: rendered, size: this.#size - size, trace };
    this.#keep(entity, name, rendering);
    return this.#seen(rendering);
  }

  /** The value's JSON; what was printed before is not printed again. */
  print(value: Json): string {
    const known = typeof value === 'object' && value !== null ? this.#expanded.get(value) : undefined;
    if (known !== undefined) return (known.text ??= printJson(value));
    if (!isArray(value)) return printJson(value);
    return `[${value.map((element) => this.print(element)).join(',')}]`;
  }

  /**
   * The value as a client may see it: references give way to views, entities lose their hidden members. A reference to
   * what is gone is dropped from a list and null elsewhere.
   */
  expand(value: Json): Json | undefined {
    if (typeof value !== 'object' || value === null) {
      this.#count(1);
      return value;
    }
    if (isRef(value)) return this.#viewOfRef(value);
    const known = this.#expanded.get(value);
    this.#count(known?.size ?? 1);
    if (known !== undefined) return value;
    if (isArray(value)) return this.#expandElements(value);
    if (!isObject(value)) return value;
    return this.#expandMembers(isEntity(value) || isEntityShaped(value) ? withoutHidden(value) : value);
  }

  #render(name: string, entity: EntityObject): Value {
    const view = this.#host.service.types.get(entity.$type)?.views.get(name);
    if (view?.ownNames === false) this.#host.markPassing();
    const rendered = view === undefined ? entity : view.template.render(this.#host.scopeOf(entity), this.#host);
    const visible = isObject(rendered) && !isRef(rendered) ? withoutHidden(rendered) : rendered;
    return visible === undefined ? undefined : this.expand(visible);
  }

  #keep(entity: EntityObject, name: string, rendering: Rendering): void {
    if (rendering.trace.stores !== undefined) {
      EntityObject.keepRendering(entity, name, rendering);
      this.#host.service.memory.objects.grow(rendering.size);
      return;
    }
    const renderings = this.#renderings.get(entity) ?? new Map<string, Rendering>();
    this.#renderings.set(entity, renderings);
    renderings.set(name, rendering);
  }

  #seen(rendering: Rendering): Json {
    const { value } = rendering;
    if (typeof value === 'object' && value !== null) this.#expanded.set(value, rendering);
    return value;
  }

  /** An answer grows with the values in it; models may nest lists in lists in lists. */
  #count(values: number): void {
    this.#size += values;
    if (this.#size > answerValuesMax) throw new UnknownTransition(`the answer has more than ${answerValuesMax} values`);
  }

  #expandElements(list: readonly Json[]): readonly Json[] {
    let same = true;
    const expanded: Json[] = [];
    for (const element of list) {
      const shown = this.expand(element);
      if (shown !== element) same = false;
      if (shown !== undefined) expanded.push(shown);
    }
    return same ? list : expanded;
  }

  #expandMembers(object: JsonObject): JsonObject {
    let copy: Record<string, Json> | undefined;
    for (const name of Object.keys(object)) {
      const before = object[name] as Json;
      const after = this.expand(before) ?? null;
      if (after === before) continue;
      copy ??= { ...object };
      putMember(copy, name, after);
    }
    return copy ?? object;
  }

  #viewOfRef(ref: Ref): Json | undefined {
    const found = this.#host.resolve(ref);
    if (found === undefined) return undefined;
    const named = memberOf(ref, 'view');
    const view = typeof named === 'string' ? named : found.type.views.has('embedded') ? 'embedded' : 'full';
    const shown = this.view(view, this.#host.objectOf(found.type, found.entity));
    if (typeof shown === 'object' && shown !== null) this.#count(this.#expanded.get(shown)?.size ?? 1);
    return shown;
  }
}

/** Made from an entity by `$merge` and the like: still has its hidden members. */
function isEntityShaped(object: JsonObject): boolean {
  return Object.hasOwn(object, '$type') && Object.hasOwn(object, '$key');
}

/** A value of its own may be given back as it is. */
function withoutHidden(object: JsonObject): JsonObject {
  const names = Object.keys(object);
  if (!isEntity(object) && names.every((name) => !name.startsWith('$') && object[name] !== undefined)) return object;
  const visible: Record<string, Json> = {};
  for (const name of names) {
    const value = name.startsWith('$') ? undefined : object[name];
    if (value !== undefined) putMember(visible, name, value);
  }
  return visible;
}
