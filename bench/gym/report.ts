// The page that a run of the gym leaves behind, and what it prints.
import { ASPECTS, CATALOGUE } from './catalogue.ts';
import type { Crash } from './examination.ts';
import type { Recall, Totals } from './tally.ts';

/** What is asked of behaviours of a priority. */
const GATES: Readonly<Record<0 | 1 | 2, number>> = { 0: 0.9, 1: 0.75, 2: 0.5 };

const KNOWN = new Map(
  [...CATALOGUE, ...ASPECTS].map(({ name, priority, description }) => [name, { priority, description }]),
);

export interface GymRun {
  readonly command: string;
  readonly commit: string;
  readonly totals: Totals;
  readonly recalls: readonly Recall[];
  readonly crashes: readonly Crash[];
}

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3));
const priorityOf = ({ behaviour }: Recall): 0 | 1 | 2 => KNOWN.get(behaviour)?.priority ?? 2;
const weakestFirst = (a: Recall, b: Recall): number =>
  priorityOf(a) - priorityOf(b) || a.right / a.answers - b.right / b.answers || (a.behaviour < b.behaviour ? -1 : 1);

export function reportPage({ command, commit, totals, recalls, crashes }: GymRun): string {
  const behaviours = recalls.filter(({ variant }) => variant === undefined).sort(weakestFirst);
  const variants = recalls.filter(({ variant }) => variant !== undefined).sort(weakestFirst);
  return `# Behaviour gym

Synthetic services, each drawn from a seed: resources, id formats, envelopes, errors and a handful of behaviours. Each is recorded,
compiled, and examined on sessions that nobody recorded, free-running. Measured at commit ${commit}:

\`\`\`console
$ ${command}
\`\`\`

${table(
  ['', ''],
  Object.entries(totals).map(([name, value]) => [name, String(Number(value.toFixed(4)))]),
)}

\`recall\`: of the answers that exercised a behaviour, the share in which the part that it decides is right. \`exact\`: the share in which all
of status and body is right. Gates: ${GATES[0]} for priority 0, ${GATES[1]} for 1, ${GATES[2]} for 2.

${table(['behaviour', 'priority', 'recall', 'gate', 'exact', 'answers', 'services', 'what it is'], behaviours.map(behaviourRow))}

## Variants

${table(['behaviour', 'variant', 'recall', 'exact', 'answers', 'services'], variants.map(variantRow))}
${crashes.length === 0 ? '' : `\n## Crashes\n\n${crashes.map(({ seed, error }) => `- seed ${seed}: ${error.split('\n')[0] ?? ''}`).join('\n')}\n`}`;
}

const behaviourRow = (recall: Recall): string[] => {
  const { behaviour, right, exact, answers, services } = recall;
  const gate = GATES[priorityOf(recall)];
  return [
    behaviour,
    String(priorityOf(recall)),
    percent(right, answers),
    right / answers >= gate ? 'passed' : 'missed',
    percent(exact, answers),
    String(answers),
    String(services),
    KNOWN.get(behaviour)?.description ?? '',
  ];
};

const variantRow = ({ behaviour, variant, right, exact, answers, services }: Recall): string[] => [
  behaviour,
  variant ?? '',
  percent(right, answers),
  percent(exact, answers),
  String(answers),
  String(services),
];

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** One line a behaviour, weakest first within its priority. */
export function reportLines(recalls: readonly Recall[]): string[] {
  return recalls
    .filter(({ variant }) => variant === undefined)
    .sort(weakestFirst)
    .map((recall) => {
      const { behaviour, right, answers, exact, services } = recall;
      const gate = right / answers >= GATES[priorityOf(recall)] ? ' ' : '✗';
      return `${gate} P${priorityOf(recall)} ${behaviour.padEnd(22)} recall ${percent(right, answers)}  exact ${percent(exact, answers)}  ${answers} answers, ${services} services`;
    });
}
