import { describe, expect, it } from 'vitest';
import type { Binding, Effect, Service } from '../../../src/core/model/clone-model.ts';
import { worldEntities } from '../../../src/core/runtime/step.ts';
import { eachElementsMax } from '../../../src/core/std/limits.ts';
import type { Json } from '../../../src/core/std/json.ts';
import type { CloneClient } from '../../support/clone-client.ts';
import { clientOfRule } from '../../support/small-clone.ts';

const service: Partial<Service> = {
  entities: [
    {
      name: 'Task',
      key: ['$list', 'id'],
      derived: { label: "it.title + '!'" },
      views: { full: { $merge: ['it'] } },
    },
    { name: 'User', key: ['login'], views: { full: 'it', embedded: { login: 'it.login' } } },
  ],
  seed: {
    Task: [
      { $list: 'a', id: 1, title: 'one', note: 'n', owner: { $ref: 'User', key: 'ada' } },
      { $list: 'a', id: 2, title: 'two' },
      { $list: 'b', id: 1, title: 'three' },
    ],
    User: [{ login: 'ada' }],
  },
};
const bindings: readonly Binding[] = [
  { name: 'task', type: 'Task', key: ['body.list', 'body.id'] },
  { name: 'user', type: 'User', key: ['body.login'] },
];

function client(effects: readonly Effect[], body: string | undefined = undefined): CloneClient {
  const reply = body === undefined ? { status: 200 } : { status: 200, body: { value: body } };
  return clientOfRule(service, { effects, reply }, { bindings });
}

function tasksAfter(effects: readonly Effect[], body: Json): readonly unknown[] {
  const one = client(effects);
  one.post('/', body);
  return worldEntities(one.loaded, one.world)['Task'] ?? [];
}

describe('each', () => {
  it('does its effects for every element of a list, in order, and nothing without a list', () => {
    const effect: Effect = {
      kind: 'each',
      in: 'body.ids',
      as: 'id',
      do: [
        {
          kind: 'create',
          when: "find('Task', '$list,id', ['c', id]) == missing",
          type: 'Task',
          as: 'made',
          set: { $list: "'c'", id: 'id', title: "string(size(rows('Task')))" },
        },
      ],
    };
    expect(tasksAfter([effect], { ids: [7, 8, 7] }).slice(3)).toMatchObject([
      { id: 7, title: '3' },
      { id: 8, title: '4' },
    ]);
    expect(tasksAfter([effect], { ids: 'no list' })).toHaveLength(3);
  });
});

describe('each over a long list', () => {
  it('makes the step unknown, and does nothing', () => {
    const effect: Effect = { kind: 'each', in: 'body.ids', as: 'id', do: [] };
    const clone = client([effect]);
    const ids = Array.from({ length: eachElementsMax + 1 }, (_, at) => at);
    expect(clone.post('/', { ids }).status).toBe(501);
    expect(clone.post('/', { ids: ids.slice(1) }).status).toBe(200);
  });
});

describe('create', () => {
  const effect: Effect = {
    kind: 'create',
    type: 'Task',
    as: 'made',
    from: 'body.task',
    set: { url: "'/' + it['$list'] + '/' + string(it.id)", $list: 'body.list', owner: 'user', extra: 'body.extra' },
  };

  it('takes members, then what is set; what is missing is no attribute', () => {
    const tasks = tasksAfter([effect], { list: 'c', login: 'ada', task: { id: 5, title: 't' } });
    expect(tasks[3]).toEqual({
      id: 5,
      title: 't',
      $list: 'c',
      url: '/c/5',
      owner: { $ref: 'User', key: 'ada' },
      label: 't!',
    });
  });

  it('takes no hidden and no derived member from what a client sends', () => {
    const tasks = tasksAfter([effect], { list: 'c', task: { id: 5, $list: 'z', $x: 1, label: 'mine', title: 't' } });
    expect(tasks[3]).toEqual({ id: 5, title: 't', $list: 'c', url: '/c/5', label: 't!' });
  });

  it('names the new entity for later effects and the reply', () => {
    const merge: Effect = { kind: 'merge', target: 'made', set: { title: "made.title + ' ' + it.label" } };
    const answer = client([effect, merge], 'made.title + it.label').post('/', {
      list: 'c',
      task: { id: 5, title: 't' },
    });
    expect(answer.body.value).toBe('t t!t t!!');
  });

  it('happens only when its condition holds', () => {
    const conditional: Effect = { ...effect, when: 'body.wanted' };
    expect(tasksAfter([conditional], { list: 'c', task: { id: 5 } })).toHaveLength(3);
    expect(tasksAfter([conditional], { list: 'c', task: { id: 5 }, wanted: true })).toHaveLength(4);
  });

  it('puts an entity in place of the one with its key', () => {
    const tasks = tasksAfter([effect], { list: 'a', task: { id: 2, title: 'new' } });
    expect(tasks.map((task) => (task as { title: string }).title)).toEqual(['one', 'new', 'three']);
  });
});

