// How the time and memory of a compilation grow with the recording. Run by hand:
//
//   npm run bench:scale                                        # 10,000 against 100,000 exchanges; writes bench/results/scale.{md,json}
//   npm run bench:scale -- --exchanges 20000                   # one size, nothing is written
//   node --import tsx --cpu-prof bench/scale/compile.ts --exchanges 20000
//
// The recording is a gym service of twenty kinds of things (a hundred routes) whose lists are paged, in sessions of forty
// requests that continue one world. Every size has a process of its own.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compile } from '../../src/core/compiler/compile.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { CATALOGUE } from '../gym/catalogue.ts';
import { GYM_START, Service } from '../gym/service/service.ts';
import { User } from '../gym/user.ts';

const KINDS = 20;
const STEPS = 40;
const SIZES = [10_000, 100_000] as const;
/** Of the larger size's time to the smaller one's: near-linear. */
const RATIO_MAX = 11.5;
const RSS_MAX = 2 * 1024 ** 3;

interface Measured {
  readonly exchanges: number;
  readonly routes: number;
  /** Of processor time, which other work on the machine does not lengthen much. */
  readonly seconds: number;
  /** Resident memory before the compilation, the recording in it, and at most; in bytes. */
  readonly rssBefore: number;
  readonly rssMax: number;
}

const { values } = parseArgs({ options: { exchanges: { type: 'string' }, seed: { type: 'string', default: '7' } } });

if (values.exchanges !== undefined) console.log(JSON.stringify(measure(Number(values.exchanges))));
else {
  const [small, large] = SIZES.map(measureApart) as [Measured, Measured];
  keep(small, large);
}

function measure(exchanges: number): Measured {
  const recording = record(exchanges);
  const rssBefore = process.memoryUsage.rss();
  const began = process.cpuUsage();
  const { model } = compile([recording]);
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  const routes = model.services.reduce((sum, service) => sum + service.routes.length, 0);
  return {
    exchanges: recording.exchanges.length,
    routes,
    seconds,
    rssBefore,
    rssMax: process.resourceUsage().maxRSS * 1024,
  };
}

function measureApart(exchanges: number): Measured {
  const own = fileURLToPath(import.meta.url);
  const output = execFileSync(
    process.execPath,
    ['--import', 'tsx', own, '--exchanges', String(exchanges), '--seed', values.seed],
    {
      encoding: 'utf8',
    },
  );
  console.log(output.trim());
  return JSON.parse(output) as Measured;
}

/** Sessions of clients with one large service. */
function record(exchanges: number): Recording {
  const service = new Service(values.seed, KINDS);
  for (const behaviour of CATALOGUE)
    if (behaviour.isBasic === true || behaviour.name === 'paging') behaviour.install(service);
  service.open('scale');
  const users: User[] = [];
  let now = GYM_START;
  for (let session = 1; session * STEPS <= exchanges; session++) {
    const user = new User(service, `session-${session}`, `scale ${session}`, now);
    while (user.lived.length < STEPS) user.dice.weighted(service.moves).run(user);
    users.push(user);
    now = user.now + 30_000;
  }
  const sessions = users.map(({ session }) => ({ name: session, start: 'continues' as const }));
  const lived = users.flatMap((user) => user.lived.map(({ exchange }) => exchange));
  return { formatVersion: 1, toolVersion: 'scale', createdAt: GYM_START, sessions, exchanges: lived };
}

function keep(small: Measured, large: Measured): void {
  const home = join(fileURLToPath(import.meta.url), '../../..');
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: home, encoding: 'utf8' }).trim();
  const ratio = large.seconds / small.seconds;
  const verdict = (holds: boolean): string => (holds ? 'passed' : 'missed');
  const mib = (bytes: number): string => Math.round(bytes / 1024 ** 2).toLocaleString('en');
  const row = ({ exchanges, routes, seconds, rssBefore, rssMax }: Measured): string =>
    `| ${exchanges} | ${routes} | ${seconds.toFixed(1)} | ${mib(rssBefore)} | ${mib(rssMax)} |`;
  const page = `# Compile time and memory

Measured at commit ${commit} on one of ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), which other work may share: \`npm run bench:scale\`.
A gym service of ${KINDS} kinds of things with paged lists, recorded in sessions of ${STEPS} requests that continue one world.

| exchanges | routes | processor seconds | MiB before | MiB at most |
| --- | --- | --- | --- | --- |
${row(small)}
${row(large)}

Time: ${ratio.toFixed(1)} times for ${(large.exchanges / small.exchanges).toFixed(1)} times the exchanges (at most ${RATIO_MAX}: ${verdict(ratio <= RATIO_MAX)}).
Memory: under ${mib(RSS_MAX)} MiB: ${verdict(large.rssMax < RSS_MAX)}.
`;
  writeFileSync(join(home, 'bench/results/scale.md'), page);
  writeFileSync(
    join(home, 'bench/results/scale.json'),
    `${JSON.stringify({ commit, small, large, ratio }, null, 2)}\n`,
  );
  console.log(page);
}
