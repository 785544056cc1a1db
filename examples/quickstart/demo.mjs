// The quickstart: Mynah's main job on real software, from the first recorded request to an alarm about a changed API.
//   npm run demo                          everything that it makes is left in demo-output/
//   node examples/quickstart/demo.mjs FOLDER
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CHECKOUT, expect, heading, isListening, run, show, startServer, stopAll, words } from './stage.mjs';

const HERE = 'examples/quickstart';
const EMULATOR = words`node ${HERE}/github-emulator.mjs`;
/** Days of work that the clone is compiled from, and days that only the drift check sees. */
const DAYS = [1, 2, 3, 4, 5, 6];
const [LATER_DAY, DAY_OF_CHANGE] = [7, 8];

const folder = relative(CHECKOUT, resolve(process.argv[2] ?? join(CHECKOUT, 'demo-output')));
process.chdir(CHECKOUT);
const [recording, clone, episode, answer, again, changed, keys] = [
  'github.mynah',
  'clone',
  'episode.jsonl',
  'answer.txt',
  'again.mynah',
  'changed.mynah',
  'keys',
].map((name) => join(folder, name));
// Keys and certificates of this demo stay in its folder.
process.env.MYNAH_DATA = resolve(keys);

/** Records a day of work: the SDK asks for api.github.com, and Mynah sends what it asks to this server. */
function record(server, day, out, options) {
  const command = words`mynah record --upstream api.github.com=${server.address} --session day-${day} --out ${out}`;
  return run([...command, ...words`-- node ${HERE}/work-on-github.mjs ${day}`], options);
}

async function demo() {
  const startedAt = Date.now();
  console.log(`What is shown as "mynah" is "node bin/mynah.js". Everything that is made here is left in ${folder}/`);
  mkdirSync(folder, { recursive: true });
  for (const path of [recording, clone, episode, answer, again, changed, keys]) {
    for (const part of ['', '-wal', '-shm', '.episodes']) rmSync(path + part, { recursive: true, force: true });
  }

  heading('1. An original');
  console.log(
    'This is not github.com: the original here is "emulate", an emulator of GitHub\'s REST API, on this machine.',
  );
  const original = await startServer(EMULATOR);

  heading('2. Record');
  console.log(
    "GitHub's own SDK, unmodified, works against https://api.github.com for some days. Mynah opens the TLS and listens.",
  );
  for (const day of DAYS) await record(original, day, recording, { quiet: day > DAYS[0] });

  heading('3. Compile');
  await run(words`mynah compile ${recording} --out ${clone}`);

  heading('4. Stop the original');
  await original.stop();
  expect(!(await isListening(original.address)), `something still listens on ${original.address}`);
  console.log(`nothing listens on ${original.address} any more`);

  heading('5. Run an agent against the clone');
  for (const file of ['probes.yaml', 'tasks.yaml']) {
    show(words`cp ${HERE}/${file} ${clone}`);
    copyFileSync(join(HERE, file), join(clone, file));
  }
  console.log('The same SDK asks for https://api.github.com again, and does what was never recorded:');
  const options = words`--task fix-the-roof --answer ${answer} --log ${episode}`;
  const score = await run([...words`mynah run ${clone}`, ...options, ...words`-- node ${HERE}/agent.mjs ${answer}`]);
  for (const probe of ['label-created', 'closed-with-comment', 'told']) {
    expect(new RegExp(`score.*\\b${probe} `).test(score), `the probe ${probe} gave no reward`);
  }
  console.log(`how the answers were found: ${provenanceCounts()}`);
  await run(words`mynah replay ${episode}`);

  heading('6. Watch the original for drift');
  console.log('The original is started again, and another day is recorded. Nothing has changed:');
  const anew = await startServer(EMULATOR);
  await record(anew, LATER_DAY, again);
  await run(words`mynah drift check ${clone} --recording ${again}`);

  console.log('\nNow a reverse proxy in front of it renames one field and changes one status:');
  const careless = await startServer(words`node ${HERE}/changed-api.mjs ${anew.address}`);
  await record(careless, DAY_OF_CHANGE, changed);
  const drift = await run(words`mynah drift check ${clone} --recording ${changed}`, { exit: 1 });
  expect(/field\.renamed .*state_reason -> .*close_reason/.test(drift), 'the renamed field was not found');
  expect(/status\.changed 201 -> 202/.test(drift), 'the changed status was not found');
  console.log('exit code 1: drift');
  await careless.stop();
  await anew.stop();

  heading(`Done in ${Math.round((Date.now() - startedAt) / 1000)} s. What is left to look at:`);
  console.log(`${recording}   what was recorded
${clone}/         the clone: REPORT.md, and its entities and routes as text
${episode}  the agent's episode, a line a request, with the rules behind every answer`);
}

/** "34 synthesised, 1 pooled": from the log, because the agent is not told. */
function provenanceCounts() {
  const lines = readFileSync(episode, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const counts = new Map();
  for (const { kind, provenance } of lines) {
    if (kind === 'step') counts.set(provenance, (counts.get(provenance) ?? 0) + 1);
  }
  return [...counts].map(([provenance, count]) => `${count} ${provenance}`).join(', ');
}

let isInterrupted = false;
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
  process.once(signal, async () => {
    isInterrupted = true;
    await stopAll();
    process.exit(code);
  });
}
try {
  await demo();
} catch (error) {
  if (!isInterrupted) console.error(`\nThe demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
