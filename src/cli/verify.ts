// `mynah verify`: sessions that were recorded from the original, replayed on its clone.
import type { Command } from 'commander';
import type { Miss, RouteScore, Tally } from '../core/fidelity/score.ts';
import { verifyRecording, type Verification } from '../core/fidelity/verification.ts';
import { MynahError } from '../core/std/errors.ts';
import { externOption, openCloneEnvironment } from './clone-environment.ts';
import { startProgress } from './progress.ts';
import { readRecordingFile } from './recording-source.ts';
import { percentText, textTable } from './text-table.ts';

interface VerifyOptions {
  readonly recording: string;
  readonly threshold: number;
  readonly extern?: readonly string[];
  readonly json: boolean;
}

const EXIT_CODES = { passed: 0, failed: 1, inconclusive: 3 } as const;
const MISSES_SHOWN = 10;

/** Registers `mynah verify`. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'Replay recorded sessions on a clone: exit 0 enough is right, 1 too little, 3 nothing could be compared.',
    )
    .argument('<clone>', 'folder of the clone')
    .requiredOption('--recording <file>', 'recording of the original (.mynah or .har)')
    .option('--threshold <share>', 'share of answers that have to be right, status and body', shareOption, 0.9)
    .addOption(externOption())
    .option('--json', 'print one JSON document', false)
    .action(verify);
}

async function verify(clone: string, { recording, threshold, extern, json }: VerifyOptions): Promise<void> {
  const { loaded } = (await openCloneEnvironment(clone, { extern })).environment;
  const sessions = readRecordingFile(recording);
  const progress = startProgress();
  progress.show(`replaying ${sessions.exchanges.length} exchanges`);
  let verification: Verification;
  try {
    verification = verifyRecording(loaded, sessions, threshold);
  } finally {
    progress.end();
  }
  process.stdout.write(json ? jsonText(clone, recording, threshold, verification) : plainText(verification, threshold));
  process.exitCode = EXIT_CODES[verification.verdict];
}

function jsonText(clone: string, recording: string, threshold: number, verification: Verification): string {
  const { verdict, reason, score, foreign } = verification;
  const { routes, provenance } = score;
  const document = {
    format_version: 1,
    clone,
    recording,
    threshold,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    totals: { ...tallyShares(score), provenance },
    routes: routes.map((route) => ({
      service: route.service,
      route: route.route,
      ...tallyShares(route),
      provenance: route.provenance,
      statuses: route.statuses.map(({ recordedStatus, ...tally }) => ({
        status: recordedStatus,
        ...tallyShares(tally),
      })),
      misses: route.misses,
    })),
    foreign,
  };
  return `${JSON.stringify(document)}\n`;
}

const tallyShares = ({ exchanges, status, exact, whole }: Tally) => ({
  exchanges,
  status_right: shareOf(status, exchanges),
  exact: shareOf(exact, exchanges),
  whole: shareOf(whole, exchanges),
});

function plainText({ verdict, reason, score, foreign }: Verification, threshold: number): string {
  const others = foreign.map(({ origin, exchanges }) => `left out: ${exchanges} exchanges with ${origin}\n`).join('');
  if (reason !== undefined) return `${others}nothing could be compared: ${reason}\n`;
  const misses = score.routes.flatMap((route) => route.misses).slice(0, MISSES_SHOWN);
  return [
    routeTable(score.routes),
    misses.length > 0 ? `\nfirst differences:\n${misses.map(missText).join('')}` : '',
    `\n${others}${score.exchanges} exchanges: ${percentText(shareOf(score.exact, score.exchanges))} right`,
    ` (status ${percentText(shareOf(score.status, score.exchanges))}, with headers ${percentText(shareOf(score.whole, score.exchanges))}),`,
    ` ${verdict} at ${percentText(threshold)}\n`,
  ].join('');
}

function routeTable(routes: readonly RouteScore[]): string {
  return textTable(
    [
      { title: 'route', widthMax: 70 },
      { title: 'exchanges', right: true },
      { title: 'status', right: true },
      { title: 'exact', right: true },
      { title: 'with headers', right: true },
    ],
    routes.map(({ route, exchanges, status, exact, whole }) => [
      route,
      String(exchanges),
      ...[status, exact, whole].map((right) => percentText(shareOf(right, exchanges))),
    ]),
  );
}

const missText = ({ exchange, request, path, expected, actual, rules }: Miss): string =>
  `  ${exchange} ${request}\n    at ${path}: recorded ${expected}, clone ${actual}${rules.length > 0 ? ` (${rules.join(', ')})` : ''}\n`;

const shareOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;

/** @throws {MynahError} ERR_USAGE */
function shareOption(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1))
    throw new MynahError('ERR_USAGE', `--threshold wants a share from 0 to 1, not "${text}"`);
  return share;
}
