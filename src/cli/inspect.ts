// `mynah inspect`: what is in a recording or a clone, and what the compiler knows after each of its passes.
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { summariseClone, type CloneSummary, type ServiceContents } from '../core/build/clone-summary.ts';
import { PASS_NAMES, passResults } from '../core/build/pass-results.ts';
import {
  summariseRecording,
  type NotedExchange,
  type RecordingSummary,
  type ServiceSummary,
} from '../core/build/recording-summary.ts';
import { ledgerOf } from '../core/recording/write-ledger.ts';
import { printYaml } from '../core/model/yaml-text.ts';
import { MynahError } from '../core/std/errors.ts';
import type { Json } from '../core/std/json.ts';
import { readCloneFolder } from '../store/clone-folder.ts';
import { readRecordedWrites, readRedactionCounts } from '../store/recording-store.ts';
import { isArchive, readRecordingFile } from './recording-source.ts';
import { bytesText, durationText, textTable } from './text-table.ts';

interface InspectOptions {
  readonly after?: string;
  readonly secrets: boolean;
  readonly writes: boolean;
  readonly json: boolean;
}

/** Registers `mynah inspect`. */
export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .description('Show what is in a recording or a clone.')
    .argument('<path>', 'recording (.mynah or .har), or folder of a clone')
    .option('--after <pass>', `what the compiler knows after a pass: ${PASS_NAMES.join(', ')}`)
    .option('--secrets', 'how many secrets of each kind the recorder replaced by pseudonyms', false)
    .option('--writes', 'every request that was passed on and may have changed its server', false)
    .option('--json', 'print one JSON document', false)
    .action(inspect);
}

