import type { Field } from '../service/fields.ts';
import type { Behaviour } from './behaviour.ts';

interface Norm {
  readonly kind: string;
  readonly of: Field['kind'];
  /** What a client sends, from what it would have sent. */
  readonly blur: (value: unknown) => unknown;
  readonly clean: (value: unknown) => unknown;
}

const NORMS: readonly Norm[] = [
  {
    kind: 'trim',
    of: 'title',
    blur: (value) => `  ${String(value)} `,
    clean: (value) => text(value, (each) => each.trim()),
  },
  {
    kind: 'lower case',
    of: 'title',
    blur: (value) => value,
    clean: (value) => text(value, (each) => each.toLowerCase()),
  },
  {
    kind: 'sorted',
    of: 'tags',
    blur: (value) => value,
    clean: (value) => (Array.isArray(value) ? [...value].sort() : value),
  },
  {
    kind: 'number',
    of: 'integer',
    blur: (value) => String(value),
    clean: (value) => (value === null ? null : Number(value)),
  },
];

const text = (value: unknown, change: (text: string) => string): unknown =>
  typeof value === 'string' ? change(value) : value;

export const normalising: Behaviour = {
  name: 'normalising',
  priority: 1,
  description: 'Values are made normal before they are stored: trimmed, in lower case, sorted, numbers out of text.',
  install(service) {
    const fitting = service.collections.flatMap((collection) =>
      collection.fields.flatMap((field) =>
        NORMS.filter(({ of }) => of === field.kind).map((norm) => ({ collection, field, norm })),
      ),
    );
    const { collection, field, norm } = service.dice.pick(fitting);
    collection.normalisers.push((members, turn) => {
      if (members[field.name] === undefined) return;
      members[field.name] = norm.clean(members[field.name]);
      turn.exercise('normalising', { members: [field.name] }, norm.kind);
    });
    service.moves.push({
      weight: 4,
      run: (user) => {
        const members = { ...user.draft(collection), [field.name]: norm.blur(field.draw(user.dice)) };
        if (user.dice.chance(0.6)) user.create(collection, members);
        else user.change(user.path(collection), collection, members);
      },
    });
  },
};
