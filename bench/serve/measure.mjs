// What serving costs, as ratios within one run on one machine. Writes bench/results/serve.md.
//   npm run bench:serve [-- --clone FOLDER] [--episodes 1000] [--sessions 16384] [--packages FOLDER] [--no-peers] [--no-write]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeClone } from './clone.mjs';
import { measurePeers } from './peers.mjs';
import { load, startServer } from './processes.mjs';
import { afternoon, reads } from './workload.mjs';

const { values } = parseArgs({
  options: {
    clone: { type: 'string' },
    episodes: { type: 'string', default: '1000' },
    sessions: { type: 'string', default: '16384' },
    packages: { type: 'string' },
    peers: { type: 'boolean', default: true },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const CONNECTIONS = 32;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'mynah-bench-'));
try {
  const clone = values.clone === undefined ? await makeClone(folder) : resolve(values.clone);
  const plane = tell('agent plane', await overHttp(clone));
  const peers = values.peers ? tell('peers', await measurePeers(plane.answers, folder, values.packages)) : [];
  const core = tell('in process', inProcess(clone));
  const text = page(plane, core, tell('sessions', await openEnv(clone)), peers);
  console.log(text);
  if (values.write) writeFileSync(here('../results/serve.md'), text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What is known so far, for who waits. */
function tell(what, result) {
  const { answers: _answers, ...told } = result;
  console.error(what, JSON.stringify(told));
  return result;
}

function serve(clone, ...options) {
  const address = ['--listen', '127.0.0.1:0', '--control', '127.0.0.1:0'];
  return startServer(['bin/mynah.js', 'serve', clone, ...address, '--data', join(folder, 'episodes'), ...options]);
}

function controlOf({ line }) {
  return /control on (\S+)/.exec(line)[1];
}

/** Of the server's core, per request. Everybody warms up first: the better of two rounds counts, of the bare server too. */
async function overHttp(clone) {
  const server = await serve(clone);
  const results = {};
  let episodes = [];
  const credentials = () => episodes[0].credentials[0].headers;
  const under = (requests) =>
    episodes.map(({ id }) => requests.map((one) => ({ ...one, path: `/~/${id}${one.path}` })));
  for (const [name, script] of [
    ['mixed', afternoon],
    ['reads', reads],
  ]) {
    const rounds = [];
    for (let round = 0; round < 2; round += 1) {
      if (script === afternoon) episodes = await manyEpisodes(server);
      rounds.push(await load(server, { connections: CONNECTIONS, requests: under(script(credentials())) }));
    }
    const measured = best(rounds);
    const bare = await startServer([here('bare-server.mjs'), String(Math.round(measured.bytesMean))]);
    const job = { connections: CONNECTIONS, requests: under(script(credentials())) };
    const yardstick = best([await load(bare, job), await load(bare, job)]);
    await bare.stop();
    results[name] = {
      ...measured,
      bare: yardstick,
      cpuRatio: yardstick.cpuMicros / measured.cpuMicros,
      ratio: measured.perSecond / yardstick.perSecond,
    };
  }
  const answers = await answersTo(reads(credentials()), episodes[0].url);
  await server.stop();
  return { ...results, answers };
}

function best(rounds) {
  return rounds.sort((a, b) => a.cpuMicros - b.cpuMicros)[0];
}

async function manyEpisodes(server) {
  const wanted = Array.from({ length: Number(values.episodes) }, (_none, seed) => ({ seed }));
  const made = await fetch(`${controlOf(server)}/episodes:batch`, {
    method: 'POST',
    body: JSON.stringify({ episodes: wanted }),
  });
  return (await made.json()).episodes;
}

/** What the peers have to answer. */
async function answersTo(requests, url) {
  const answers = [];
  for (const { path, headers } of requests) {
    const answer = await fetch(`${url}${path}`, { headers });
    answers.push({ path, status: answer.status, body: await answer.text() });
  }
  return answers;
}

function inProcess(clone) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', here('in-process.mjs'), clone], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function openEnv(clone) {
  const results = [];
  for (const sessions of [Math.min(2048, Number(values.sessions)), Number(values.sessions)]) {
    const server = await serve(clone);
    const before = server.residentBytes();
    const control = { ...server, port: Number(new URL(controlOf(server)).port) };
    const result = await load(control, { sessions, waitMs: 1000 }, 'sessions.mjs');
    results.push({ sessions, ...result, residentMb: (server.residentBytes() - before) / 1e6 });
    await server.stop();
  }
  return results;
}

function page({ mixed, reads: read }, core, sessions, peers) {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim();
  const f = (number, digits = 2) => number.toFixed(digits);
  const plane = (name, { requests, bytesMean, cpuMicros, bare, cpuRatio, ratio, p50, p99 }, target) =>
    `| ${name} | ${requests} | ${f(bytesMean, 0)} | ${f(bare.cpuMicros, 0)} | ${f(cpuMicros, 0)} | ${f(cpuRatio)} | ${f(ratio)} | ${target} | ${f(p50, 1)} / ${f(p99, 1)} |`;
  const { againstLoop, bySeedSize, byLength, byEpisodes, bytesOfIdle } = core;
  return `# Serving

Measured at commit ${commit} on ${cpus().length} cores (${cpus()[0].model}, Node ${process.version}), other work on the machine at the same time: only ratios within the run
say something. \`npm run bench:serve\` records six days of the quickstart, compiles them and serves that clone.

## Agent plane, logging on, ${values.episodes} live episodes

Against a bare \`node:http\` server that answers a fixed body of the same mean size, each alone on one core, ${CONNECTIONS} connections, the better of
two rounds. By time of the server's core per request, and by requests per second.

| workload | requests | bytes | bare, µs | mynah, µs | ratio by core | ratio by rate | target | p50 / p99, ms |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${plane('mixed, 40 % writes', mixed, '0.5')}
${plane('reads', read, '0.6')}

## Peers at their own reads

The answers of the reads above, served by programs that stand in for an API without its state: the same bodies, core and connections.

| program | requests | µs of the core | requests/s | of mynah's time of the core | of mynah's requests/s |
| --- | --- | --- | --- | --- | --- |
${peers.map((one) => peerRow(one, read)).join('\n')}

## In process, logging off

| what | | target |
| --- | --- | --- |
| loop of JSON.parse, Map get and set, JSON.stringify over the same answers | ${f(againstLoop.loopMicros, 1)} µs | |
| step | ${f(againstLoop.stepMicros, 1)} µs, ${f(againstLoop.ratio)} of the loop's speed | 0.25 |
| step, and its line printed | ${f(againstLoop.loggedMicros, 1)} µs, ${f(againstLoop.loopMicros / againstLoop.loggedMicros)} of the loop's speed | |
| reset, 10 and 100,000 seeded entities | ${f(bySeedSize.reset.small)} and ${f(bySeedSize.reset.large)} µs, ${f(bySeedSize.reset.ratio)} times | 1.5 |
| first write after a fork, 10 and 100,000 seeded entities | ${f(bySeedSize.fork.small, 1)} and ${f(bySeedSize.fork.large, 1)} µs, ${f(bySeedSize.fork.ratio)} times | 1.5 |
| step 10 and step 10,000 of an episode | ${f(byLength.early, 1)} and ${f(byLength.late, 1)} µs, ${f(byLength.ratio)} times | 1.3 |
| step among 1,000 and 16,000 episodes | ${f(byEpisodes.few, 1)} and ${f(byEpisodes.many, 1)} µs, ${f(byEpisodes.ratio)} times | 1.3 |
| idle episode | ${f(bytesOfIdle / 1000, 1)} kB | 20 |

## OpenEnv sessions over /ws, in one process

Connect, reset, wait until all have, one second more, one step, close.

| sessions | success | seconds | reset p50 / p99, ms | step p50 / p99, ms | memory, MB |
| --- | --- | --- | --- | --- | --- |
${sessions.map((one) => `| ${one.sessions} | ${f(one.success * 100, 2)} % | ${f(one.seconds, 1)} | ${f(one.reset.p50, 1)} / ${f(one.reset.p99, 1)} | ${f(one.step.p50, 1)} / ${f(one.step.p99, 1)} | ${f(one.residentMb, 0)} |`).join('\n')}
`;
}

function peerRow({ name, missing, requests, cpuMicros, perSecond }, read) {
  if (missing !== undefined) return `| ${name} | not measured: ${missing} | | | | |`;
  const [byCore, byRate] = [cpuMicros / read.cpuMicros, perSecond / read.perSecond].map((ratio) => ratio.toFixed(1));
  return `| ${name} | ${requests} | ${cpuMicros.toFixed(0)} | ${perSecond.toFixed(0)} | ${byCore} times | ${byRate} times |`;
}
