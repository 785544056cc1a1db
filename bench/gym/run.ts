// The behaviour gym: how well the compiler infers what synthetic services do. Run by hand:
//
//   npm run bench:gym -- --services 60 --seed 1            # all behaviours, weakest first; writes bench/results/gym.{md,json}
//   npm run bench:gym -- --behaviour paging --services 10  # every service has it; nothing is written
//   npm run bench:gym -- --behaviour paging --show 5       # and five wrong answers that are blamed on it
//   npm run bench:gym -- --seed 17 --services 1 --show 5   # one service, its wrong answers
//   npm run bench:gym -- --seed 17 --services 1 --model F  # writes its model to F
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { examine, type Crash, type Examination, type Verdict } from './examination.ts';
import { reportLines, reportPage } from './report.ts';
import { recallOf, totalsOf } from './tally.ts';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    train: { type: 'string', default: '30' },
    test: { type: 'string', default: '5' },
    steps: { type: 'string', default: '40' },
    behaviour: { type: 'string' },
    show: { type: 'string' },
    model: { type: 'string' },
  },
});

const wanted = values.behaviour?.split(':')[0];
const shown = values.show === undefined ? 0 : Number(values.show);
const exams: Examination[] = [];
const crashes: Crash[] = [];
let left = shown;
for (let at = 0; at < Number(values.services); at++) {
  const exam = examine({
    seed: Number(values.seed) + at,
    ...(wanted === undefined ? {} : { wanted }),
    train: Number(values.train),
    test: Number(values.test),
    steps: Number(values.steps),
  });
  if ('error' in exam) {
    crashes.push(exam);
    console.log(`seed ${exam.seed} CRASHED [${exam.behaviours.join(', ')}]\n${exam.error}`);
    continue;
  }
  exams.push(exam);
  const exact = exam.verdicts.filter(({ judgement }) => judgement.isExact).length;
  console.log(
    `seed ${exam.seed}: exact ${exact}/${exam.verdicts.length}, self-replay ${exam.selfReplay.toFixed(3)}, compiled in ${(exam.compileMs / 1000).toFixed(1)} s [${exam.behaviours.join(', ')}]`,
  );
  if (values.model !== undefined) writeFileSync(values.model, JSON.stringify(exam.model, null, 1));
  for (const verdict of exam.verdicts.filter(isShown)) if (left-- > 0) console.log(describe(verdict));
}
const recalls = recallOf(exams);
const totals = totalsOf(exams);
console.log(reportLines(recalls).join('\n'));
console.log(JSON.stringify(totals));
if (values.behaviour === undefined && Number(values.services) >= 30) keep();
process.exitCode = crashes.length > 0 ? 1 : 0;

function isShown({ blamed }: Verdict): boolean {
  const [name, variant] = values.behaviour?.split(': ') ?? [];
  return blamed.some(
    (mark) => (name ?? mark.behaviour) === mark.behaviour && (variant ?? mark.variant) === mark.variant,
  );
}

function describe({ judgement, blamed }: Verdict): string {
  const { request, response } = judgement.exchange;
  const sent = request.body !== undefined && 'text' in request.body ? ` ${request.body.text}` : '';
  const got = response?.body !== undefined && 'text' in response.body ? response.body.text : '';
  const why = judgement.comparison.differences
    .slice(0, 4)
    .map((each) => `${each.path}: ${each.expected} ≠ ${each.actual}`);
  return [
    `- ${judgement.exchange.id} ${request.method} ${request.target}${sent}`,
    `    answered ${response?.status ?? 0} ${got.slice(0, 700)}`,
    `    clone (${judgement.provenance}${judgement.unknown === undefined ? '' : `, ${judgement.unknown}`}, ${judgement.rules.join(', ')}):`,
    ...why.map((line) => `      ${line}`),
    `    blamed: ${blamed.map(({ behaviour, variant }) => behaviour + (variant === undefined ? '' : ` (${variant})`)).join(', ')}`,
  ].join('\n');
}

function keep(): void {
  const home = join(fileURLToPath(import.meta.url), '../../..');
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: home, encoding: 'utf8' }).trim();
  const command = `npm run bench:gym -- ${process.argv.slice(2).join(' ')}`;
  const page = reportPage({ command, commit, totals, recalls, crashes });
  writeFileSync(join(home, 'bench/results/gym.md'), page);
  writeFileSync(
    join(home, 'bench/results/gym.json'),
    `${JSON.stringify({ command, commit, totals, recalls }, null, 2)}\n`,
  );
}