describe('merge', () => {
  const effect: Effect = { kind: 'merge', target: 'task', from: 'omit(body, ["list"])', keep: ['title'], set: {} };

  it('changes what is given, keeps the rest and what is to be kept', () => {
    const tasks = tasksAfter([effect], { list: 'a', id: 1, title: 'no', note: null, more: [1] });
    expect(tasks[0]).toEqual({
      $list: 'a',
      id: 1,
      title: 'one',
      note: null,
      owner: { $ref: 'User', key: 'ada' },
      more: [1],
      label: 'one!',
    });
  });

  it('shows templates the entity as it was before', () => {
    const swap: Effect = { kind: 'merge', target: 'task', set: { title: 'it.note', note: 'it.title' } };
    expect(tasksAfter([swap], { list: 'a', id: 1 })[0]).toMatchObject({ title: 'n', note: 'one' });
  });

  it('is no change when nothing differs', () => {
    const one = client([{ kind: 'merge', target: 'task', set: { title: "'one'" } }]);
    expect(one.post('/', { list: 'a', id: 1 }).transition.changes).toEqual([]);
  });

  it('does nothing where there is no such entity', () => {
    const one = client([effect]);
    const answer = one.post('/', { list: 'a', id: 9 });
    expect([answer.status, answer.transition.changes]).toEqual([200, []]);
  });

  it('lets the reply see the new values', () => {
    const one = client([{ kind: 'merge', target: 'task', set: { title: "'new'" } }], 'task.title + task.label');
    expect(one.post('/', { list: 'a', id: 1 }).body.value).toBe('newnew!');
  });
});

describe('replace', () => {
  it('keeps scope, key and what is to be kept, and nothing else', () => {
    const effect: Effect = {
      kind: 'replace',
      target: 'task',
      from: 'body.task',
      keep: ['note', 'absent'],
      set: { v: '1' },
    };
    const tasks = tasksAfter([effect], { list: 'a', id: 1, task: { title: 'new', note: 'no' } });
    expect(tasks[0]).toEqual({ $list: 'a', id: 1, title: 'new', note: 'n', v: 1, label: 'new!' });
  });
});

describe('a change of the key', () => {
  it('is followed by lookups, references and later changes', () => {
    const rename: Effect = { kind: 'merge', target: 'user', set: { login: "'eve'" } };
    const again: Effect = { kind: 'merge', target: 'user', set: { name: "'Eve'" } };
    const one = client(
      [rename, again],
      "[deref(entity('Task', 'a', 1).owner).name, exists('User', 'ada'), exists('User', 'eve')]",
    );
    expect(one.post('/', { login: 'ada' }).body.value).toEqual(['Eve', false, true]);
  });

  it('removes the entity that had the key', () => {
    const effect: Effect = { kind: 'merge', target: 'task', set: { id: '2' } };
    const tasks = tasksAfter([effect], { list: 'a', id: 1 });
    expect(tasks.map((task) => (task as { title: string }).title)).toEqual(['one', 'three']);
  });
});

describe('delete', () => {
  it('leaves a binding its last attributes', () => {
    const one = client(
      [{ kind: 'delete', target: 'task' }],
      "task.title + string(exists('Task', 'a', 1)) + string(deleted('Task', 'a', 1))",
    );
    expect(one.post('/', { list: 'a', id: 1 }).body.value).toBe('onefalsetrue');
  });

  it('is done once, and does nothing where there is nothing', () => {
    const twice: Effect[] = [
      { kind: 'delete', target: 'task' },
      { kind: 'delete', target: 'task' },
    ];
    expect(client(twice).post('/', { list: 'a', id: 1 }).transition.changes).toHaveLength(1);
  });
});

describe('effects on many', () => {
  it('delete what a condition holds for', () => {
    const tasks = tasksAfter([{ kind: 'delete-where', type: 'Task', where: "x['$list'] == body.list" }], { list: 'a' });
    expect(tasks).toEqual([{ $list: 'b', id: 1, title: 'three', label: 'three!' }]);
  });

  it('merge into what a condition held for before the first change', () => {
    const effect: Effect = {
      kind: 'merge-where',
      type: 'Task',
      where: "rows('Task').filter(t, t.done == true).size() == 0",
      set: { done: 'true', was: 'it.title' },
    };
    expect(tasksAfter([effect], {})).toMatchObject([
      { done: true, was: 'one' },
      { done: true, was: 'two' },
      { done: true, was: 'three' },
    ]);
  });
});

describe('effects together', () => {
  it('happen all or not at all', () => {
    const one = client([
      { kind: 'delete', target: 'task' },
      { kind: 'create', type: 'User', as: 'bad', set: { name: "'no login'" } },
    ]);
    const answer = one.post('/', { list: 'a', id: 1 });
    expect(answer.transition.unknown).toBe('a new User has no value for its key login');
    expect(worldEntities(one.loaded, one.world)['Task']).toHaveLength(3);
  });

  it('are one change when they touch one entity twice, and none when they undo each other', () => {
    const one = client([
      { kind: 'merge', target: 'task', set: { title: "'x'" } },
      { kind: 'merge', target: 'task', set: { note: "'y'" } },
      { kind: 'create', type: 'User', as: 'made', set: { login: "'zed'" } },
      { kind: 'delete', target: 'made' },
    ]);
    const { changes } = one.post('/', { list: 'a', id: 1 }).transition;
    expect(
      changes.map(({ key, before, after }) => [key, before?.['title'], after?.['title'], after?.['note']]),
    ).toEqual([['a/1', 'one', 'x', 'y']]);
  });
});
