// Services with random traits, and clients that use them at random: the same compiler must make a clone of each.
import {
  created,
  Dice,
  iso,
  noContent,
  ok,
  toy,
  type MakeToy,
  type Script,
  type ToyAnswer,
  type ToyRequest,
} from './toy-recording.ts';
import { counter, type Item } from './toy-services.ts';

export interface Traits {
  readonly ids: 'counted' | 'highest plus one' | 'uuid' | 'prefixed hex' | 'counted text';
  readonly envelope: 'none' | 'data' | 'item';
  readonly list: 'array' | 'items' | 'items and total';
  readonly error: 'message' | 'errors' | 'nested';
  readonly times: 'none' | 'milliseconds' | 'seconds' | 'epoch';
  readonly state: 'none' | 'plain' | 'filter' | 'filter with default';
  readonly taken: 'allowed' | 'refused';
  readonly untitled: 'allowed' | 'refused';
  readonly order: 'insertion' | 'newest' | 'title';
  readonly pages: 'none' | 'page' | 'offset';
  readonly change: 'PATCH' | 'PUT' | 'POST';
  readonly deletion: 'silent' | 'shows it' | 'says so';
  readonly parent: 'none' | 'box';
  readonly link: boolean;
}

export function randomTraits(seed: number): Traits {
  const dice = new Dice(seed);
  return {
    ids: dice.pick(['counted', 'counted', 'highest plus one', 'uuid', 'prefixed hex', 'counted text']),
    envelope: dice.pick(['none', 'none', 'data', 'item']),
    list: dice.pick(['array', 'items', 'items and total']),
    error: dice.pick(['message', 'errors', 'nested']),
    times: dice.pick(['none', 'milliseconds', 'seconds', 'epoch']),
    state: dice.pick(['none', 'plain', 'filter', 'filter with default']),
    taken: dice.pick(['allowed', 'allowed', 'refused']),
    untitled: dice.pick(['allowed', 'refused']),
    order: dice.pick(['insertion', 'insertion', 'newest', 'title']),
    pages: dice.pick(['none', 'none', 'page', 'offset']),
    change: dice.pick(['PATCH', 'PATCH', 'PUT', 'POST']),
    deletion: dice.pick(['silent', 'silent', 'shows it', 'says so']),
    parent: dice.pick(['none', 'none', 'box']),
    link: dice.chance(0.5),
  };
}

/** Text in transcripts that only the original, or only the clone, can know. */
export const madeUp = ({ ids }: Traits): RegExp | undefined =>
  ids === 'uuid' ? /[0-9a-f]{8}-[0-9a-f-]{27}/ : ids === 'prefixed hex' ? /it_[0-9a-f]{12}/ : undefined;

const ERRORS: Readonly<Record<Traits['error'], (status: number, what: string) => unknown>> = {
  message: (_status, message) => ({ message }),
  errors: (status, title) => ({ errors: [{ status: String(status), title }] }),
  nested: (code, message) => ({ error: { code, message } }),
};

const TIMES: Readonly<Record<Traits['times'], (now: number) => unknown>> = {
  none: () => undefined,
  milliseconds: iso,
  seconds: (now) => `${iso(now).slice(0, 19)}Z`,
  epoch: (now) => Math.floor(now / 1000),
};

function idMaker(kind: Traits['ids'], items: ReadonlyMap<string, Item>): () => string | number {
  const next = counter();
  const dice = new Dice(4242);
  if (kind === 'counted') return next;
  if (kind === 'counted text') return () => String(next());
  if (kind === 'highest plus one') return () => Math.max(0, ...[...items.values()].map(({ id }) => Number(id))) + 1;
  if (kind === 'prefixed hex') return () => `it_${dice.text(12)}`;
  return () => `${dice.text(8)}-${dice.text(4)}-4${dice.text(3)}-a${dice.text(3)}-${dice.text(12)}`;
}

/** What an item is stored as: its own members, and beside them the box that it is in. */
interface Stored {
  readonly box: string;
  readonly item: Item;
}

