import { Collection, type Entity } from '../service/collection.ts';
import { drawIdFormat } from '../service/ids.ts';
import { TAGS } from '../words.ts';
import type { Behaviour } from './behaviour.ts';

export const findOrCreate: Behaviour = {
  name: 'find or create',
  priority: 1,
  description: 'A creation names labels; those that do not exist yet come into being with a standard colour.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const noun = service.dice.pick([
      { one: 'label', many: 'labels' },
      { one: 'topic', many: 'topics' },
    ]);
    const fields = ['name', 'color'].map((name) => ({
      name,
      kind: 'text' as const,
      draw: () => undefined,
      fallback: 'ededed',
      share: 1,
    }));
    const labels = new Collection(service, noun, undefined, fields, drawIdFormat(service.dice, noun));
    const ofEntity = (entity: Entity): readonly Entity[] => (entity.hidden['labels'] ?? []) as readonly Entity[];
    const show = (label: Entity): unknown => ({
      id: label.id,
      name: label.values['name'],
      color: label.values['color'],
    });
    collection.decorators.push((view, entity, turn) => {
      view[noun.many] = ofEntity(entity).map(show);
      turn.exercise('find or create', { members: [noun.many] }, 'embedded');
    });
    collection.listeners.create.push((entity, turn, members) => {
      const names = (members[noun.many] ?? []) as readonly string[];
      entity.hidden['labels'] = names.map(
        (name) =>
          labels.rows.find(({ values }) => values['name'] === name) ?? labels.add({ name }, undefined, turn.now),
      );
    });
    service.route('GET', labels.path, (turn) => {
      turn.exercise('find or create', 'rows', 'list');
      return { status: 200, body: service.style.list.wrap(noun, labels.rows.map(show), {}) };
    });
    service.moves.push({
      weight: 4,
      run: (user) => {
        const names = user.dice.some(TAGS, user.dice.below(3));
        user.create(collection, { ...user.draft(collection), [noun.many]: names });
      },
    });
    service.moves.push({ weight: 2, run: (user) => void user.send('GET', labels.path) });
  },
};
