// A client of a service: knows what answers have shown it, and uses that. One user is one recorded session.
import type { Exchange, Header } from '../../src/core/exchange/exchange.ts';
import { Dice } from './dice.ts';
import { pathOf, type Collection, type Entity } from './service/collection.ts';
import type { Service } from './service/service.ts';
import type { Members } from './service/style.ts';
import type { Mark, Principal, Reply } from './service/turn.ts';

export const GYM_ORIGIN = 'https://api.gym.example';

export interface Asked {
  readonly query?: Readonly<Record<string, string | number>>;
  /** Body as sent. */
  readonly body?: unknown;
  /** Body that is not JSON; its type stands in the headers. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Leave out the credentials. */
  readonly isUnsigned?: boolean;
}

/** One exchange, and the truth about it. */
export interface Lived {
  readonly exchange: Exchange;
  readonly marks: readonly Mark[];
}

export class User {
  readonly dice: Dice;
  readonly service: Service;
  readonly session: string;
  readonly lived: Lived[] = [];
  principal: Principal | undefined;
  /** Milliseconds since the epoch. */
  now: number;
  private readonly seen = new Set<Entity>();

  constructor(service: Service, session: string, seed: number | string, now: number) {
    this.service = service;
    this.session = session;
    this.dice = new Dice(`user ${seed}`);
    this.now = now;
    this.principal = service.principals.length === 0 ? undefined : this.dice.pick(service.principals);
  }

  send(method: string, path: string, { query = {}, body, text, headers = {}, isUnsigned = false }: Asked = {}): Reply {
    this.now += 300 + this.dice.below(1500);
    const sent: Record<string, string> = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.principal === undefined || isUnsigned ? {} : this.service.sign(this.principal)),
      ...headers,
    };
    const texts = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const { reply, turn } = this.service.handle(
      { method, path, query: texts, headers: sent, body: text ?? body },
      this.now,
    );
    for (const entity of turn.seen) this.seen.add(entity);
    const search = new URLSearchParams(texts).toString();
    const exchange: Exchange = {
      id: `${this.session}-${this.lived.length + 1}`,
      session: this.session,
      origin: GYM_ORIGIN,
      startedAt: this.now,
      endedAt: this.now + 3 + this.dice.below(20),
      request: {
        method,
        target: search === '' ? path : `${path}?${search}`,
        headers: Object.entries(sent),
        ...bodyOf(body, text),
      },
      response: {
        status: reply.status,
        headers: headersOf(reply),
        ...bodyOf(reply.body, reply.text),
      },
    };
    this.lived.push({ exchange, marks: turn.marks });
    return reply;
  }

  /** Things of a collection that answers have shown and that are still there. */
  known(collection: Collection, parent?: Entity): Entity[] {
    return [...this.seen].filter(
      (entity) =>
        entity.collection === collection && entity.isAlive && (parent === undefined || entity.parent === parent),
    );
  }

  /** One of them, the last ones more often; looks at a list first when none is known. */
  one(collection: Collection): Entity | undefined {
    if (this.known(collection).length === 0) this.list(collection);
    const known = this.known(collection);
    return known.length === 0 ? undefined : this.dice.pick(this.dice.chance(0.5) ? known.slice(-2) : known);
  }

  /** One that is no longer there. */
  gone(collection: Collection): Entity | undefined {
    const gone = [...this.seen].filter((entity) => entity.collection === collection && !entity.isAlive);
    return gone.length === 0 ? undefined : this.dice.pick(gone);
  }

  /** A path to one: nearly always a known one, now and then one that is gone or never was. */
  path(collection: Collection): string {
    const gone = this.gone(collection);
    if (gone !== undefined && this.dice.chance(0.12)) return pathOf(gone);
    const one = this.dice.chance(0.06) ? undefined : this.one(collection);
    return one === undefined ? `${this.home(collection)}/${collection.ids.unknown}` : pathOf(one);
  }

  /** A path to a list of the collection; under a parent that does not exist now and then. */
  home(collection: Collection): string {
    const { parent } = collection;
    if (parent === undefined) return collection.pathIn(undefined);
    const one = this.dice.chance(0.05) ? undefined : this.one(parent);
    return one === undefined
      ? `${parent.pathIn(undefined)}/${parent.ids.unknown}/${collection.noun.many}`
      : collection.pathIn(one);
  }

  list(collection: Collection, query: Asked['query'] = {}): Reply {
    return this.send('GET', this.home(collection), { query });
  }

  create(collection: Collection, members: Members = this.draft(collection), asked: Asked = {}): Reply {
    const body = this.service.style.envelope.send(collection.noun, members);
    return this.send('POST', this.home(collection), { ...asked, body });
  }

  /** What a client says about a new thing. */
  draft(collection: Collection): Members {
    return Object.fromEntries(
      collection.fields.filter(({ share }) => this.dice.chance(share)).map(({ name, draw }) => [name, draw(this.dice)]),
    );
  }

  /** One to three members to change. */
  patch(collection: Collection): Members {
    const fields = this.dice.some(collection.fields, 1 + this.dice.below(3));
    return Object.fromEntries(fields.map(({ name, draw }) => [name, draw(this.dice)]));
  }

  /** Sends a change of some members. */
  change(path: string, collection: Collection, members: Members = this.patch(collection), asked: Asked = {}): Reply {
    const body = this.service.style.envelope.send(collection.noun, members);
    return this.send(this.service.changing, path, { ...asked, body });
  }

  any(): Collection {
    return this.dice.pick(this.service.collections);
  }
}

function bodyOf(body: unknown, text: string | undefined): { body?: { text: string } } {
  if (text !== undefined) return { body: { text } };
  return body === undefined ? {} : { body: { text: JSON.stringify(body) } };
}

function headersOf({ headers = {}, body }: Reply): Header[] {
  return [
    ...(body === undefined ? [] : ([['content-type', 'application/json']] as Header[])),
    ...Object.entries(headers),
  ];
}
