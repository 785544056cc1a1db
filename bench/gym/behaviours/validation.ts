import type { Field } from '../service/fields.ts';
import type { Members, Problem } from '../service/style.ts';
import type { Behaviour } from './behaviour.ts';

export const validation: Behaviour = {
  name: 'validation',
  priority: 1,
  description: 'Required members, choices, ranges and types are checked; the refusal names the members.',
  install(service) {
    const status = service.dice.pick([400, 422]);
    const namesAll = service.dice.chance(0.5);
    for (const collection of service.collections) {
      for (const operation of ['create', 'update'] as const)
        collection.checks[operation].push((turn, members) => {
          const found = faults(collection.fields, members, operation === 'create');
          const first = found[0];
          if (first === undefined) return undefined;
          turn.exercise('validation', 'outcome', found.length > 1 ? 'several' : first.kind);
          const message = namesAll ? 'Validation failed' : `${first.name} ${first.message}`;
          return { status, code: 'invalid', message, members: namesAll ? found : [first] };
        });
      service.moves.push({
        weight: 4 / service.collections.length,
        run: (user) => {
          const members: Members = {
            ...user.draft(collection),
            [collection.title.name]: collection.title.draw(user.dice),
          };
          for (const field of user.dice.some(collection.fields, user.dice.chance(0.2) ? 2 : 1)) spoil(members, field);
          if (user.dice.chance(0.6)) user.create(collection, members);
          else user.change(user.path(collection), collection, members);
        },
      });
    }
  },
};

type Fault = NonNullable<Problem['members']>[number] & { readonly kind: string };

function faults(fields: readonly Field[], members: Members, isNew: boolean): Fault[] {
  return fields.flatMap((field): Fault[] => {
    const value = members[field.name];
    const fault = (kind: string, message: string): Fault[] => [{ name: field.name, kind, message }];
    if (field.kind === 'title' && (value === '' || value === null || (isNew && value === undefined)))
      return fault('required', 'is required');
    if (value === undefined || value === null) return [];
    if (field.options !== undefined && !field.options.includes(String(value)))
      return fault('choice', `must be one of ${field.options.join(', ')}`);
    if (field.kind === 'integer' && typeof value !== 'number') return fault('type', 'must be an integer');
    if (field.kind === 'amount' && Number(value) < 0) return fault('range', 'must not be negative');
    return [];
  });
}

/** Makes a member wrong in the way that its kind can be. */
function spoil(members: Members, { name, kind }: Field): void {
  if (kind === 'title') members[name] = '';
  if (kind === 'choice') members[name] = 'bogus';
  if (kind === 'integer') members[name] = 'many';
  if (kind === 'amount') members[name] = -1;
}
