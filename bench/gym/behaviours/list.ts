import { isProblem, type Collection, type Entity, type Page } from '../service/collection.ts';
import type { Reply, Turn } from '../service/turn.ts';
import type { Behaviour } from './behaviour.ts';

export const list: Behaviour = {
  name: 'list',
  priority: 0,
  description: 'GET of a list shows what is there in its scope, in one order, under one envelope.',
  isBasic: true,
  install(service) {
    for (const collection of service.collections) {
      const isNewestFirst = service.dice.chance(0.3);
      service.route('GET', collection.path, (turn) => {
        const parent = collection.scope(turn);
        if (isProblem(parent)) return service.refuse(parent);
        const problem = collection.objection('list', turn, {});
        if (problem !== undefined) return service.refuse(problem);
        const own = collection.rows.filter((row) => row.parent === parent);
        return listing(collection, isNewestFirst ? own.reverse() : own, turn);
      });
      service.moves.push({ weight: 5 / service.collections.length, run: (user) => void user.list(collection) });
    }
  },
};

/** The answer that lists these, after filters, order and paging. */
function listing(collection: Collection, rows: readonly Entity[], turn: Turn): Reply {
  const { style } = collection.service;
  const chosen = collection.selections.reduce((rest, select) => select(rest, turn), rows);
  const page: Page = collection.pager?.(chosen, turn) ?? { rows: chosen, facts: {}, headers: {} };
  const shown = page.rows.map((row) => collection.show(row, turn, 'list'));
  turn.exercise('list', 'rows', style.list.name);
  turn.exercise('list', 'outcome', style.list.name);
  const reply: Reply = {
    status: 200,
    body: style.list.wrap(collection.noun, shown, page.facts),
    headers: page.headers,
  };
  return collection.finish(reply, undefined, turn, 'list');
}
