// What recording costs, in one run on one machine: a plain pass-through that records nothing, this recorder, and mitmdump
// writing a flow file, each in front of the same server. Rounds are short and the programs take turns in them, so that what
// else the machine does meets all of them alike; ratios are the middle of the ratios of the rounds.
//
//   npm run bench:recorder -- [--rounds 7] [--seconds 2] [--clients 32] [--exchanges 100000]
//     [--only throughput|latency|events|memory|large] [--gibibytes 2]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { largeBodyCost } from './large-bodies.ts';
import { askTimes, firstEventDelay, latencies, middle, throughput } from './load.ts';
import { cpuSeconds, residentMiB, startProgram, type Program, type ProgramName } from './programs.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    clients: { type: 'string', default: '32' },
    exchanges: { type: 'string', default: '100000' },
    only: { type: 'string', multiple: true },
    gibibytes: { type: 'string', default: '2' },
  },
});
const [rounds, seconds, clients, exchanges] = [values.rounds, values.seconds, values.clients, values.exchanges].map(
  Number,
) as [number, number, number, number];
const SIZES = [200, 2_000, 20_000, 200_000];
const SERIAL_REQUESTS = 1000;

interface Compared {
  readonly passThrough: Program;
  readonly recorder: Program;
  readonly mitmdump: Program;
}

const folder = mkdtempSync(join(tmpdir(), 'mynah-bench-'));
const running: Program[] = [];
try {
  const server = await start('server', '');
  const compared = {
    passThrough: await start('pass-through', server.url),
    recorder: await start('mynah record', server.url),
    mitmdump: await start('mitmdump', server.url),
  };
  const report = [
    ...heading(),
    ...(isWanted('throughput') ? await throughputTable(compared) : []),
    ...(isWanted('latency') ? await latencyTable(server, compared) : []),
    ...(isWanted('events') ? await eventTable(server, compared) : []),
    ...(isWanted('memory') ? await memoryTable(compared) : []),
    ...(isWanted('large') ? await largeBodyTable() : []),
  ].join('\n');
  process.stdout.write(`${report}\n`);
  writeFileSync(new URL('../results/recorder.md', import.meta.url), `${report}\n`);
} finally {
  for (const program of running) program.process.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}

/** All tables, or those that `--only` names. */
function isWanted(table: 'throughput' | 'latency' | 'events' | 'memory' | 'large'): boolean {
  return values.only === undefined || values.only.includes(table);
}

async function start(name: ProgramName, upstream: string): Promise<Program> {
  const program = await startProgram(name, upstream, folder);
  running.push(program);
  return program;
}

function heading(): readonly string[] {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const mitmproxy = /Mitmproxy: (\S+)/.exec(execFileSync('mitmdump', ['--version'], { encoding: 'utf8' }))?.[1] ?? '';
  return [
    '# What recording costs',
    '',
    `Measured at commit ${commit} on ${cpus().length} shared cores with Node ${process.version.slice(1)} and mitmproxy ${mitmproxy}. Every program`,
    'stood in front of the same server of JSON, and they took turns. `pass-through` is `http-proxy` and records nothing; `mynah record`',
    'and `mitmdump -w FILE` record everything.',
    '',
    '```console',
    `$ npm run bench:recorder -- --rounds ${rounds} --seconds ${seconds} --clients ${clients} --exchanges ${exchanges}`,
    '```',
    '',
  ];
}

interface Round {
  readonly perSecond: number;
  /** Of the program's own computing: what it would pass with a core to itself. */
  readonly perCpuSecond: number;
}

