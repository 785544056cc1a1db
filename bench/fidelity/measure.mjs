// How close clones come to real programs, on seeds that were never recorded. Run by hand:
//
//   node bench/fidelity/measure.mjs EVALUATE TARGET… [-- further options of EVALUATE]
//
// EVALUATE is a script that records a target, compiles, drives unseen seeds against original and clone, and prints one JSON
// line (status, exact, whole, unknown, silently_wrong, perfect, prefix_median). Writes bench/results/fidelity.{json,md}.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = join(dirname(fileURLToPath(import.meta.url)), '../..');
const [evaluate, ...rest] = process.argv.slice(2);
const dashes = rest.indexOf('--');
const targets = dashes < 0 ? rest : rest.slice(0, dashes);
const options = dashes < 0 ? [] : rest.slice(dashes + 1);
if (evaluate === undefined || targets.length === 0) {
  console.error('usage: node bench/fidelity/measure.mjs EVALUATE TARGET… [-- further options of EVALUATE]');
  process.exit(2);
}
const rows = targets.map((target) => {
  const output = target.endsWith('.json')
    ? readFileSync(target, 'utf8')
    : execFileSync(process.execPath, [evaluate, '--target', target, '--json', ...options], {
        env: { ...process.env, MYNAH_HOME: home },
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
  const { build, ...figures } = JSON.parse(output.trim().split('\n').at(-1));
  console.log(`${basename(target)}: exact ${figures.exact}, status ${figures.status}`);
  return { ...figures, build_s: build?.build_s };
});
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: home, encoding: 'utf8' }).trim();
writeFileSync(join(home, 'bench/results/fidelity.json'), `${JSON.stringify({ commit, options, rows }, null, 2)}\n`);
writeFileSync(join(home, 'bench/results/fidelity.md'), page(commit, rows));

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
    row.build_s,
  ]);
  const line = (columns) => `| ${columns.join(' | ')} |`;
  return `# Clone fidelity

Measured at commit ${at}: \`node bench/fidelity/measure.mjs EVALUATE TARGET… -- ${options.join(' ')}\`. Free-running; each test session begins in the world before the first recorded exchange.
\`exact\`: status and whole body right; \`whole\`: headers too; \`perfect\`: share of sessions without a miss.

${[line(heads), line(heads.map(() => '---')), ...cells.map(line)].join('\n')}
`;
}
