import type { Collection } from '../service/collection.ts';
import type { Service } from '../service/service.ts';
import type { Members } from '../service/style.ts';
import type { Reply, Turn } from '../service/turn.ts';
import { capital } from '../words.ts';
import type { Behaviour } from './behaviour.ts';

export const graphql: Behaviour = {
  name: 'GraphQL',
  priority: 2,
  description: 'One path takes queries and mutations with variables; errors come with status 200.',
  install(service) {
    const collection = service.collections.find(({ parent }) => parent === undefined);
    if (collection === undefined) return false;
    const { one, many } = collection.noun;
    const selected = ['id', collection.title.name, collection.fields[1]?.name ?? 'id'];
    const selection = `{ ${selected.join(' ')} }`;
    const texts = {
      get: `query Get${capital(one)}($id: ID!) { ${one}(id: $id) ${selection} }`,
      list: `query List${capital(many)} { ${many} ${selection} }`,
      create: `mutation Create${capital(one)}($input: ${capital(one)}Input!) { create${capital(one)}(input: $input) ${selection} }`,
    };
    service.route('POST', '/graphql', (turn) => answer(service, collection, selected, turn));
    service.moves.push({
      weight: 5,
      run: (user) => {
        const choice = user.dice.below(10);
        const id = user.dice.chance(0.15)
          ? collection.ids.unknown
          : (user.one(collection)?.id ?? collection.ids.unknown);
        const body =
          choice < 4
            ? { query: texts.get, variables: { id } }
            : choice < 6
              ? { query: texts.list }
              : { query: texts.create, variables: { input: user.draft(collection) } };
        user.send('POST', '/graphql', { body });
      },
    });
    return true;
  },
};

function answer(service: Service, collection: Collection, selected: readonly string[], turn: Turn): Reply {
  const { one, many } = collection.noun;
  const { query, variables } = turn.members as { readonly query: string; readonly variables?: Members };
  const show = (id: unknown, values: Members): Members =>
    Object.fromEntries(selected.map((name) => [name, name === 'id' ? String(id) : (values[name] ?? null)]));
  if (query.startsWith('mutation')) {
    turn.exercise('GraphQL', 'outcome', 'mutation');
    const members = (variables?.['input'] ?? {}) as Members;
    const entity = collection.add(members, undefined, turn.now);
    for (const listen of collection.listeners.create) listen(entity, turn, members);
    turn.seen.push(entity);
    return { status: 200, body: { data: { [`create${capital(one)}`]: show(entity.id, entity.values) } } };
  }
  if (query.startsWith('query List')) {
    turn.exercise('GraphQL', 'outcome', 'list');
    return { status: 200, body: { data: { [many]: collection.rows.map(({ id, values }) => show(id, values)) } } };
  }
  const entity = collection.rows.find(({ id }) => String(id) === String(variables?.['id']));
  turn.exercise('GraphQL', 'outcome', entity === undefined ? 'nothing there' : 'query');
  if (entity !== undefined) return { status: 200, body: { data: { [one]: show(entity.id, entity.values) } } };
  const message = service.style.notFound(collection.noun, String(variables?.['id']));
  return { status: 200, body: { data: { [one]: null }, errors: [{ message, path: [one] }] } };
}
