// The examples in docs/guide/serve.md and docs/guide/reward.md work as they stand there.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auditEnvironment } from '../../src/core/episode/audit.ts';
import { parseProbes } from '../../src/core/probe/probe-file.ts';
import { SCENE_FUNCTIONS, SCENE_VARIABLES } from '../../src/core/probe/scene.ts';
import { parseTasks } from '../../src/core/task/task-file.ts';
import { Clone } from '../../src/library/open-clone.ts';
import { CALLS } from '../../src/server/control/calls.ts';
import { listedTools, plainJson } from '../../src/server/agent/tool-caller.ts';
import { codeBlocks, tables } from '../support/markdown.ts';
import { notesEnvironment } from '../support/notes-clone.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/guide/${name}.md`, import.meta.url), 'utf8');
const [serve, reward] = [read('serve'), read('reward')];
const yaml = codeBlocks(reward).filter(({ language }) => language === 'yaml');
const [first, example, tasks] = yaml.map(({ text }) => text) as [string, string, string];
const { model } = notesEnvironment().loaded;

describe('the guide to reward', () => {
  it('shows probes and tasks that can be read', () => {
    expect(parseProbes('first', first, model).probes).toHaveLength(1);
    expect(parseTasks('tasks', tasks, parseProbes('example', example, model).probes).tasks).toHaveLength(1);
  });

  it('shows an example in which the oracle earns all there is, and doing nothing earns nothing', () => {
    const clone = new Clone(notesEnvironment({ 'probes.yaml': example, 'tasks.yaml': tasks }));
    const episode = clone.reset({ task: 'clear-eggs' });
    const [task] = clone.environment.tasks.tasks;
    const [look, remove, last] = task?.oracle ?? [];
    const rewards = [look, remove].map((action) => episode.step(action as never).reward);
    expect([...rewards, episode.finish(last?.['answer'] as string).reward]).toEqual([0.1, 0.4, 1]);
    expect(clone.reset({ task: 'clear-eggs' }).finish().reward).toBe(0);
  });

  it('shows an example in which an audit finds nothing', () => {
    const environment = notesEnvironment({ 'probes.yaml': example, 'tasks.yaml': tasks });
    const [audit] = auditEnvironment(environment, { seed: 0, runs: 20, steps: 50 });
    expect(audit?.findings).toEqual([]);
    expect(audit?.policies.at(-1)).toMatchObject({ policy: 'oracle', reward: 1.5, steps: 2 });
  });

  it('shows an example in which the mine takes everything', () => {
    const episode = new Clone(notesEnvironment({ 'probes.yaml': example })).reset();
    episode.step({ method: 'GET', path: '/notes' });
    expect(episode.step({ method: 'DELETE', path: '/notes/1' })).toMatchObject({ reward: -0.1, terminated: true });
  });

  it('names every variable and function that a probe can use', () => {
    const table = tables(reward).find(({ header }) => header[1] === 'holds');
    const named = table?.rows.flatMap(([cell = '']) => cell.split(/`?, `?/)) ?? [];
    expect(named.filter((name) => !name.includes('(')).sort()).toEqual([...SCENE_VARIABLES].sort());
    expect([...new Set(named.filter((name) => name.includes('(')).map((name) => name.split('(')[0]))].sort()).toEqual(
      [...SCENE_FUNCTIONS].sort(),
    );
  });
});

describe('the guide to serving', () => {
  it('shows how to use a clone in process', () => {
    const sample = codeBlocks(serve).find(({ language }) => language === 'ts')?.text ?? '';
    const body = sample
      .replace(/^import .*$/m, '')
      .replace("await openClone('clone')", 'clone_')
      .replaceAll('const ', 'var ')
      .replace('var clone = clone_;', 'var clone = given;');
    const run = new Function('given', `${body}; return { observation, reward, info, last };`) as (
      clone: Clone,
    ) => Record<string, unknown>;
    expect(run(new Clone(notesEnvironment()))).toMatchObject({
      observation: { status: 201 },
      reward: 0,
      info: { step: 1 },
      last: 0,
    });
  });

  it('shows a tool as it is listed', () => {
    const shown = codeBlocks(serve).find(({ text }) => text.includes('inputSchema'))?.text ?? '';
    const { tools, loaded } = notesEnvironment();
    const api = { services: loaded.model.services, tools, answer: () => Promise.reject(new Error('nothing is asked')) };
    expect(listedTools(api).map(plainJson)).toContainEqual(JSON.parse(shown));
  });

  it('names every call of the control plane', () => {
    const ends = Object.keys(CALLS).map(
      (id) =>
        id
          .split('/')
          .filter((part) => part !== '{id}')
          .at(-1) ?? '',
    );
    expect(ends.filter((end) => !serve.includes(`/${end}`))).toEqual([]);
  });
});