async function inspect(path: string, options: InspectOptions): Promise<void> {
  const text = isFolder(path) ? await cloneText(path, options) : recordingText(path, options);
  process.stdout.write(text);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function cloneText(path: string, { after, secrets, writes, json }: InspectOptions): Promise<string> {
  const option = secrets ? 'secrets' : writes ? 'writes' : after === undefined ? undefined : 'after';
  if (option !== undefined) throw new MynahError('ERR_USAGE', `--${option} is for recordings, and ${path} is a folder`);
  const summary = summariseClone((await readCloneFolder(path)).model);
  return json ? `${JSON.stringify({ clone: path, ...summary })}\n` : printClone(summary);
}

function recordingText(path: string, { after, secrets, writes, json }: InspectOptions): string {
  if (secrets) return secretsText(path, json);
  if (writes) return writesText(path, json);
  const recording = readRecordingFile(path);
  if (after !== undefined) {
    const results = passResults([recording], after);
    return json ? `${JSON.stringify(results)}\n` : printYaml(results as Json);
  }
  const summary = summariseRecording(recording);
  return json ? `${JSON.stringify({ recording: path, ...summary })}\n` : printRecording(summary);
}

function secretsText(path: string, json: boolean): string {
  if (isArchive(path))
    throw new MynahError('ERR_USAGE', `${path} is an archive; only recordings (.mynah) count secrets`);
  const counts = readRedactionCounts(path);
  if (json) return `${JSON.stringify({ recording: path, secrets: counts })}\n`;
  const rows = Object.entries(counts).map(([kind, count]) => [kind, String(count)]);
  return rows.length === 0
    ? 'no secret was found in it\n'
    : textTable([{ title: 'secrets replaced by pseudonyms' }, { title: 'times', right: true }], rows);
}

function writesText(path: string, json: boolean): string {
  const { exchanges } = readRecordingFile(path);
  const ledger = ledgerOf(exchanges, isArchive(path) ? [] : readRecordedWrites(path));
  if (json) return `${JSON.stringify({ recording: path, writes: ledger })}\n`;
  if (ledger.length === 0) return 'nothing in it could have changed a server\n';
  return textTable(
    [{ title: 'at' }, { title: 'request', widthMax: 100 }, { title: 'answer' }],
    ledger.map(({ at, method, url, outcome }) => [new Date(at).toISOString(), `${method} ${url}`, outcome]),
  );
}

function printRecording(summary: RecordingSummary): string {
  const { exchanges, sessions, services, slow, failed, failedCount, truncatedCount } = summary;
  return [
    `${exchanges} exchanges in ${sessions.length} sessions with ${services.map(({ origin }) => origin).join(', ') || 'nobody'}`,
    truncatedCount > 0 ? `, ${truncatedCount} of them with bodies that were cut` : '',
    '\n\n',
    sessionTable(sessions),
    ...services.map((service) => `\n${service.origin}\n${routeTable(service)}`),
    failed.length > 0 ? `\nfailed (${failedCount}):\n${notedLines(failed)}` : '',
    slow.length > 0 ? `\nslow:\n${notedLines(slow)}` : '',
  ].join('');
}

function sessionTable(sessions: RecordingSummary['sessions']): string {
  return textTable(
    [
      { title: 'session', widthMax: 50 },
      { title: 'start' },
      { title: 'exchanges', right: true },
      { title: 'began' },
      { title: 'took', right: true },
    ],
    sessions.map(({ name, start, exchanges, startedAt, endedAt }) => [
      name,
      start,
      String(exchanges),
      exchanges === 0 ? '' : new Date(startedAt).toISOString(),
      exchanges === 0 ? '' : durationText(endedAt - startedAt),
    ]),
  );
}

function routeTable({ routes }: ServiceSummary): string {
  return textTable(
    [
      { title: 'route', widthMax: 70 },
      { title: 'exchanges', right: true },
      { title: 'answers', widthMax: 40 },
      { title: 'median', right: true },
      { title: 'largest', right: true },
      { title: 'time', right: true },
    ],
    routes.map(({ route, exchanges, statuses, bytesMedian, bytesMax, msMedian }) => [
      route,
      String(exchanges),
      Object.entries(statuses)
        .map(([status, count]) => `${status} ×${count}`)
        .join(', '),
      bytesText(bytesMedian),
      bytesText(bytesMax),
      durationText(msMedian),
    ]),
  );
}

const notedLines = (exchanges: readonly NotedExchange[]): string =>
  exchanges.map(({ id, request, outcome, ms }) => `  ${id} ${request} ${outcome} ${durationText(ms)}\n`).join('');

function printClone({ clock, services }: CloneSummary): string {
  const start = `the clock starts at ${new Date(clock.startMs).toISOString()} and moves ${durationText(clock.stepMs)} a step\n`;
  return [start, ...services.map(printService)].join('\n');
}

function printService({ name, origins, principals, types, routes, errors }: ServiceContents): string {
  const head = `${name} (${origins.join(', ')}): ${routes.length} routes, ${types.length} entity types, ${errors} rules for other paths\n`;
  const who = principals.length > 0 ? `principals: ${principals.join(', ')}\n` : '';
  const typeTable = textTable(
    [
      { title: 'entity type' },
      { title: 'key' },
      { title: 'at reset', right: true },
      { title: 'views' },
      { title: 'derived', widthMax: 50 },
    ],
    types.map(({ name: type, key, views, derived, seeded }) => [
      type,
      key.join(', '),
      String(seeded),
      views.join(', '),
      derived.join(', '),
    ]),
  );
  const ruleTable = textTable(
    [
      { title: 'route', widthMax: 60 },
      { title: 'answer' },
      { title: 'does', widthMax: 50 },
      { title: 'when', widthMax: 70 },
    ],
    routes.flatMap(({ route, rules }) =>
      rules.map(({ status, does, when, provenance }, index) => [
        index === 0 ? route : '',
        provenance === null ? String(status) : `${status} ${provenance}`,
        does.join(', '),
        when ?? '',
      ]),
    ),
  );
  return [head, who, '\n', typeTable, '\n', ruleTable].join('');
}
