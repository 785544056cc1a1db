// Behaviours that services have, each in a toy of its own: the clone of what one client recorded answers another client,
// which walks otherwise, as the toy does.
import { describe, expect, it } from 'vitest';
import {
  created,
  Dice,
  iso,
  mistakes,
  noContent,
  notFound,
  ok,
  toy,
  type MakeToy,
  type Script,
  type ToyAnswer,
  type ToyClient,
} from '../support/toy-recording.ts';
import { collection, counter, walk, type Item, type Walk } from '../support/toy-services.ts';

type Act = (client: ToyClient, dice: Dice, choice: number) => void;

/** A client that does one thing after the other at random; `begin` makes what one run of it remembers. */
function wander(seed: number, steps: number, begin: () => Act): Script {
  return (client) => {
    const dice = new Dice(seed);
    const act = begin();
    for (let at = 0; at < steps; at++) act(client, dice, dice.throw());
  };
}

const someId = (dice: Dice, known: number): number => 1 + Math.floor(dice.throw() * (known + 1));

describe('a clone behaves as its original', () => {
  it('that makes or replaces things by a key that the client chose', () => {
    const makeToy: MakeToy = () => {
      const pairs = new Map<string, Item>();
      return toy({
        'PUT /keys/{key}': ({ params, body, now }) => {
          const key = params['key']!;
          const status = pairs.has(key) ? 200 : 201;
          pairs.set(key, { key, value: body.value, updated_at: iso(now) });
          return { status, body: pairs.get(key) };
        },
        'GET /keys/{key}': ({ params }) => (pairs.has(params['key']!) ? ok(pairs.get(params['key']!)) : notFound),
        'GET /keys': () => ok([...pairs.values()]),
        'DELETE /keys/{key}': ({ params }) => (pairs.delete(params['key']!) ? noContent : notFound),
      });
    };
    const act: Act = (client, dice, choice) => {
      const path = `/keys/${dice.pick(['alpha', 'beta', 'gamma', 'delta', 'eps'])}`;
      if (choice < 0.4) client.put(path, { value: dice.word() });
      else if (choice < 0.6) client.get(path);
      else if (choice < 0.75) client.get('/keys');
      else client.delete(path);
    };
    expect(
      mistakes(
        makeToy,
        wander(1, 70, () => act),
        wander(2, 40, () => act),
      ),
    ).toEqual([]);
  });

  it('that speaks JSON:API, where the type of a thing equals a word of its path', () => {
    const makeToy: MakeToy = () => {
      const next = counter();
      const teams = new Map<string, Item>();
      const gone: ToyAnswer = { status: 404, body: { errors: [{ status: '404', title: 'Not found' }] } };
      const show = ({ id, ...attributes }: Item): Item => ({
        type: 'team',
        id,
        attributes,
        links: { self: `https://toy.example/api/team/${String(id)}` },
      });
      return toy({
        'POST /api/team': ({ body }) => {
          const team = { id: String(next()), ...body.data.attributes };
          teams.set(team.id, team);
          return created({ data: show(team) });
        },
        'GET /api/team': () => ok({ data: [...teams.values()].map(show), meta: { total: teams.size } }),
        'GET /api/team/{id}': ({ params }) => {
          const team = teams.get(params['id']!);
          return team === undefined ? gone : ok({ data: show(team) });
        },
        'PATCH /api/team/{id}': ({ params, body }) => {
          const team = teams.get(params['id']!);
          return team === undefined ? gone : ok({ data: show(Object.assign(team, body.data.attributes)) });
        },
        'DELETE /api/team/{id}': ({ params }) => (teams.delete(params['id']!) ? noContent : gone),
      });
    };
    const begin = (): Act => {
      const ids = ['999'];
      return (client, dice, choice) => {
        const id = dice.pick(ids);
        const data = (attributes: Item): object => ({ data: { type: 'team', attributes } });
        if (choice < 0.3) {
          const answer = client.post('/api/team', data({ handle: dice.word(), name: dice.word() }));
          ids.push(String(answer.body.data?.id));
        } else if (choice < 0.45) client.get('/api/team');
        else if (choice < 0.65) client.get(`/api/team/${id}`);
        else if (choice < 0.85) client.patch(`/api/team/${id}`, data({ [dice.pick(['name', 'handle'])]: dice.word() }));
        else client.delete(`/api/team/${id}`);
      };
    };
    expect(mistakes(makeToy, wander(1, 90, begin), wander(2, 50, begin))).toEqual([]);
  });

  it('that shows what it deletes', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      return toy({
        ...handlers,
        'DELETE /notes/{key}': ({ params }) => {
          const note = items.get(params['key']!);
          items.delete(params['key']!);
          return note === undefined ? notFound : ok(note);
        },
      });
    };
    const plan: Walk = { path: '/notes', create: (dice) => ({ title: dice.word() }), deletions: 0.2 };
    expect(mistakes(makeToy, walk(plan, 1, 80), walk(plan, 2, 50))).toEqual([]);
  });

  it('that marks a parent as changed when a child is made', () => {
    const makeToy: MakeToy = () => {
      const posts = collection('/posts', { make: (body, { now }) => ({ title: body.title, updated_at: iso(now) }) });
      const comments = collection('/comments');
      return toy({
        ...posts.handlers,
        ...comments.handlers,
        'POST /posts/{post}/comments': ({ params, body, now }) => {
          const post = posts.items.get(params['post']!);
          if (post === undefined) return notFound;
          post['updated_at'] = iso(now);
          const comment = { id: comments.items.size + 1, post_id: post['id'] as number, text: body.text as string };
          comments.items.set(String(comment.id), comment);
          return created(comment);
        },
      });
    };
    const begin = (): Act => {
      let made = 0;
      return (client, dice, choice) => {
        const path = `/posts/${someId(dice, made)}`;
        if (choice < 0.2) {
          client.post('/posts', { title: dice.word() });
          made++;
        } else if (choice < 0.5) {
          client.post(`${path}/comments`, { text: dice.word() });
          client.get(path);
        } else if (choice < 0.7) client.get(path);
        else client.get('/comments');
      };
    };
    expect(mistakes(makeToy, wander(1, 60, begin), wander(2, 40, begin))).toEqual([]);
  });

  it('where things move from one parent to another', () => {
    const makeToy: MakeToy = () => {
      const lists = collection('/lists');
      const notes = collection('/notes');
      return toy({
        ...lists.handlers,
        ...notes.handlers,
        'GET /lists/{list}/notes': ({ params }) =>
          lists.items.has(params['list']!)
            ? ok([...notes.items.values()].filter(({ list_id }) => String(list_id) === params['list']))
            : notFound,
      });
    };
    const begin = (): Act => {
      let made = 0;
      let lists = 0;
      return (client, dice, choice) => {
        const list_id = someId(dice, 2);
        if (lists < 3) {
          client.post('/lists', { name: dice.word() });
          lists++;
        } else if (choice < 0.25) {
          client.post('/notes', { title: dice.word(), list_id });
          made++;
        } else if (choice < 0.6) client.get(`/lists/${someId(dice, 3)}/notes`);
        else client.patch(`/notes/${someId(dice, made)}`, { list_id });
      };
    };
    expect(mistakes(makeToy, wander(1, 60, begin), wander(2, 40, begin))).toEqual([]);
  });

  it('that refuses words it does not know', () => {
    const makeToy: MakeToy = () => {
      const { handlers } = collection('/notes', {
        make: (body) => ({ title: body.title, state: body.state ?? 'open' }),
      });
      const states = [undefined, 'open', 'closed', 'draft'];
      return toy({
        ...handlers,
        'POST /notes': (request) =>
          states.includes(request.body.state as string | undefined)
            ? handlers['POST /notes']!(request)
            : { status: 400, body: { error: 'bad state' } },
      });
    };
    const plan: Walk = {
      path: '/notes',
      create: (dice) => ({
        title: dice.word(),
        ...(dice.chance(0.7) ? { state: dice.pick(['open', 'closed', 'draft', 'bogus', 'wrong']) } : {}),
      }),
      change: (dice) => ({ title: dice.word() }),
    };
    expect(mistakes(makeToy, walk(plan, 1, 90), walk(plan, 2, 40))).toEqual([]);
  });

  it('that merges the members of an inner object', () => {
    const makeToy: MakeToy = () =>
      toy(
        collection('/notes', {
          make: (body) => ({ title: body.title, look: { size: 1, colour: 'red', ...body.look } }),
          change: (note, { title, look }) => {
            if (title !== undefined) note['title'] = title;
            Object.assign(note['look'] as Item, look);
          },
        }).handlers,
      );
    const size = (dice: Dice): number => Math.floor(dice.throw() * 20);
    const plan: Walk = {
      path: '/notes',
      create: (dice) => ({ title: dice.word(), ...(dice.chance(0.5) ? { look: { size: size(dice) } } : {}) }),
      change: (dice) =>
        dice.pick([{ title: dice.word() }, { look: { colour: dice.word() } }, { look: { size: size(dice) } }]),
    };
    expect(mistakes(makeToy, walk(plan, 1, 110), walk(plan, 2, 50))).toEqual([]);
  });

  it('that searches text', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      return toy({
        ...handlers,
        'GET /notes': ({ query }) =>
          ok([...items.values()].filter(({ title }) => String(title).includes((query['q'] ?? '') as string))),
      });
    };
    const plan: Walk = {
      path: '/notes',
      create: (dice) => ({ title: `${dice.word()} ${dice.word()}`, size: 3 }),
      query: (dice) => (dice.chance(0.3) ? '' : `?q=${dice.pick(['am', 'ce', 'fj', 'lar', 'del', 'ee'])}`),
    };
    expect(mistakes(makeToy, walk(plan, 1, 90), walk(plan, 2, 40))).toEqual([]);
  });

  it('that sorts downwards by a minus sign', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      return toy({
        ...handlers,
        'GET /notes': ({ query }) => {
          const asked = String(query['sort'] ?? 'id');
          const [by, way] = asked.startsWith('-') ? [asked.slice(1), -1] : [asked, 1];
          return ok([...items.values()].sort((a, b) => (a[by] < b[by] ? -way : a[by] > b[by] ? way : 0)));
        },
      });
    };
    const plan: Walk = {
      path: '/notes',
      create: (dice) => ({ title: dice.word(), size: Math.floor(dice.throw() * 1000) }),
      query: (dice) => dice.pick(['', '?sort=title', '?sort=-title', '?sort=size', '?sort=-size']),
    };
    expect(mistakes(makeToy, walk(plan, 1, 90), walk(plan, 2, 50))).toEqual([]);
  });

  it('where names are unique within their parent, and go with it', () => {
    const makeToy: MakeToy = () => {
      const repos = new Map<string, Map<string, Item>>();
      const taken = (what: string): ToyAnswer => ({ status: 422, body: { error: `${what} exists` } });
      return toy({
        'POST /repos': ({ body }) => {
          if (repos.has(body.name as string)) return taken('repo');
          repos.set(body.name as string, new Map());
          return created({ name: body.name as string, open: true });
        },
        'GET /repos/{repo}': ({ params }) =>
          repos.has(params['repo']!) ? ok({ name: params['repo'], open: true }) : notFound,
        'DELETE /repos/{repo}': ({ params }) => (repos.delete(params['repo']!) ? noContent : notFound),
        'POST /repos/{repo}/labels': ({ params, body: { name, colour = 'grey' } }) => {
          const labels = repos.get(params['repo']!);
          if (labels === undefined) return notFound;
          if (labels.has(name as string)) return taken('label');
          labels.set(name as string, { name, colour });
          return created({ name, colour });
        },
        'GET /repos/{repo}/labels': ({ params }) => {
          const labels = repos.get(params['repo']!);
          return labels === undefined ? notFound : ok([...labels.values()]);
        },
        'GET /repos/{repo}/labels/{name}': ({ params }) => {
          const label = repos.get(params['repo']!)?.get(params['name']!);
          return label === undefined ? notFound : ok(label);
        },
        'DELETE /repos/{repo}/labels/{name}': ({ params }) =>
          repos.get(params['repo']!)?.delete(params['name']!) === true ? noContent : notFound,
      });
    };
    const act: Act = (client, dice, choice) => {
      const repo = `/repos/${dice.pick(['red', 'blue', 'grey'])}`;
      const name = dice.pick(['bug', 'slow', 'ugly', 'big']);
      if (choice < 0.12) client.post('/repos', { name: repo.slice(7) });
      else if (choice < 0.17) client.delete(repo);
      else if (choice < 0.2) client.get(repo);
      else if (choice < 0.5)
        client.post(`${repo}/labels`, { name, ...(dice.chance(0.5) ? { colour: dice.word() } : {}) });
      else if (choice < 0.65) client.get(`${repo}/labels`);
      else if (choice < 0.9) client.get(`${repo}/labels/${name}`);
      else client.delete(`${repo}/labels/${name}`);
    };
    expect(
      mistakes(
        makeToy,
        wander(1, 160, () => act),
        wander(2, 60, () => act),
      ),
    ).toEqual([]);
  });
});
