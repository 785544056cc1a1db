import { isProblem } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

interface Step {
  readonly verb: string;
  readonly from: readonly string[];
  readonly to: string;
}

const MACHINES: readonly (readonly Step[])[] = [
  [
    { verb: 'publish', from: ['draft'], to: 'published' },
    { verb: 'withdraw', from: ['published'], to: 'draft' },
    { verb: 'retire', from: ['draft', 'published'], to: 'retired' },
  ],
  [
    { verb: 'approve', from: ['pending'], to: 'approved' },
    { verb: 'reject', from: ['pending'], to: 'rejected' },
    { verb: 'ship', from: ['approved'], to: 'shipped' },
  ],
  [
    { verb: 'start', from: ['idle', 'paused'], to: 'running' },
    { verb: 'pause', from: ['running'], to: 'paused' },
    { verb: 'stop', from: ['running', 'paused'], to: 'stopped' },
  ],
];

export const actions: Behaviour = {
  name: 'actions',
  priority: 1,
  description:
    'POST to a verb below a thing moves it to another state when that is legal, and is refused when it is not.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const machine = service.dice.pick(MACHINES);
    const name = service.dice.pick(['state', 'phase', 'stage']);
    const status = service.dice.pick([409, 422, 400]);
    const when = service.dice.chance(0.5) ? service.spell('last moved at') : undefined;
    const initial = machine[0]?.from[0];
    collection.makers.push(({ values }) => {
      values[name] = initial;
      if (when !== undefined) values[when] = null;
    });
    for (const { verb, from, to } of machine)
      service.route('POST', `${collection.itemPath}/${verb}`, (turn) => {
        const entity = collection.find(turn);
        if (isProblem(entity)) {
          turn.exercise('actions', 'outcome', 'nothing there');
          return service.refuse(entity);
        }
        const state = String(entity.values[name]);
        if (!from.includes(state)) {
          turn.exercise('actions', 'outcome', 'illegal');
          return service.refuse({ status, code: 'invalid_state', message: `Cannot ${verb} while ${state}` });
        }
        entity.values[name] = to;
        if (when !== undefined) entity.values[when] = service.style.time.print(turn.now);
        collection.touch(entity, turn.now);
        turn.exercise('actions', 'outcome', 'legal');
        return collection.answer(200, entity, turn, 'update');
      });
    service.moves.push({
      weight: 7,
      run: (user) => void user.send('POST', `${user.path(collection)}/${user.dice.pick(machine).verb}`),
    });
  },
};
