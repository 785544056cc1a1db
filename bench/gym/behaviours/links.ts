import { pathOf } from '../service/collection.ts';
import { GYM_ORIGIN } from '../user.ts';
import type { Behaviour } from './behaviour.ts';

type Kind = 'url' | 'page' | 'links' | 'encoded';

export const links: Behaviour = {
  name: 'links',
  priority: 0,
  description: 'Things show addresses that follow from their ids: their own, a page for people, an encoded global id.',
  install(service) {
    for (const collection of service.collections) {
      const kind = service.dice.pick<Kind>(['url', 'page', 'links', 'encoded']);
      const name =
        kind === 'links' ? 'links' : service.spell({ url: 'self url', page: 'html url', encoded: 'node id' }[kind]);
      collection.decorators.push((view, entity, turn) => {
        const path = pathOf(entity);
        turn.exercise('links', { members: [name] }, kind);
        if (kind === 'url') view[name] = GYM_ORIGIN + path;
        else if (kind === 'page') view[name] = `https://www.gym.example/${collection.noun.one}/${entity.id}`;
        else if (kind === 'links') view[name] = { self: path, list: collection.pathIn(entity.parent) };
        else view[name] = Buffer.from(`${collection.noun.one}:${entity.id}`).toString('base64');
      });
    }
  },
};
