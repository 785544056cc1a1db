import type { Members } from '../service/style.ts';
import type { Behaviour } from './behaviour.ts';

export const singleton: Behaviour = {
  name: 'singleton',
  priority: 1,
  description: 'One thing without an id that is always there: read, changed in part, reset to what it was at first.',
  install(service) {
    const path = `${service.style.base}/${service.dice.pick(['settings', 'preferences', 'profile'])}`;
    const standard: Members = {
      theme: 'light',
      [service.spell('page size')]: 25,
      [service.spell('mail digest')]: service.dice.chance(0.5),
      motto: null,
    };
    const values: Members = { ...standard };
    const resets = service.dice.chance(0.5);
    service.route('GET', path, (turn) => {
      turn.exercise('singleton', 'outcome', 'read');
      return { status: 200, body: values };
    });
    service.route('PATCH', path, (turn) => {
      for (const name of Object.keys(standard)) if (turn.members[name] !== undefined) values[name] = turn.members[name];
      turn.exercise('singleton', 'outcome', 'change');
      return { status: 200, body: values };
    });
    if (resets)
      service.route('DELETE', path, (turn) => {
        Object.assign(values, standard);
        turn.exercise('singleton', 'outcome', 'reset');
        return { status: 204 };
      });
    const [, size = '', digest = ''] = Object.keys(standard);
    service.moves.push({
      weight: 4,
      run: (user) => {
        const { dice } = user;
        if (resets && dice.chance(0.1)) user.send('DELETE', path);
        else if (dice.chance(0.4)) {
          const changes: Members = {
            theme: dice.pick(['light', 'dark', 'auto']),
            [size]: dice.below(90) + 10,
            [digest]: dice.chance(0.5),
            motto: `Motto ${dice.below(99)}`,
          };
          const names = dice.some(Object.keys(changes), 1 + dice.below(2));
          user.send('PATCH', path, { body: Object.fromEntries(names.map((name) => [name, changes[name]])) });
        } else user.send('GET', path);
      },
    });
  },
};
