// Which part of the house may import which: the table that ARCHITECTURE.md describes. A new arrow needs a decision in
// docs/decisions/ and a line here.
import { describe, expect, it } from 'vitest';
import { importsOf, sourceFiles, type SourceFile } from '../support/source-tree.ts';

const CORE_ARROWS: Readonly<Record<string, readonly string[]>> = {
  std: [],
  exchange: ['std'],
  recording: ['exchange', 'std'],
  model: ['exchange', 'std'],
  compiler: ['recording', 'model', 'exchange', 'std'],
  runtime: ['model', 'exchange', 'std'],
  probe: ['runtime', 'model', 'exchange', 'std'],
  task: ['probe', 'runtime', 'model', 'exchange', 'std'],
  tool: ['model', 'exchange', 'std'],
  episode: ['tool', 'runtime', 'probe', 'task', 'model', 'exchange', 'std'],
  drift: ['recording', 'model', 'runtime', 'exchange', 'std'],
  fidelity: ['recording', 'runtime', 'model', 'exchange', 'std'],
  build: ['compiler', 'runtime', 'fidelity', 'recording', 'model', 'exchange', 'std'],
};

/** Modules whose imports of another module may only be types. */
const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = { probe: ['runtime'], task: ['runtime'] };

/** The packages that the core may use; each is pure and has a page in docs/decisions/. */
const CORE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@marcbachmann/cel-js': ['src/core/model/'],
  re2js: ['src/core/model/', 'src/core/recording/'],
  yaml: ['src/core/model/'],
  zod: ['src/core/model/', 'src/core/probe/', 'src/core/task/'],
};

/** Parts outside the core that each of them may import besides it; the cli wires all. */
const SHELL_ARROWS: Readonly<Record<string, readonly string[]>> = {
  proxy: [],
  store: [],
  live: [],
  'server/agent': ['proxy'],
  'server/control': ['server/agent', 'proxy'],
  'server/workers': ['server', 'server/agent', 'server/control', 'proxy'],
  cli: ['proxy', 'store', 'live', 'server/agent', 'server/control', 'server/workers', 'server'],
  server: ['server/agent', 'server/control', 'proxy'],
  library: ['store'],
};

const files = sourceFiles('src', /\.ts$/);

/** The part of the house a file belongs to: `core/model`, `server/agent`, `cli` … */
function partOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  const hasParts = first === 'core' || (first === 'server' && !second.endsWith('.ts'));
  return hasParts && !second.endsWith('.ts') ? `${first}/${second}` : first;
}

function breaches(
  check: (file: SourceFile, target: string, typeOnly: boolean) => string | undefined,
): readonly string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap(({ target, typeOnly }) => {
      const why = check(file, target, typeOnly);
      return why === undefined ? [] : [`${file.path} imports ${target}: ${why}`];
    }),
  );
}

describe('import arrows', () => {
  it('inside the core follow the table', () => {
    const found = breaches(({ path }, target, typeOnly) => {
      const from = partOf(path);
      if (!from.startsWith('core/') || !target.startsWith('src/core/')) return undefined;
      const [own = '', other = ''] = [from.slice('core/'.length), partOf(target).slice('core/'.length)];
      if (own === other) return undefined;
      if (CORE_ARROWS[own]?.includes(other) !== true) return `no arrow ${own} -> ${other}`;
      return TYPES_ONLY[own]?.includes(other) === true && !typeOnly
        ? `${own} may only import types of ${other}`
        : undefined;
    });
    expect(found).toEqual([]);
  });

  it('never lead out of the core, but to its few packages', () => {
    const found = breaches(({ path }, target) => {
      if (!path.startsWith('src/core/')) return undefined;
      if (target.startsWith('src/')) return target.startsWith('src/core/') ? undefined : 'the core knows no shell';
      return CORE_PACKAGES[target]?.some((folder) => path.startsWith(folder)) === true
        ? undefined
        : 'not one of its packages';
    });
    expect(found).toEqual([]);
  });

  it('between shells follow the table', () => {
    const found = breaches(({ path }, target) => {
      const [from, to] = [partOf(path), partOf(target)];
      if (
        path.startsWith('src/core/') ||
        path === 'src/index.ts' ||
        !target.startsWith('src/') ||
        to.startsWith('core') ||
        from === to
      )
        return undefined;
      return SHELL_ARROWS[from]?.includes(to) === true ? undefined : `no arrow ${from} -> ${to}`;
    });
    expect(found).toEqual([]);
  });

  it('never let the agent plane name probes, episodes as the trainer sees them, or the control plane', () => {
    const found = breaches(({ path }, target) => {
      if (!path.startsWith('src/server/agent/')) return undefined;
      return /^src\/(core\/(probe|task)|server\/control)\//.test(target)
        ? 'the agent plane cannot score or control'
        : undefined;
    });
    expect(found).toEqual([]);
  });

  it('carry the .ts ending, so that sources run without a build', () => {
    expect(
      breaches((_file, target) => (target.startsWith('src/') && !target.endsWith('.ts') ? 'no .ts ending' : undefined)),
    ).toEqual([]);
  });

  it('reach every part of the house: the table names no part that does not exist', () => {
    const parts = new Set(files.map(({ path }) => partOf(path)));
    for (const part of Object.keys(CORE_ARROWS)) expect(parts).toContain(`core/${part}`);
  });

  it('import only packages that package.json names', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    const known = new Set([
      ...Object.keys(manifest.dependencies),
      ...Object.keys((manifest as { optionalDependencies?: object }).optionalDependencies ?? {}),
    ]);
    const found = breaches((_file, target) => {
      if (target.startsWith('src/') || target.startsWith('node:')) return undefined;
      const name = target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/');
      return known.has(name) ? undefined : 'not a dependency';
    });
    expect(found).toEqual([]);
  });
});
