// One kind of things, and the places where behaviours hang their own code into the five usual operations.
import type { Noun } from '../words.ts';
import type { Field } from './fields.ts';
import { SCOPED_NUMBER, type IdFormat } from './ids.ts';
import type { Service } from './service.ts';
import type { Members, Problem } from './style.ts';
import type { Reply, Turn } from './turn.ts';

export interface Entity {
  readonly collection: Collection;
  readonly id: string | number;
  readonly parent: Entity | undefined;
  /** Members that answers show, the id apart. */
  readonly values: Members;
  /** What behaviours remember beside them. */
  readonly hidden: Members;
  isAlive: boolean;
}

export type Operation = 'create' | 'read' | 'update' | 'remove' | 'list';

/** Refuses a request; `members` is what the client sent. */
export type Check = (turn: Turn, members: Members, entity: Entity | undefined) => Problem | undefined;

/** Part of a list, and what is told about the rest of it. */
export interface Page {
  readonly rows: readonly Entity[];
  readonly facts: Members;
  readonly headers: Readonly<Record<string, string>>;
}

export class Collection {
  readonly service: Service;
  readonly noun: Noun;
  readonly parent: Collection | undefined;
  readonly fields: Field[];
  readonly ids: IdFormat;
  /** In order of creation; what was removed is no longer here. */
  readonly rows: Entity[] = [];
  private readonly counts = new Map<Entity | undefined, number>();

  /** Change what a client sent before anybody looks at it. */
  readonly normalisers: ((members: Members, turn: Turn) => void)[] = [];
  readonly checks: Record<Operation, Check[]> = { create: [], read: [], update: [], remove: [], list: [] };
  /** Complete a new thing, whoever makes it. */
  readonly makers: ((entity: Entity, now: number) => void)[] = [];
  /** Called after the deed of a client, before the answer. */
  readonly listeners: Record<
    'create' | 'update' | 'remove',
    ((entity: Entity, turn: Turn, members: Members) => void)[]
  > = {
    create: [],
    update: [],
    remove: [],
  };
  /** Add members to what answers show. */
  readonly decorators: ((view: Members, entity: Entity, turn: Turn, site: 'item' | 'list') => void)[] = [];
  /** Leave things out of lists, or put them in order. */
  readonly selections: ((rows: readonly Entity[], turn: Turn) => readonly Entity[])[] = [];
  pager: ((rows: readonly Entity[], turn: Turn) => Page) | undefined;
  /** Have the last word on a successful answer. */
  readonly finishers: ((reply: Reply, entity: Entity | undefined, turn: Turn, operation: Operation) => Reply)[] = [];

  constructor(service: Service, noun: Noun, parent: Collection | undefined, fields: Field[], ids: IdFormat) {
    this.service = service;
    this.noun = noun;
    this.parent = parent;
    this.fields = fields;
    this.ids = ids;
  }

  /** Route template of the list: `/v1/harbours/{harbour}/vessels`. */
  get path(): string {
    return `${this.parent === undefined ? this.service.style.base : this.parent.itemPath}/${this.noun.many}`;
  }

  get itemPath(): string {
    return `${this.path}/{${this.noun.one}}`;
  }

  get title(): Field {
    return this.fields[0] as Field;
  }

  /** Path of the list that holds (or would hold) the children of a parent. */
  pathIn(parent: Entity | undefined): string {
    const above = this.parent === undefined || parent === undefined ? this.service.style.base : pathOf(parent);
    return `${above}/${this.noun.many}`;
  }

  /** A new thing, without asking anybody; absent fields take their fallbacks. */
  add(members: Members, parent: Entity | undefined, now: number, id = this.newId(members, parent, now)): Entity {
    const { time } = this.service.style;
    const values: Members = {};
    for (const { name, fallback } of this.fields) {
      const value = members[name] === undefined ? fallback : members[name];
      if (value !== undefined) values[name] = structuredClone(value);
    }
    values[time.created] = time.print(now);
    if (time.updated !== undefined) values[time.updated] = time.print(now);
    const entity: Entity = { collection: this, id, parent, values, hidden: {}, isAlive: true };
    this.rows.push(entity);
    for (const make of this.makers) make(entity, now);
    return entity;
  }

  private newId(members: Members, parent: Entity | undefined, now: number): string | number {
    const scope = this.ids === SCOPED_NUMBER ? parent : undefined;
    const count = (this.counts.get(scope) ?? 0) + 1;
    this.counts.set(scope, count);
    const isTaken = (id: string): boolean => this.rows.some((row) => row.id === id);
    const title = String(members[this.title.name] ?? '');
    return this.ids.make({ dice: this.service.entropy, count, now, title, isTaken });
  }

  touch(entity: Entity, now: number): void {
    const { time } = this.service.style;
    if (time.updated !== undefined) entity.values[time.updated] = time.print(now);
  }

  drop(entity: Entity): void {
    const at = this.rows.indexOf(entity);
    if (at >= 0) this.rows.splice(at, 1);
    entity.isAlive = false;
  }

  /** The thing that the path names, within the parent that it names; or what the service says when there is none. */
  find(turn: Turn): Entity | Problem {
    const scope = this.scope(turn);
    if (isProblem(scope)) return scope;
    const id = turn.params[this.noun.one] ?? '';
    const found = this.rows.find((row) => String(row.id) === id && row.parent === scope);
    return found ?? this.missing(id);
  }

  /** The parent that the path names; undefined for collections that have none. */
  scope(turn: Turn): Entity | undefined | Problem {
    if (this.parent === undefined) return undefined;
    const found = this.parent.find(turn);
    if (isProblem(found)) turn.exercise('nested', 'outcome', 'parent unknown');
    return found;
  }

  missing(id: string): Problem {
    return { status: 404, code: 'not_found', message: this.service.style.notFound(this.noun, id) };
  }

  show(entity: Entity, turn: Turn, site: 'item' | 'list'): Members {
    turn.seen.push(entity);
    const view = { ...entity.values };
    for (const decorate of this.decorators) decorate(view, entity, turn, site);
    return this.service.style.envelope.shape(this.noun, entity.id, view);
  }

  /** The answer that shows one thing. */
  answer(status: number, entity: Entity, turn: Turn, operation: Operation): Reply {
    const { envelope } = this.service.style;
    const body = envelope.wrap(this.noun, this.show(entity, turn, 'item'));
    turn.exercise('envelopes', { members: envelope.wrappers(this.noun) }, envelope.name);
    return this.finish({ status, body }, entity, turn, operation);
  }

  finish(reply: Reply, entity: Entity | undefined, turn: Turn, operation: Operation): Reply {
    return this.finishers.reduce((last, finisher) => finisher(last, entity, turn, operation), reply);
  }

  /** The first objection to an operation. */
  objection(operation: Operation, turn: Turn, members: Members, entity?: Entity): Problem | undefined {
    for (const check of this.checks[operation]) {
      const problem = check(turn, members, entity);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** The members that a client sent, made normal. */
  take(turn: Turn): Members {
    const members = structuredClone(this.service.style.envelope.take(this.noun, turn.request.body));
    for (const normalise of this.normalisers) normalise(members, turn);
    return members;
  }
}

export function pathOf(entity: Entity): string {
  return `${entity.collection.pathIn(entity.parent)}/${entity.id}`;
}

export const isProblem = (value: Entity | Problem | undefined): value is Problem =>
  value !== undefined && 'message' in value && 'code' in value;
