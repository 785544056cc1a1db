import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { harborTask } from '../../../src/core/task/harbor-task.ts';
import { parseTasks } from '../../../src/core/task/task-file.ts';
import { failureOf } from '../../support/failure.ts';
import { notesFiles } from '../../support/notes-clone.ts';

const PYTHON = '/usr/bin/python3';
const task = { id: 'clear', goal: 'Say "eggs"\nand ünïcode.', probes: ['made'], stepsMax: 9, split: 'train' };
const options = { name: 'mynah/notes-clear', seed: 4, token: 'TOKEN', services: ['notes', 'chat'], version: '0.1.0' };
const extra = {
  'probes.yaml': 'probes: []',
  'tasks.yaml': 'tasks: []',
  'shapes.json': '{}',
  'REPORT.md': 'x',
  'evidence.jsonl': 'x',
};
const files = harborTask(task, notesFiles(extra), options);
const text = (file: string) => files.get(file) ?? '';

describe('a task as a Harbor folder', () => {
  it('has the files that Harbor reads', () => {
    for (const file of ['task.toml', 'instruction.md', 'environment/Dockerfile', 'tests/test.sh'])
      expect(text(file)).not.toBe('');
  });

  it('keeps probes and token from the container of the agent', () => {
    const agents = ['task.toml', 'instruction.md', 'environment/Dockerfile'].map(text).join('\n');
    expect(agents).not.toContain('TOKEN');
    expect(agents).not.toContain('COPY');
    expect(files.has('environment/clone/clone/probes.yaml')).toBe(true);
    const { services } = parse(text('environment/docker-compose.yaml')) as { services: Record<string, object> };
    expect(services['clone']).toMatchObject({ build: './clone', environment: { MYNAH_TOKEN: 'TOKEN' } });
    expect(services['main']).not.toHaveProperty('environment');
  });

  it('serves the model with the one task and what its tools are typed by, and nothing that only people read', () => {
    const served = [...files.keys()].filter((file) => file.startsWith('environment/clone/clone/'));
    expect(served).toContain('environment/clone/clone/notes/routes/notes.yaml');
    expect(served).toContain('environment/clone/clone/shapes.json');
    expect(served.filter((file) => /REPORT|evidence/.test(file))).toEqual([]);
    const probes = [{ id: 'made' }] as never;
    const { tasks } = parseTasks('tasks.yaml', text('environment/clone/clone/tasks.yaml'), probes);
    expect(tasks).toEqual([task]);
  });

  it('takes along the externs that are enabled, and says which one is missing that a rule calls', () => {
    const calls = '- rule: notes.create/ok\n  set: { title: \'extern("slug", body.title)\' }\n';
    const clone = notesFiles({
      ...extra,
      'overrides/a.yaml': calls,
      'externs/slug.mjs': 'export default 1;',
      'externs/other.mjs': 'export default 2;',
    });
    const folder = harborTask(task, clone, { ...options, externs: ['slug'] });
    expect([...folder.keys()].filter((file) => file.endsWith('.mjs'))).toEqual([
      'environment/clone/clone/externs/slug.mjs',
    ]);
    expect(folder.get('environment/clone/Dockerfile')).toContain('"--seed", "4", "--extern", "slug"]');
    expect(failureOf(() => harborTask(task, clone, options)).message).toContain(
      'take its code along with --extern slug',
    );
  });

  it('tells the agent what to do and where', () => {
    expect(text('instruction.md')).toContain(task.goal);
    expect(text('instruction.md')).toContain('http://clone:7070/~/default/chat/ is chat');
  });

  /** A developer may lack Python; in CI its absence is a failure. */
  it.runIf(process.env['CI'] !== undefined || existsSync(PYTHON))('is TOML and Python that their readers take', () => {
    const toml = `import sys, tomllib; print(tomllib.loads(sys.stdin.read())["environment"]["mcp_servers"][0]["url"])`;
    const read = spawnSync(PYTHON, ['-c', toml], { input: text('task.toml'), encoding: 'utf8' });
    expect(read.stdout).toBe('http://clone:7070/~/default/mcp\n');
    const verifier = /<<'PYTHON'\n([^]*)\nPYTHON\n/.exec(text('tests/test.sh'))?.[1] ?? '';
    const compiled = spawnSync(PYTHON, ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input: verifier,
    });
    expect(compiled.status).toBe(0);
  });
});
