// How close clones come to real programs, on seeds that were never recorded. Run by hand:
//
//   node bench/fidelity/measure.mjs EVALUATE TARGET… [-- further options of EVALUATE]
//   npm run bench:fidelity -- --train 20 --test 10        # with the evaluator and every target of a folder
//
// The folder is FIDELITY_HOME, or ../shared beside this repository: fidelity/evaluate.mjs, and targets/*/workload.mjs.
// EVALUATE is a script that records a target, compiles, drives unseen seeds against original and clone, and prints one JSON
// line (status, exact, whole, unknown, silently_wrong, perfect, prefix_median). Writes bench/results/fidelity.{json,md}.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = join(dirname(fileURLToPath(import.meta.url)), '../..');
const shared = process.env.FIDELITY_HOME ?? join(home, '../shared');
const given = process.argv.slice(2);
const areAllMeant = given.length === 0 || given[0].startsWith('--');
const [evaluate, ...rest] = areAllMeant
  ? [join(shared, 'fidelity/evaluate.mjs'), ...everyTarget(), '--', ...given]
  : given;
const dashes = rest.indexOf('--');
const targets = dashes < 0 ? rest : rest.slice(0, dashes);
const options = dashes < 0 ? [] : rest.slice(dashes + 1);
if (targets.length === 0 || !existsSync(evaluate)) {
  console.error('usage: node bench/fidelity/measure.mjs EVALUATE TARGET… [-- further options of EVALUATE]');
  console.error(
    `   or: npm run bench:fidelity -- [options of EVALUATE], with FIDELITY_HOME naming its folder (now ${shared})`,
  );
  process.exit(2);
}

function everyTarget() {
  const folder = join(shared, 'targets');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'workload.mjs')));
}

const rows = targets.flatMap((target) => {
  try {
    return [measure(target)];
  } catch (error) {
    // A target that cannot start here is no reason to lose the others.
    console.error(`${basename(target)}: not measured: ${error.message.split('\n')[0]}`);
    return [];
  }
});
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: home, encoding: 'utf8' }).trim();
writeFileSync(join(home, 'bench/results/fidelity.json'), `${JSON.stringify({ commit, options, rows }, null, 2)}\n`);
writeFileSync(join(home, 'bench/results/fidelity.md'), page(commit, rows));

function measure(target) {
  const output = target.endsWith('.json')
    ? readFileSync(target, 'utf8')
    : execFileSync(process.execPath, [evaluate, '--target', target, '--json', ...options], {
        env: { ...process.env, MYNAH_HOME: home },
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
  const { build, ...figures } = JSON.parse(output.trim().split('\n').at(-1));
  console.log(`${basename(target)}: exact ${figures.exact}, status ${figures.status}`);
  const { reproduced, held_out } = build?.totals ?? {};
  return { ...figures, reproduced, held_out, build_s: build?.build_s };
}

function page(at, figures) {
  const heads = [
    'target',
    'exact',
    'status',
    'whole',
    'unknown',
    'silently wrong',
    'perfect',
    'first miss (median)',
    'reproduced',
    'held out',
    'compile, s',
  ];
  const cells = figures.map((row) => [
    row.target,
    row.exact,
    row.status,
    row.whole,
    row.unknown,
    row.silently_wrong,
    row.perfect,
    row.prefix_median,
    row.reproduced ?? '–',
    row.held_out ?? '–',
    row.build_s,
  ]);
  const line = (columns) => `| ${columns.join(' | ')} |`;
  return `# Clone fidelity

Measured at commit ${at}: \`node bench/fidelity/measure.mjs EVALUATE TARGET… -- ${options.join(' ')}\`. Free-running; each test session begins in the world before the first recorded exchange.
\`exact\`: status and whole body right; \`whole\`: headers too; \`perfect\`: share of sessions without a miss.
\`reproduced\` and \`held out\`: what the clone's own report said before.

${[line(heads), line(heads.map(() => '---')), ...cells.map(line)].join('\n')}
`;
}