export function randomService(traits: Traits): MakeToy {
  return () => {
    const boxes = new Map<string, Item>();
    const stored = new Map<string, Stored>();
    const items = new Map<string, Item>();
    const nextId = idMaker(traits.ids, items);
    const nextBox = counter();
    const path = traits.parent === 'box' ? '/boxes/{box}/items' : '/items';
    const fail = (status: number, what: string): ToyAnswer => ({ status, body: ERRORS[traits.error](status, what) });
    const missing = fail(404, 'Not Found');
    const time = TIMES[traits.times];

    const show = ({ box, item }: Stored): Item => ({
      ...item,
      ...(traits.link ? { url: `https://toy.example${path.replace('{box}', box)}/${String(item['id'])}` } : {}),
    });
    const wrap = (one: Stored): unknown => (traits.envelope === 'none' ? show(one) : { [traits.envelope]: show(one) });
    const boxOf = ({ params }: ToyRequest): string | undefined =>
      traits.parent === 'none' ? '' : boxes.has(params['box']!) ? params['box'] : undefined;
    const find = (request: ToyRequest): Stored | undefined => {
      const one = stored.get(request.params['id']!);
      return one !== undefined && one.box === boxOf(request) ? one : undefined;
    };
    const within = (box: string): Stored[] => [...stored.values()].filter((one) => one.box === box);
    const forget = (id: string): void => {
      stored.delete(id);
      items.delete(id);
    };

    const make = (request: ToyRequest): ToyAnswer => {
      const box = boxOf(request);
      if (box === undefined) return missing;
      const { title, state, size } = request.body as Item;
      if (title === undefined && traits.untitled === 'refused') return fail(422, 'title is missing');
      if (traits.taken === 'refused' && within(box).some(({ item }) => item['title'] === title))
        return fail(409, 'title is taken');
      const item: Item = {
        id: nextId(),
        title: title ?? null,
        ...(traits.state === 'none' ? {} : { state: state ?? 'open' }),
        size: size ?? 1,
        ...(traits.times === 'none' ? {} : { created_at: time(request.now), updated_at: time(request.now) }),
      };
      const one = { box, item };
      items.set(String(item['id']), item);
      stored.set(String(item['id']), one);
      return created(wrap(one));
    };
    const list = (request: ToyRequest): ToyAnswer => {
      const box = boxOf(request);
      if (box === undefined) return missing;
      const all = ordered(filtered(within(box), request.query, traits), traits);
      const shown = paged(all, request.query, traits).map(show);
      if (traits.list === 'array') return ok(shown);
      return ok(traits.list === 'items' ? { items: shown } : { items: shown, total: all.length });
    };
    const change = (request: ToyRequest): ToyAnswer => {
      const one = find(request);
      if (one === undefined) return missing;
      const reset: Item =
        traits.change === 'PUT' ? { title: null, ...(traits.state === 'none' ? {} : { state: 'open' }), size: 1 } : {};
      const { title, state, size } = { ...reset, ...(request.body as Item) };
      if (title !== undefined) one.item['title'] = title;
      if (state !== undefined && traits.state !== 'none') one.item['state'] = state;
      if (size !== undefined) one.item['size'] = size;
      if (traits.times !== 'none') one.item['updated_at'] = time(request.now);
      return ok(wrap(one));
    };
    const remove = (request: ToyRequest): ToyAnswer => {
      const one = find(request);
      if (one === undefined) return missing;
      forget(String(one.item['id']));
      if (traits.deletion === 'silent') return noContent;
      return ok(traits.deletion === 'shows it' ? wrap(one) : { id: one.item['id'] as unknown, deleted: true });
    };
    return toy({
      [`POST ${path}`]: make,
      [`GET ${path}`]: list,
      [`GET ${path}/{id}`]: (request) => {
        const one = find(request);
        return one === undefined ? missing : ok(wrap(one));
      },
      [`${traits.change} ${path}/{id}`]: change,
      [`DELETE ${path}/{id}`]: remove,
      'POST /boxes': ({ body }) => {
        const box = { id: nextBox(), name: body.name as string };
        boxes.set(String(box.id), box);
        return created(box);
      },
      'GET /boxes/{box}': ({ params }) => (boxes.has(params['box']!) ? ok(boxes.get(params['box']!)) : missing),
    });
  };
}

