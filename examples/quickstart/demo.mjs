// The quickstart: Mynah's main job on real software, from the first recorded request to an alarm about a changed API.
//   npm run demo                          everything that it makes is left in demo-output/
//   node examples/quickstart/demo.mjs FOLDER
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CHECKOUT, expect, heading, isListening, run, startServer, stopAll } from './stage.mjs';

const HERE = 'examples/quickstart';
const EMULATOR = ['node', `${HERE}/github-emulator.mjs`];
/** Days of work that the clone is compiled from, and days that only the drift check sees. */
const DAYS = [1, 2, 3, 4, 5, 6];
const [LATER_DAY, DAY_OF_CHANGE] = [7, 8];

const folder = relative(CHECKOUT, resolve(process.argv[2] ?? join(CHECKOUT, 'demo-output')));
process.chdir(CHECKOUT);
const made = Object.fromEntries(
  ['github.mynah', 'clone', 'episode.jsonl', 'answer.txt', 'again.mynah', 'changed.mynah', 'keys'].map((name) => [
    name,
    join(folder, name),
  ]),
);
// Keys and certificates of this demo stay in its folder.
process.env.MYNAH_DATA = resolve(made.keys);

/** Records a day of work: the SDK asks for api.github.com, Mynah sends what it asks to this server. */
function record(original, day, out, session, quiet = false) {
  const command = [
    'mynah',
    'record',
    '--upstream',
    `api.github.com=${original.address}`,
    '--session',
    session,
    '--out',
    out,
  ];
  return run([...command, '--', 'node', `${HERE}/work-on-github.mjs`, String(day)], { quiet });
}

async function demo() {
  const startedAt = Date.now();
  console.log(`What is shown as "mynah" is "node bin/mynah.js". Everything that is made here is left in ${folder}/`);
  mkdirSync(folder, { recursive: true });
  for (const path of Object.values(made)) {
    for (const part of ['', '-wal', '-shm']) rmSync(path + part, { recursive: true, force: true });
  }

  heading('1. An original');
  console.log(
    'This is not github.com: the original here is "emulate", an emulator of GitHub\'s REST API, on this machine.',
  );
  const original = await startServer(EMULATOR);
  console.log(`$ ${EMULATOR.join(' ')}\nlistening on ${original.address}`);

  heading('2. Record');
  console.log(
    "GitHub's own SDK, unmodified, works against https://api.github.com for some days. Mynah opens the TLS and listens.",
  );
  for (const day of DAYS) await record(original, day, made['github.mynah'], `day-${day}`, day > DAYS[0]);

  heading('3. Compile');
  await run(['mynah', 'compile', made['github.mynah'], '--out', made.clone]);

  heading('4. Stop the original');
  await original.stop();
  expect(!(await isListening(original.address)), `something still listens on ${original.address}`);
  console.log(`nothing listens on ${original.address} any more`);

  heading('5. Run an agent against the clone');
  for (const file of ['probes.yaml', 'tasks.yaml']) {
    console.log(`$ cp ${HERE}/${file} ${made.clone}`);
    copyFileSync(join(HERE, file), join(made.clone, file));
  }
  console.log('The same SDK asks for https://api.github.com again, and does what was never recorded:');
  const command = ['--', 'node', `${HERE}/agent.mjs`, made['answer.txt']];
  const options = ['--task', 'fix-the-roof', '--answer', made['answer.txt'], '--log', made['episode.jsonl']];
  const episode = await run(['mynah', 'run', made.clone, ...options, ...command]);
  for (const probe of ['label-created', 'closed-with-comment', 'told']) {
    expect(new RegExp(`score.*\\b${probe} `).test(episode), `the probe ${probe} gave no reward`);
  }
  console.log(`how the answers were found: ${provenanceCounts(made['episode.jsonl'])}`);
  await run(['mynah', 'replay', made['episode.jsonl']]);

  heading('6. Watch the original for drift');
  console.log('The original is started again, and another day is recorded. Nothing has changed:');
  const again = await startServer(EMULATOR);
  await record(again, LATER_DAY, made['again.mynah'], 'again');
  await run(['mynah', 'drift', 'check', made.clone, '--recording', made['again.mynah']]);

  console.log('\nNow a reverse proxy in front of it renames one field and changes one status:');
  const changed = await startServer(['node', `${HERE}/changed-api.mjs`, again.address]);
  await record(changed, DAY_OF_CHANGE, made['changed.mynah'], 'changed');
  const drift = await run(['mynah', 'drift', 'check', made.clone, '--recording', made['changed.mynah']], { exit: 1 });
  expect(/field\.renamed .*state_reason -> .*close_reason/.test(drift), 'the renamed field was not found');
  expect(/status\.changed 201 -> 202/.test(drift), 'the changed status was not found');
  await changed.stop();
  await again.stop();

  heading(`Done in ${Math.round((Date.now() - startedAt) / 1000)} s. What is left to look at:`);
  console.log(`${made['github.mynah']}   the recording
${made.clone}/         the clone: REPORT.md, and its entities and routes as text
${made['episode.jsonl']}  the agent's episode, a line a request, with the rules behind every answer`);
}

/** "34 synthesised, 1 pooled": from the log, because the agent is not told. */
function provenanceCounts(log) {
  const steps = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'step');
  const counts = new Map();
  for (const { provenance } of steps) counts.set(provenance, (counts.get(provenance) ?? 0) + 1);
  return [...counts].map(([provenance, count]) => `${count} ${provenance}`).join(', ');
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => void stopAll().then(() => process.exit(code)));
}
try {
  await demo();
} catch (error) {
  console.error(`\nThe demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
