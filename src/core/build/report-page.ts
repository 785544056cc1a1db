// REPORT.md: what a clone knows and what it does not, for people. Holds no time, path or version, so that compiling the same
// recordings again gives the same page.
import { NO_ROUTE, type Miss } from '../fidelity/score.ts';
import { EXAMPLES_MIN, type CloneReport, type RouteReport } from './clone-report.ts';

export const REPORT_FILE = 'REPORT.md';

const MISSES_MAX = 40;
const THIN_MAX = 60;

export function printReportPage(report: CloneReport): string {
  const sections = [
    '# What this clone knows',
    summary(report),
    ...report.services.map(({ name }) => serviceTable(name, report)),
    thinCells(report),
    otherAnswers(report),
    missList(report),
    list('## What to record next', 'The requests that would settle the most, the most useful first.', report.hints),
    diagnosticList(report),
    READING,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function summary({ services, sessions, totals }: CloneReport): string {
  const origins = services.flatMap((service) => service.origins).join(', ');
  const lines = [
    `Compiled from ${plural(totals.exchanges, 'answered exchange')} of ${plural(sessions, 'session')} with ${origins}: ${plural(totals.routes, 'route')}.`,
    '',
    `- reproduced from the start: **${percent(totals.reproduced)}** (status alone ${percent(totals.reproduced_status)})`,
    `- reproduced session by session: **${percent(totals.by_session)}**`,
    totals.held_out === null
      ? '- right on held-out exchanges: not measured'
      : `- right on ${plural(totals.held_out_exchanges, 'held-out exchange')}: **${percent(totals.held_out)}** (status alone ${percent(totals.held_out_status)})`,
    `- wrong without saying so: ${percent(totals.silently_wrong)} · said to be unknown: ${percent(totals.unknown)}`,
  ];
  return lines.join('\n');
}

function serviceTable(name: string, { services, routes }: CloneReport): string {
  const own = routes.filter(({ service }) => service === name);
  const heading = services.length === 1 ? '## Routes' : `## Routes of ${name}`;
  const rows = own.map(
    (route) =>
      `| ${code(route.route)} | ${route.exchanges} | ${percent(route.reproduced)} | ${percent(route.by_session)} | ${heldOutText(route)} | ${statusText(route)} |`,
  );
  return [
    heading,
    '',
    '| route | exchanges | reproduced | by session | held out | answers |',
    '|---|---:|---:|---:|---:|---|',
    ...rows,
  ].join('\n');
}

const heldOutText = ({ held_out, held_out_exchanges }: RouteReport): string =>
  held_out === null ? '–' : `${percent(held_out)} of ${held_out_exchanges}`;

const statusText = ({ statuses }: RouteReport): string =>
  statuses.map(({ status, exchanges }) => `${status} ×${exchanges}`).join(', ');

function thinCells({ routes }: CloneReport): string {
  const cells = routes
    .filter(({ route }) => route !== NO_ROUTE)
    .flatMap(({ route, statuses }) =>
      statuses
        .filter(({ exchanges }) => exchanges < EXAMPLES_MIN)
        .map(({ status, exchanges }) => `${code(route)} ${status}: ${exchanges}`),
    );
  return list(
    '## Thin evidence',
    `Answers seen fewer than ${EXAMPLES_MIN} times: what they depend on is a guess.`,
    cells,
    THIN_MAX,
  );
}

function otherAnswers({ routes }: CloneReport): string {
  const pooled = routes
    .filter(({ pooled_rules }) => pooled_rules > 0)
    .map(({ route, pooled_rules }) => `${code(route)}: ${plural(pooled_rules, 'rule')}`);
  return list(
    '## Answers taken from other routes',
    'Never recorded here, so the answers that the API gives elsewhere stand in (`pooled` in logs).',
    pooled,
    THIN_MAX,
  );
}

function missList({ routes }: CloneReport): string {
  const misses = routes.flatMap((route) => route.misses.map((miss) => missText(miss)));
  return list(
    '## Not reproduced',
    'Recorded exchanges that the clone answers otherwise, in the world before their session.',
    misses,
    MISSES_MAX,
  );
}

function missText({ exchange, request, path, expected, actual }: Miss): string {
  return `${exchange} ${code(shorten(request))} at ${code(path)}: recorded ${code(expected)}, clone ${code(actual)}`;
}

function diagnosticList({ diagnostics }: CloneReport): string {
  return list(
    '## Diagnostics',
    '',
    diagnostics.map(({ severity, message }) => `${severity}: ${message}`),
  );
}

const READING = [
  '## How to read this',
  '',
  'Every recorded request is sent to the clone, in order, with the ids that the clone gave out; an answer counts when its status',
  'and its whole body agree, up to ids that each side made up and the instant of clocks. `reproduced` goes through everything from',
  'the start, so that an early mistake may spoil what comes later; `by session` starts each session in the world before it. Held-out',
  'exchanges are answered by clones that were compiled without them and start in the world before them.',
].join('\n');

function list(heading: string, intro: string, items: readonly string[], max: number = items.length): string {
  if (items.length === 0) return '';
  const more = items.length > max ? [`- and ${items.length - max} more`] : [];
  return [
    heading,
    ...(intro === '' ? [] : ['', intro]),
    '',
    ...items.slice(0, max).map((item) => `- ${item}`),
    ...more,
  ].join('\n');
}

/** A code span that keeps its place in a table. */
function code(text: string): string {
  const plain = text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  return plain.includes('`') ? `\`\` ${plain} \`\`` : `\`${plain}\``;
}

const REQUEST_LENGTH_MAX = 100;
const shorten = (text: string): string =>
  text.length > REQUEST_LENGTH_MAX ? `${text.slice(0, REQUEST_LENGTH_MAX - 1)}…` : text;

const percent = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`);

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
