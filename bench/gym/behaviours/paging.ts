import type { Collection, Entity, Page } from '../service/collection.ts';
import type { Turn } from '../service/turn.ts';
import { GYM_ORIGIN } from '../user.ts';
import type { Behaviour } from './behaviour.ts';

type Manner = 'page' | 'offset' | 'after id' | 'token' | 'link header';

export const paging: Behaviour = {
  name: 'paging',
  priority: 0,
  description: 'A list shows a page: by number, by offset, after an id, by an opaque token, or with links in a header.',
  install(service) {
    const manners: readonly Manner[] = ['page', 'offset', 'after id', 'token', 'link header'];
    const manner = service.dice.pick<Manner>(
      service.style.list.hasRoom ? manners : ['page', 'offset', 'after id', 'link header'],
    );
    const names = namesOf(manner);
    const standard = service.dice.pick([3, 5, 10]);
    for (const collection of service.collections) {
      collection.pager = (rows, turn) => {
        const size = Math.min(Number(turn.request.query[names.size] ?? standard), 20);
        const page = pageOf(manner, names, rows, turn, size);
        turn.exercise('paging', 'rows', manner);
        turn.exercise('paging', { members: Object.keys(page.facts) }, manner);
        turn.exercise('paging', { headers: ['link'] }, manner);
        return service.style.list.hasRoom ? page : { ...page, facts: {} };
      };
      service.moves.push({
        weight: 6 / service.collections.length,
        run: (user) => {
          const size = user.dice.chance(0.5) ? { [names.size]: user.dice.pick([2, 3, 4]) } : {};
          const home = user.home(collection);
          const first = user.send('GET', home, { query: size });
          if (user.dice.chance(0.4)) return;
          const at = nextOf(
            manner,
            collection,
            first.body,
            user.known(collection).at(-1),
            Object.values(size)[0] ?? standard,
          );
          if (at !== undefined) user.send('GET', home, { query: { ...size, [names.at]: at } });
        },
      });
    }
  },
};

interface Names {
  readonly at: string;
  readonly size: string;
}

function namesOf(manner: Manner): Names {
  if (manner === 'page' || manner === 'link header') return { at: 'page', size: 'per_page' };
  if (manner === 'offset') return { at: 'offset', size: 'limit' };
  return manner === 'token' ? { at: 'page_token', size: 'page_size' } : { at: 'starting_after', size: 'limit' };
}

/** Where the next page begins, as a client would ask for it. */
function nextOf(
  manner: Manner,
  collection: Collection,
  body: unknown,
  last: Entity | undefined,
  size: number,
): string | number | undefined {
  if (manner === 'page' || manner === 'link header') return 2;
  if (manner === 'offset') return size;
  if (manner === 'after id') return last?.id ?? collection.ids.unknown;
  const { next_page_token: token, meta } = body as Record<string, unknown>;
  const told = token ?? (meta as Record<string, unknown> | undefined)?.['next_page_token'];
  return typeof told === 'string' ? told : undefined;
}

function pageOf(manner: Manner, names: Names, rows: readonly Entity[], turn: Turn, size: number): Page {
  const { path, query } = turn.request;
  const asked = query[names.at];
  if (manner === 'page' || manner === 'link header') {
    const page = Math.max(1, Number(asked ?? 1));
    const shown = rows.slice((page - 1) * size, page * size);
    const pages = Math.ceil(rows.length / size);
    if (manner === 'page')
      return { rows: shown, facts: { page, per_page: size, total: rows.length, total_pages: pages }, headers: {} };
    const link = (to: number, rel: string): string => {
      const search = new URLSearchParams({ ...query, page: String(to) });
      return `<${GYM_ORIGIN}${path}?${search}>; rel="${rel}"`;
    };
    const all = [...(page < pages ? [link(page + 1, 'next')] : []), ...(page > 1 ? [link(page - 1, 'prev')] : [])];
    return { rows: shown, facts: {}, headers: all.length === 0 ? {} : { link: all.join(', ') } };
  }
  const found = manner === 'after id' ? rows.findIndex(({ id }) => String(id) === asked) + 1 : 0;
  const from = manner === 'after id' ? found : manner === 'offset' ? Number(asked ?? 0) : tokenOffset(asked);
  const shown = rows.slice(from, from + size);
  const isMore = from + size < rows.length;
  if (manner === 'offset')
    return { rows: shown, facts: { offset: from, limit: size, total: rows.length }, headers: {} };
  if (manner === 'after id') return { rows: shown, facts: { has_more: isMore }, headers: {} };
  const token = Buffer.from(`offset:${from + size}`).toString('base64url');
  return { rows: shown, facts: isMore ? { next_page_token: token } : {}, headers: {} };
}

const tokenOffset = (token: string | undefined): number =>
  token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString().split(':')[1] ?? 0);
