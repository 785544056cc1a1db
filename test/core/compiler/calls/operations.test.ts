import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { argumentsOf, joinOperations, splitOperations } from '../../../../src/core/compiler/calls/operations.ts';
import { inferRoutes } from '../../../../src/core/compiler/entities/routes.ts';
import {
  mistakes,
  ok,
  RawBody,
  toy,
  TOY_ORIGIN,
  type MakeToy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import type { Item } from '../../../support/toy-services.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

function split(lines: readonly Line[]): ReturnType<typeof splitOperations> {
  const calls = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
  return splitOperations(calls, inferRoutes(calls));
}

const LIST = 'query { notes { id title } }';
const GET = 'query One($id: ID!) { note(id: $id) { id title } }';
const MAKE = 'mutation Make($input: NoteInput!) { createNote(input: $input) { id title } }';
const ask = (query: string, variables?: object): Line => ({ ask: 'POST /graphql', body: { query, variables } });
const call = (method: string, params: object = {}): Line => ({
  ask: 'POST /rpc',
  body: { jsonrpc: '2.0', id: 1, method, params },
});

describe('calls of one path', () => {
  it('are told apart by the document that they send, and those that ask from those that write', () => {
    const { calls, routes } = split([
      ask(LIST),
      ask(GET, { id: 1 }),
      ask(MAKE, {}),
      ask(MAKE, {}),
      ask(LIST),
      ask(GET),
    ]);
    expect(routes.slice(0, 3).map(({ id }) => id)).toEqual([
      'POST /graphql notes',
      'POST /graphql One',
      'POST /graphql Make',
    ]);
    expect(calls.slice(0, 3).map(({ isQuery }) => isQuery === true)).toEqual([true, true, false]);
    expect(argumentsOf(calls[1]!, routes[1]!)).toEqual({ id: 1 });
  });

  it('are told apart by the method that they name', () => {
    const { routes } = split([call('note.add'), call('note.get'), call('note.add'), call('note.get')]);
    expect(routes.map(({ id, operation }) => [id, operation?.member])).toEqual(
      ['add', 'get', 'add', 'get'].map((name) => [`POST /rpc note.${name}`, 'method']),
    );
  });

  it('are one kind where bodies only happen to have a member of that name', () => {
    const lines = ['card', 'cash', 'card', 'cash'].map((method): Line => ({ ask: 'POST /pays', body: { method } }));
    expect(split(lines).routes.map(({ id }) => id)).toEqual(Array(4).fill('POST /pays'));
  });

  it('are one kind where every call says something else', () => {
    const lines = [1, 2, 3, 4].map((n) => ask(`{ note(id: ${n}) { id } }`));
    expect(split(lines).routes.every(({ operation }) => operation === undefined)).toBe(true);
  });
});

describe('actions that answer in documents of their own', () => {
  const makeToy: MakeToy = () => {
    const crates = new Map<string, string>();
    const answer = (action: string, inner: string) => ({
      status: 200,
      text: `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`,
      headers: { 'content-type': 'text/xml' },
    });
    const show = (name: string): string => `<Name>${name}</Name><Fruit>${crates.get(name) ?? ''}</Fruit>`;
    return toy({
      'POST /': ({ body }) => {
        const sent = new URLSearchParams(body as string);
        const [action, name] = [sent.get('Action') ?? '', sent.get('Name') ?? ''];
        if (action === 'PackCrate') crates.set(name, sent.get('Fruit') ?? '');
        else if (action === 'ListCrates')
          return answer(
            action,
            `<Crates>${[...crates.keys()].map((each) => `<member>${show(each)}</member>`).join('')}</Crates>`,
          );
        if (!crates.has(name))
          return {
            status: 404,
            text: '<Error><Code>NoSuchCrate</Code></Error>',
            headers: { 'content-type': 'text/xml' },
          };
        if (action !== 'DeleteCrate') return answer(action, `<Crate>${show(name)}</Crate>`);
        crates.delete(name);
        return {
          status: 200,
          text: '<DeleteCrateResponse></DeleteCrateResponse>',
          headers: { 'content-type': 'text/xml' },
        };
      },
    });
  };
  const act = (client: ToyClient, fields: Record<string, string>): void =>
    void client.send('POST', '/', new RawBody(new URLSearchParams(fields).toString()), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  const walk =
    (names: readonly string[]) =>
    (client: ToyClient): void =>
      names.forEach((Name, at) => {
        act(client, { Action: 'ListCrates' });
        act(client, { Action: 'GetCrate', Name });
        act(client, { Action: 'PackCrate', Name, Fruit: ['figs', 'plums', 'limes'][at % 3]! });
        act(client, { Action: 'GetCrate', Name });
        if (at % 3 === 2) act(client, { Action: 'DeleteCrate', Name: names[at - 1]! });
        if (at % 3 === 2) act(client, { Action: 'GetCrate', Name: names[at - 1]! });
      });

  it('are operations of one path', () => {
    const lesson = walk(['ash', 'box', 'cod', 'den', 'elm', 'fir', 'gum', 'hay', 'ivy', 'jet']);
    expect(mistakes(makeToy, lesson, walk(['zed', 'yew', 'xis', 'wok']))).toEqual([]);
  });
});

describe('operations in the model', () => {
  it('are rules of one route', () => {
    const { routes } = split([call('a'), call('b'), call('a'), call('b')]);
    const reply = { status: 200 };
    const compiled = ['a', 'b'].map((name) => ({
      id: `POST /rpc ${name}`,
      method: 'POST',
      path: '/rpc',
      bindings: [{ name: 'note', type: 'Note', key: ['body.params.id'] }],
      guards: [{ id: `${name} 404`, when: 'note == missing', reply }],
      cases: [{ id: `${name} 200`, reply }],
    }));
    expect(joinOperations(routes, compiled)).toEqual([
      {
        id: 'POST /rpc',
        method: 'POST',
        path: '/rpc',
        bindings: compiled[0]!.bindings,
        cases: [
          { id: 'a 404', when: 'body.method == "a" && (note == missing)', reply },
          { id: 'a 200', when: 'body.method == "a"', reply },
          { id: 'b 404', when: 'body.method == "b" && (note == missing)', reply },
          { id: 'b 200', when: 'body.method == "b"', reply },
        ],
      },
    ]);
  });
});

const TITLES = ['milk', 'tax', 'bike', 'rent', 'roof', 'glue'];

describe('a clone', () => {
  it('answers GraphQL: lists, things by id with the members that are selected, and what a mutation makes', () => {
    const makeToy: MakeToy = () => {
      const notes: Item[] = [];
      return toy({
        'POST /graphql': ({ body }) => {
          const { query, variables } = body as Item;
          if (query === LIST) return ok({ data: { notes: notes.map(({ id, title }) => ({ id, title })) } });
          if (query === MAKE) {
            notes.push({ id: `n${notes.length + 1}`, title: variables.input.title, size: variables.input.size ?? 0 });
            const { id, title } = notes.at(-1) as Item;
            return ok({ data: { createNote: { id, title } } });
          }
          const one = notes.find(({ id }) => id === variables.id);
          if (one === undefined) return ok({ data: { note: null }, errors: [{ message: 'no such note' }] });
          return ok({ data: { note: { id: one['id'], title: one['title'] } } });
        },
      });
    };
    const script =
      (titles: readonly string[]) =>
      (client: ToyClient): void => {
        titles.forEach((title, at) => {
          client.post('/graphql', { query: MAKE, variables: { input: { title } } });
          client.post('/graphql', { query: GET, variables: { id: `n${at + 1}` } });
          client.post('/graphql', { query: GET, variables: { id: 'n99' } });
          client.post('/graphql', { query: LIST });
        });
      };
    expect(mistakes(makeToy, script(TITLES), script(['seeds', 'tea']))).toEqual([]);
  });

  it('answers JSON-RPC: methods with their arguments, and errors', () => {
    const makeToy: MakeToy = () => {
      const notes: Item[] = [];
      const methods: Record<string, (params: Item) => unknown> = {
        'note.add': ({ text }) => {
          notes.push({ id: notes.length + 1, text, done: false });
          return notes.at(-1);
        },
        'note.get': ({ id }) => notes[id - 1],
        'note.list': () => notes,
      };
      return toy({
        'POST /rpc': ({ body }) => {
          const result = methods[body.method]?.(body.params);
          const answer = result === undefined ? { error: { code: -1, message: 'no such note' } } : { result };
          return ok({ jsonrpc: '2.0', id: body.id, ...answer });
        },
      });
    };
    const script =
      (texts: readonly string[]) =>
      (client: ToyClient): void => {
        let id = 0;
        const rpc = (method: string, params: object): void =>
          void client.post('/rpc', { jsonrpc: '2.0', id: ++id, method, params });
        texts.forEach((text, at) => {
          rpc('note.add', { text });
          rpc('note.get', { id: at + 1 });
          rpc('note.get', { id: 99 });
          rpc('note.list', {});
        });
      };
    expect(mistakes(makeToy, script(TITLES), script(['seeds', 'tea', 'ink']))).toEqual([]);
  });
});