function filtered(all: readonly Stored[], query: Item, { state }: Traits): readonly Stored[] {
  if (state !== 'filter' && state !== 'filter with default') return all;
  const asked = query['state'] ?? (state === 'filter' ? 'all' : 'open');
  return asked === 'all' ? all : all.filter(({ item }) => item['state'] === asked);
}

function ordered(all: readonly Stored[], { order }: Traits): readonly Stored[] {
  if (order === 'insertion') return all;
  if (order === 'newest') return [...all].reverse();
  const title = ({ item }: Stored): string => String(item['title'] ?? '~');
  return [...all].sort((a, b) => (title(a) < title(b) ? -1 : title(a) > title(b) ? 1 : 0));
}

function paged(all: readonly Stored[], query: Item, { pages }: Traits): readonly Stored[] {
  const number = (name: string, otherwise: number): number => Number(query[name] ?? otherwise);
  if (pages === 'none') return all;
  const size = number(pages === 'page' ? 'per_page' : 'limit', 5);
  const from = pages === 'page' ? (number('page', 1) - 1) * size : number('offset', 0);
  return all.slice(from, from + size);
}

const TITLES = ['milk', 'tax', 'bike', 'rent', 'roof', 'glue', 'tea', 'ink', 'seeds', 'paint', 'soap', 'nails'];
const UNKNOWN: Readonly<Record<Traits['ids'], string>> = {
  counted: '98765',
  'counted text': '98765',
  'highest plus one': '98765',
  uuid: '00000000-0000-4000-a000-000000000000',
  'prefixed hex': 'it_000000000000',
};

/** A client that creates, lists, reads, changes and deletes, all of it now and then in vain. */
export function randomClient(traits: Traits, seed: number, steps: number): Script {
  return (client) => {
    const dice = new Dice(seed);
    const boxes: string[] = [];
    const known: string[] = [];
    const body = (): Item => ({
      ...(dice.chance(0.12) ? {} : { title: traits.taken === 'allowed' ? dice.word() : dice.pick(TITLES) }),
      ...(traits.state !== 'none' && dice.chance(0.5) ? { state: dice.pick(['open', 'closed']) } : {}),
      ...(dice.chance(0.3) ? { size: Math.floor(dice.throw() * 50) } : {}),
    });
    for (let at = 0; at < steps; at++) {
      if (traits.parent === 'box' && (boxes.length === 0 || dice.chance(0.08))) {
        boxes.push(String(client.post('/boxes', { name: dice.word() }).body.id));
        continue;
      }
      const path =
        traits.parent === 'none' ? '/items' : `/boxes/${dice.chance(0.05) ? '9876' : dice.pick(boxes)}/items`;
      const own = known.filter((one) => one.startsWith(`${path}/`));
      const isVain = own.length === 0 || dice.chance(0.1);
      const one = isVain ? `${path}/${UNKNOWN[traits.ids]}` : dice.pick(dice.chance(0.5) ? own.slice(-2) : own);
      const choice = dice.throw();
      if (choice < 0.32) {
        const answer = client.post(path, body());
        const item = (traits.envelope === 'none' ? answer.body : answer.body?.[traits.envelope]) as Item | undefined;
        if (answer.status === 201) known.push(`${path}/${String(item?.['id'])}`);
      } else if (choice < 0.5) client.get(path + randomQuery(traits, dice));
      else if (choice < 0.68) client.get(one);
      else if (choice < 0.88) client.send(traits.change, one, body());
      else client.delete(one);
    }
  };
}

function randomQuery({ state, pages }: Traits, dice: Dice): string {
  const asked: string[] = [];
  if (state.startsWith('filter') && dice.chance(0.5)) asked.push(`state=${dice.pick(['open', 'closed', 'all'])}`);
  if (pages === 'page' && dice.chance(0.5)) asked.push(`page=${dice.pick([1, 2])}`);
  if (pages === 'offset' && dice.chance(0.5)) asked.push(`offset=${dice.pick([1, 2, 4])}`);
  if (pages !== 'none' && dice.chance(0.3))
    asked.push(`${pages === 'page' ? 'per_page' : 'limit'}=${dice.pick([2, 3])}`);
  return asked.length === 0 ? '' : `?${asked.join('&')}`;
}
