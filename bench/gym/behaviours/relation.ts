import { isProblem, pathOf, type Entity } from '../service/collection.ts';
import type { Turn } from '../service/turn.ts';
import type { Behaviour } from './behaviour.ts';

export const relation: Behaviour = {
  name: 'relation',
  priority: 1,
  description: 'PUT and DELETE under a thing add and remove another thing as its member; a list shows the members.',
  install(service) {
    const [from, to] = service.dice.some(
      service.collections.filter(({ parent }) => parent === undefined),
      2,
    );
    if (from === undefined || to === undefined) return false;
    const name = service.dice.pick(['members', 'watchers', 'linked']);
    const path = `${from.itemPath}/${name}`;
    const membersOf = ({ hidden }: Entity): Set<Entity> => (hidden[name] ??= new Set<Entity>()) as Set<Entity>;
    const both = (turn: Turn): readonly [Entity, Entity] | undefined => {
      const owner = from.find(turn);
      const member = to.rows.find(({ id }) => String(id) === turn.params['member']);
      return isProblem(owner) || member === undefined ? undefined : [owner, member];
    };
    const missing = service.refuse({ status: 404, code: 'not_found', message: 'Not Found' });
    service.route('PUT', `${path}/{member}`, (turn) => {
      const pair = both(turn);
      turn.exercise('relation', 'outcome', pair === undefined ? 'nothing there' : 'add');
      if (pair === undefined) return missing;
      membersOf(pair[0]).add(pair[1]);
      return { status: 204 };
    });
    service.route('DELETE', `${path}/{member}`, (turn) => {
      const pair = both(turn);
      const isMember = pair !== undefined && membersOf(pair[0]).delete(pair[1]);
      turn.exercise('relation', 'outcome', isMember ? 'remove' : 'nothing there');
      return isMember ? { status: 204 } : missing;
    });
    service.route('GET', path, (turn) => {
      const owner = from.find(turn);
      if (isProblem(owner)) {
        turn.exercise('relation', 'outcome', 'nothing there');
        return service.refuse(owner);
      }
      const members = [...membersOf(owner)].filter(({ isAlive }) => isAlive);
      turn.exercise('relation', 'rows', 'list');
      return {
        status: 200,
        body: service.style.list.wrap(
          to.noun,
          members.map((each) => to.show(each, turn, 'list')),
          {},
        ),
      };
    });
    service.moves.push({
      weight: 7,
      run: (user) => {
        const owner = user.one(from);
        const member = user.one(to);
        if (owner === undefined || member === undefined) return;
        const list = `${pathOf(owner)}/${name}`;
        const choice = user.dice.below(10);
        if (choice < 4) user.send('GET', list);
        else user.send(choice < 8 ? 'PUT' : 'DELETE', `${list}/${member.id}`);
      },
    });
    return true;
  },
};
