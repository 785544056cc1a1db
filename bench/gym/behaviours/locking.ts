import { pathOf } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

type Manner = 'member' | 'If-Match' | 'revision';

export const locking: Behaviour = {
  name: 'optimistic lock',
  priority: 2,
  description: 'A change names the version that it changes, in a member or in If-Match; a stale one is refused.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const manner = service.dice.pick<Manner>(['member', 'If-Match', 'revision']);
    const name = manner === 'revision' ? 'rev' : service.dice.pick(['version', 'lock_version']);
    const isRequired = service.dice.chance(0.5);
    const revision = (count: number): unknown =>
      manner === 'revision' ? `${count}-${service.entropy.text(16)}` : count;
    const etag = (value: unknown): string => `"${String(value)}"`;
    collection.makers.push(({ values }) => void (values[name] = revision(1)));
    collection.listeners.update.push(({ values }, turn) => {
      values[name] = revision(Number.parseInt(String(values[name])) + 1);
      turn.exercise('optimistic lock', { members: [name] }, 'counted');
    });
    collection.checks.update.push((turn, members, entity) => {
      const told = manner === 'If-Match' ? turn.header('if-match') : members[name];
      const current = manner === 'If-Match' ? etag(entity?.values[name]) : entity?.values[name];
      if (told === current || (told === undefined && !isRequired)) return undefined;
      turn.exercise('optimistic lock', 'outcome', told === undefined ? 'missing' : 'stale');
      if (told === undefined)
        return { status: manner === 'If-Match' ? 428 : 400, code: 'version_required', message: 'Version required' };
      return { status: manner === 'If-Match' ? 412 : 409, code: 'conflict', message: 'The version is stale' };
    });
    if (manner === 'If-Match')
      collection.finishers.push((reply, entity) =>
        entity === undefined ? reply : { ...reply, headers: { ...reply.headers, etag: etag(entity.values[name]) } },
      );
    service.moves.push({
      weight: 6,
      run: (user) => {
        const one = user.one(collection);
        if (one === undefined) return void user.list(collection);
        const stale = manner === 'revision' ? `1-${user.dice.text(16)}` : 99;
        const told = user.dice.chance(0.25) ? stale : one.values[name];
        if (manner === 'If-Match')
          user.change(pathOf(one), collection, user.patch(collection), { headers: { 'if-match': etag(told) } });
        else user.change(pathOf(one), collection, { ...user.patch(collection), [name]: told });
      },
    });
  },
};