async function throughputTable({ passThrough, recorder, mitmdump }: Compared): Promise<readonly string[]> {
  const programs = [passThrough, recorder, mitmdump];
  const lines: string[] = [];
  const cpuLines: string[] = [];
  for (const size of SIZES) {
    const ask = async (program: Program, forSeconds: number): Promise<Round> => {
      const before = cpuSeconds(program);
      const { answered, perSecond } = await throughput(program.url, `/items/${size}`, clients, forSeconds);
      return { perSecond, perCpuSecond: answered / (cpuSeconds(program) - before) };
    };
    for (const program of programs) await ask(program, 1);
    const perRound: (readonly Round[])[] = [];
    for (let round = 0; round < rounds; round++) {
      const asked: Round[] = [];
      for (const program of programs) asked.push(await ask(program, seconds));
      perRound.push(asked);
    }
    lines.push(comparison(size, perRound, 'perSecond'));
    cpuLines.push(comparison(size, perRound, 'perCpuSecond'));
  }
  const names = ['bytes of a body', 'pass-through', 'mynah record', 'mitmdump', 'of pass-through', 'times mitmdump'];
  return [
    `## Throughput: requests a second over ${clients} kept connections`,
    '',
    ...head(...names),
    ...lines,
    '',
    '## Cost: requests for each second of computing of the program itself',
    '',
    'What else runs on the machine takes time from a program, but no computing.',
    '',
    ...head(...names),
    ...cpuLines,
    '',
  ];
}

/** The middle of the rounds, and of their ratios. */
function comparison(size: number, perRound: readonly (readonly Round[])[], by: keyof Round): string {
  const of = (round: readonly Round[], index: number) => round[index]?.[by] ?? NaN;
  const columns = [0, 1, 2].map((index) => middle(perRound.map((round) => of(round, index))).toFixed(0));
  const ratio = (index: number) => middle(perRound.map((round) => of(round, 1) / of(round, index)));
  return row(size, ...columns, ratio(0).toFixed(2), ratio(2).toFixed(1));
}

async function latencyTable(
  server: Program,
  { passThrough, recorder, mitmdump }: Compared,
): Promise<readonly string[]> {
  const urls = [server, passThrough, recorder, mitmdump].map(({ url }) => url);
  const [direct = [], ...through] = await latencies(urls, '/items/2000', SERIAL_REQUESTS);
  const line = (name: string, share: number) => {
    const added = through.map((taken) => quantile(taken, share) - quantile(direct, share));
    return row(name, ...added.map((ms) => ms.toFixed(2)), ((added[1] ?? NaN) / (added[0] ?? NaN)).toFixed(2));
  };
  return [
    '## Added latency: ms over asking the server itself, one request at a time',
    '',
    ...head('', 'pass-through', 'mynah record', 'mitmdump', 'times pass-through'),
    line('p50', 0.5),
    line('p99', 0.99),
    '',
  ];
}

async function eventTable(server: Program, { passThrough, recorder }: Compared): Promise<readonly string[]> {
  const delays: string[] = [];
  // mitmdump as it comes hands out answers that have ended; an event stream never does.
  for (const { url } of [server, passThrough, recorder]) delays.push((await firstEventDelay(url)).toFixed(2));
  return [
    '## First server-sent event: ms after the server wrote it',
    '',
    ...head('', 'server', 'pass-through', 'mynah record', 'mitmdump'),
    row('p50', ...delays, 'when the stream ends'),
    '',
  ];
}

async function largeBodyTable(): Promise<readonly string[]> {
  const bytes = Number(values.gibibytes) * 1024 ** 3;
  const lines: string[] = [];
  for (const [kept, bodyMax] of [
    ['whole, as they come', 2 * bytes],
    ['by length and hash', 1024 * 1024],
  ] as const) {
    const { download, upload } = await largeBodyCost(bytes, bodyMax);
    const cells = [download, upload].flatMap(({ residentMiB, rate }) => [residentMiB.toFixed(0), rate.toFixed(0)]);
    lines.push(row(kept, ...cells));
  }
  return [
    `## Bodies of ${values.gibibytes} GiB through mynah record: MiB resident at most, and MB a second`,
    '',
    ...head('kept', 'download: MiB', 'MB/s', 'upload: MiB', 'MB/s'),
    ...lines,
    '',
  ];
}

async function memoryTable({ passThrough, recorder, mitmdump }: Compared): Promise<readonly string[]> {
  for (const { url } of [passThrough, recorder]) await askTimes(url, '/items/200', clients, exchanges);
  return [
    `## Resident memory: MiB after ${exchanges} more small exchanges (mitmdump: after the above)`,
    '',
    ...head('', 'pass-through', 'mynah record', 'mitmdump'),
    row('RSS', ...[passThrough, recorder, mitmdump].map((program) => residentMiB(program).toFixed(0))),
    '',
  ];
}

function head(...cells: readonly string[]): readonly string[] {
  return [row(...cells), row(...cells.map(() => '---'))];
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? NaN;
}
