import type { Members } from '../service/style.ts';
import type { Behaviour } from './behaviour.ts';

interface Line {
  readonly quantity: number;
  readonly price: number;
}

export const totals: Behaviour = {
  name: 'totals',
  priority: 2,
  description: 'A thing with lines shows the sum of quantity times price over them, in cents.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const [lines, price, total] = ['lines', service.spell('unit price'), service.spell('total amount')];
    const store = (values: Members, given: unknown): void => {
      const own = Array.isArray(given) ? (given as readonly Members[]) : [];
      const parsed = own.map((line): Line => ({ quantity: Number(line['quantity']), price: Number(line[price]) }));
      values[lines] = parsed.map((line) => ({ quantity: line.quantity, [price]: line.price }));
      values[total] = parsed.reduce((sum, line) => sum + line.quantity * line.price, 0);
    };
    collection.makers.push(({ values }) => store(values, []));
    for (const operation of ['create', 'update'] as const)
      collection.listeners[operation].push(({ values }, turn, members) => {
        if (members[lines] === undefined) return;
        store(values, members[lines]);
        turn.exercise('totals', { members: [lines, total] });
      });
    service.moves.push({
      weight: 4,
      run: (user) => {
        const own = Array.from({ length: 1 + user.dice.below(3) }, () => ({
          quantity: 1 + user.dice.below(5),
          [price]: 100 + user.dice.below(5000),
        }));
        if (user.dice.chance(0.7)) user.create(collection, { ...user.draft(collection), [lines]: own });
        else user.change(user.path(collection), collection, { [lines]: own });
      },
    });
  },
};
