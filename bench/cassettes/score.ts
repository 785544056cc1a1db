// Clones of real traffic, asked for sessions that they were not compiled from. Run by hand:
//
//   npm run bench:cassettes -- FILE.har.gz… [--folds 5] [--sessions 400] [--show 10 [--only TEXT]]
//
// Each page of an archive is a session of its own: a test of a client that ran against the real service, on whatever
// account and day. Sessions are dealt into folds; each fold is asked of a clone of the others, free-running. An answer is
// counted in the cell of its route and status, by how many recorded examples that cell had. Writes bench/results/cassettes.md.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { compile } from '../../src/core/compiler/compile.ts';
import { replayRecordings, type Judgement } from '../../src/core/fidelity/session-replay.ts';
import { recordingFromHar } from '../../src/core/recording/har-import.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { loadModel, type LoadedModel } from '../../src/core/runtime/step.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folds: { type: 'string', default: '5' },
    sessions: { type: 'string' },
    show: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
  },
});
if (positionals.length === 0) {
  console.error(
    'usage: npm run bench:cassettes -- FILE.har.gz… [--folds 5] [--sessions 400] [--show 10 [--only TEXT]]',
  );
  process.exit(2);
}

/** One answer, and how many recorded examples its cell had. */
interface Scored {
  readonly judgement: Judgement;
  readonly examples: number;
}

interface Bucket {
  readonly name: string;
  readonly holds: (examples: number) => boolean;
}

const BUCKETS: readonly Bucket[] = [
  { name: 'all', holds: () => true },
  { name: '3 and more', holds: (examples) => examples >= 3 },
  { name: '0', holds: (examples) => examples === 0 },
  { name: '1', holds: (examples) => examples === 1 },
  { name: '2', holds: (examples) => examples === 2 },
  { name: '3–5', holds: (examples) => examples >= 3 && examples <= 5 },
  { name: '6–15', holds: (examples) => examples >= 6 && examples <= 15 },
  { name: '16 and more', holds: (examples) => examples >= 16 },
];

const pages = positionals.map((file) => {
  const recording = read(file);
  const began = performance.now();
  const scored = scoreFolds(recording, Number(values.folds));
  const seconds = (performance.now() - began) / 1000;
  for (const line of misses(scored)) console.log(line);
  const page = table(basename(file).replace(/\..*$/, ''), recording, scored, seconds);
  console.log(page);
  return page;
});
keep(pages);

function read(file: string): Recording {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const { recording } = recordingFromHar(JSON.parse(text));
  const sessions = recording.sessions.slice(0, values.sessions === undefined ? undefined : Number(values.sessions));
  return only(recording, new Set(sessions.map(({ name }) => name)));
}

/** The sessions of these names, each of which starts in a world of its own. */
function only(recording: Recording, names: ReadonlySet<string>): Recording {
  return {
    ...recording,
    sessions: recording.sessions.filter(({ name }) => names.has(name)).map(({ name }) => ({ name, start: 'fresh' })),
    exchanges: recording.exchanges.filter(({ session }) => names.has(session)),
  };
}

function scoreFolds(recording: Recording, folds: number): Scored[] {
  return Array.from({ length: folds }, (_none, fold): Scored[] => {
    const isHeldOut = (at: number): boolean => at % folds === fold;
    const names = recording.sessions.map(({ name }) => name);
    const training = only(recording, new Set(names.filter((_name, at) => !isHeldOut(at))));
    const heldOut = only(recording, new Set(names.filter((_name, at) => isHeldOut(at))));
    const loaded = loadModel(compile([training]).model);
    const cells = cellsOf(loaded, training);
    console.error(`fold ${fold + 1} of ${folds}: ${heldOut.exchanges.length} exchanges held out`);
    return [...replayRecordings(loaded, [heldOut])].map((judgement) => ({
      judgement,
      examples: cells.get(cellOf(loaded, judgement.exchange)) ?? 0,
    }));
  }).flat();
}

/** Recorded examples by route and status. */
function cellsOf(loaded: LoadedModel, { exchanges }: Recording): Map<string, number> {
  const cells = new Map<string, number>();
  for (const exchange of exchanges) {
    const cell = cellOf(loaded, exchange);
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return cells;
}

function cellOf(loaded: LoadedModel, { origin, request, response }: Recording['exchanges'][number]): string {
  const service = loaded.services.find((each) => each.service.origins.includes(origin));
  const route = service?.router.match(request.method, request.target.replace(/\?.*$/, '')).route;
  return `${origin} ${route?.id ?? 'none'} ${response?.status ?? 0}`;
}

function table(name: string, recording: Recording, scored: readonly Scored[], seconds: number): string {
  const share = (of: readonly Scored[], holds: (judgement: Judgement) => boolean): string =>
    of.length === 0 ? '–' : (of.filter(({ judgement }) => holds(judgement)).length / of.length).toFixed(3);
  const rows = BUCKETS.map(({ name: bucket, holds }) => {
    const of = scored.filter(({ examples }) => holds(examples));
    return [
      bucket,
      String(of.length),
      share(of, ({ comparison }) => comparison.status),
      share(of, ({ isExact }) => isExact),
      share(of, ({ isExact, comparison }) => isExact && comparison.headers),
      share(of, ({ provenance }) => provenance === 'unknown'),
      share(of, ({ isExact, provenance }) => !isExact && provenance !== 'unknown'),
    ];
  });
  const heads = ['examples of the cell', 'answers', 'status', 'exact', 'whole', 'unknown', 'silently wrong'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `## ${name}

${recording.sessions.length} sessions, ${recording.exchanges.length} exchanges, ${values.folds} folds, ${seconds.toFixed(0)} s.

${[line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')}
`;
}

function misses(scored: readonly Scored[]): string[] {
  return scored
    .filter(({ judgement, examples }) => !judgement.isExact && examples >= 3)
    .map(({ judgement, examples }) => {
      const { exchange, comparison, provenance, rules } = judgement;
      const why = comparison.differences.slice(0, 3).map((each) => `${each.path}: ${each.expected} ≠ ${each.actual}`);
      return `- ${exchange.session} ${exchange.request.method} ${exchange.request.target} (${provenance}, ${examples} examples, ${rules.join(', ')})\n    ${why.join('\n    ')}`;
    })
    .filter((line) => line.includes(values.only))
    .slice(0, Number(values.show));
}

function keep(tables: readonly string[]): void {
  const home = join(fileURLToPath(import.meta.url), '../../..');
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: home, encoding: 'utf8' }).trim();
  const command = ['npm run bench:cassettes --', ...process.argv.slice(2).map((word) => basename(word))].join(' ');
  const page = `# Cassettes

Real traffic of public client test suites, left out session by session: \`${command}\`, measured at commit ${commit}.
The archives are not part of this repository. \`exact\`: status and every value of the body right, up to a bijection of made-up ids and the
instant of clocks; \`whole\`: headers too. A cell is a route with a status; its examples are the recorded ones that the clone was compiled from.

${tables.join('\n')}`;
  writeFileSync(join(home, 'bench/results/cassettes.md'), page);
}
