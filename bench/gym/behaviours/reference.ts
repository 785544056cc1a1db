import type { Behaviour } from './behaviour.ts';

export const reference: Behaviour = {
  name: 'reference',
  priority: 1,
  description: 'A member holds the id of another thing, which must exist; answers show the id, or a small object.',
  install(service) {
    const [from, to] = service.dice.some(service.collections, 2);
    if (from === undefined || to === undefined || to.parent !== undefined) return false;
    const name = service.spell(`${to.noun.one} id`);
    const isEmbedded = service.dice.chance(0.5);
    const status = service.dice.pick([422, 400, 404]);
    from.makers.push(({ values }) => void (values[name] = null));
    for (const operation of ['create', 'update'] as const) {
      from.checks[operation].push((turn, members) => {
        const wanted = members[name];
        if (wanted === undefined || wanted === null || to.rows.some(({ id }) => id === wanted)) return undefined;
        turn.exercise('reference', 'outcome', 'unknown');
        const message = `${to.noun.one} does not exist`;
        return { status, code: 'invalid_reference', message, members: [{ name, message }] };
      });
      from.listeners[operation].push((entity, turn, members) => {
        if (members[name] === undefined) return;
        entity.values[name] = members[name];
        turn.exercise('reference', { members: [name, to.noun.one] }, 'set');
      });
    }
    from.decorators.push((view, { values }, turn) => {
      if (!isEmbedded) return;
      const target = to.rows.find(({ id }) => id === values[name]);
      view[to.noun.one] =
        target === undefined ? null : { id: target.id, [to.title.name]: target.values[to.title.name] };
      turn.exercise('reference', { members: [to.noun.one] }, 'embedded');
    });
    service.moves.push({
      weight: 5,
      run: (user) => {
        const target = user.dice.chance(0.25) ? undefined : user.one(to);
        const unknown = /^\d+$/.test(to.ids.unknown) && typeof to.rows[0]?.id === 'number';
        const id = target?.id ?? (unknown ? Number(to.ids.unknown) : to.ids.unknown);
        if (user.dice.chance(0.6)) user.create(from, { ...user.draft(from), [name]: id });
        else user.change(user.path(from), from, { [name]: id });
      },
    });
    return true;
  },
};
