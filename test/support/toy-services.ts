// Parts that most toy services are made of: a collection with the five usual routes, and a client that walks through it.
import {
  created,
  Dice,
  noContent,
  notFound,
  ok,
  type Script,
  type ToyHandler,
  type ToyRequest,
} from './toy-recording.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- items are whatever a test stores */
export type Item = Record<string, any>;

export interface CollectionOptions {
  /** Member that the path names an item by. */
  readonly key?: string;
  /** What a new item holds besides the key. */
  readonly make?: (body: any, request: ToyRequest) => Item;
  readonly nextKey?: (items: ReadonlyMap<string, Item>) => string | number;
  readonly change?: (item: Item, body: any, request: ToyRequest) => void;
  readonly show?: (item: Item) => unknown;
  readonly seed?: readonly Item[];
}
/* eslint-enable @typescript-eslint/no-explicit-any */

export interface Collection {
  readonly items: Map<string, Item>;
  /** POST and GET of the path, GET, PATCH and DELETE of an item. */
  readonly handlers: Readonly<Record<string, ToyHandler>>;
}

/** Numbers that are never used twice. */
export function counter(first = 1): () => number {
  let next = first;
  return () => next++;
}

export function collection(path: string, options: CollectionOptions = {}): Collection {
  const { key = 'id', show = (item: Item) => item } = options;
  const items = new Map((options.seed ?? []).map((item) => [String(item[key]), { ...item }]));
  const nextKey = options.nextKey ?? counter(items.size + 1);
  const make = options.make ?? ((body: Item) => body);
  const change = options.change ?? ((item: Item, body: Item) => Object.assign(item, body));
  const find = ({ params }: ToyRequest): Item | undefined => items.get(params['key'] as string);
  return {
    items,
    handlers: {
      [`GET ${path}`]: () => ok([...items.values()].map(show)),
      [`POST ${path}`]: (request) => {
        const item: Item = { [key]: nextKey(items), ...make(request.body, request) };
        items.set(String(item[key]), item);
        return created(show(item));
      },
      [`GET ${path}/{key}`]: (request) => {
        const item = find(request);
        return item === undefined ? notFound : ok(show(item));
      },
      [`PATCH ${path}/{key}`]: (request) => {
        const item = find(request);
        if (item === undefined) return notFound;
        change(item, request.body, request);
        return ok(show(item));
      },
      [`DELETE ${path}/{key}`]: ({ params }) => (items.delete(params['key'] as string) ? noContent : notFound),
    },
  };
}

export interface Walk {
  readonly path: string;
  readonly key?: string;
  readonly create: (dice: Dice) => unknown;
  readonly change?: (dice: Dice) => unknown;
  readonly changeMethod?: 'PATCH' | 'PUT';
  /** Query of a list request, with its question mark. */
  readonly query?: (dice: Dice) => string;
  /** A key that names nothing. */
  readonly unknown?: string;
  /** Share of requests that delete. */
  readonly deletions?: number;
}

/** A client that creates, reads, lists, changes and deletes at random; it knows the keys that it was told. */
export function walk(options: Walk, seed: number, steps: number): Script {
  const {
    path,
    key = 'id',
    create,
    change = create,
    changeMethod = 'PATCH',
    query = () => '',
    unknown = '98765',
  } = options;
  return (client) => {
    const dice = new Dice(seed);
    const keys: string[] = [];
    for (let at = 0; at < steps; at++) {
      const choice = dice.throw();
      const recent = dice.chance(0.5) ? keys.slice(-2) : keys;
      const one = `${path}/${keys.length === 0 || dice.chance(0.1) ? unknown : dice.pick(recent)}`;
      if (choice < 0.3) {
        const answer = client.post(path, create(dice));
        const body = answer.body as Item | undefined;
        if (answer.status < 300 && body !== undefined) keys.push(String(body[key]));
      } else if (choice < 0.5) client.get(path + query(dice));
      else if (choice < 0.7) client.get(one);
      else if (choice < 1 - (options.deletions ?? 0.1)) client.send(changeMethod, one, change(dice));
      else client.delete(one);
    }
  };
}

/** One visit after another, each in a session of its own, with seeds that count up from the first. */
export function sessions(first: number, count: number, visit: (seed: number) => Script): Script {
  return (client) => {
    for (let seed = first; seed < first + count; seed++) {
      client.session(`s${seed}`);
      visit(seed)(client);
    }
  };
}
