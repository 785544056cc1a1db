// `mynah import`: HTTP Archives into a recording.
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { recordingFromHar, type ImportedHar } from '../core/recording/har-import.ts';
import { createKnownSecrets } from '../core/recording/known-secrets.ts';
import { redactExchange } from '../core/recording/redaction.ts';
import { unusedName } from '../core/recording/session-book.ts';
import { harBytesMax } from '../core/std/limits.ts';
import { MynahError } from '../core/std/errors.ts';
import { mynahHome, pseudonymHash } from '../store/mynah-home.ts';
import { openRecordingForAppend, type RecordingWriter } from '../store/recording-store.ts';
import { redactionRules, type RedactionOptions } from './record-options.ts';
import { TOOL_VERSION } from './tool-version.ts';

interface ImportOptions extends RedactionOptions {
  readonly out: string;
  readonly json: boolean;
}

/** Registers `mynah import`. */
export function registerImport(program: Command): void {
  program
    .command('import')
    .description('Make a recording of HTTP Archives (HAR 1.2, also gzipped); a page becomes a session.')
    .argument('<file.har...>', 'archives, in the order in which they were recorded')
    .requiredOption('--out <file>', 'recording to write; one that exists is continued')
    .option('--secret-name <name...>', 'names of fields, parameters and headers whose values are secret too')
    .option('--plain-name <name...>', 'names whose values are no secret')
    .option('--keep <kind...>', 'contact data to leave as it is: email, phone, card')
    .option('--rules <file>', 'further rules about what is secret and what is not (YAML)')
    .option('--json', 'print the counts as JSON', false)
    .action(importArchives);
}

async function importArchives(paths: readonly string[], options: ImportOptions): Promise<void> {
  // All are read before the first is written: a file that cannot be read leaves no half of an import.
  const archives = paths.map((path) => ({ path, ...readArchive(path) }));
  const redaction = { rules: redactionRules(options), known: createKnownSecrets() };
  const hash = pseudonymHash(mynahHome());
  const startedAt = Date.now();
  const writer = openRecordingForAppend(options.out, { toolVersion: TOOL_VERSION, startedAt, target: 'import' });
  const taken = new Set(writer.sessions.map(({ name }) => name));
  try {
    for (const archive of archives) {
      const names = useSessions(archive, taken, writer);
      const written = archive.recording.exchanges.map((exchange) => {
        const own = { ...exchange, id: writer.nextId(), session: names.get(exchange.session) as string };
        const { exchange: redacted, counts } = archive.redacted
          ? { exchange: own, counts: {} }
          : redactExchange(own, hash, redaction);
        return writer.append(redacted, counts);
      });
      await Promise.all(written);
    }
  } finally {
    writer.close(Date.now());
  }
  report(archives, options);
}

/** Sessions of different archives are different ones, whatever they are called. */
function useSessions(
  { recording }: ImportedHar,
  taken: Set<string>,
  writer: RecordingWriter,
): ReadonlyMap<string, string> {
  return new Map(
    recording.sessions.map(({ name, start }) => {
      const own = unusedName(name, taken);
      taken.add(own);
      writer.useSession({ name: own, start });
      return [name, own];
    }),
  );
}

/** @throws MynahError ERR_FILE_NOT_FOUND, ERR_HAR_SHAPE */
export function readArchive(path: string): ImportedHar {
  let bytes: Buffer;
  try {
    const { size } = statSync(path);
    if (size > harBytesMax) throw new Error(`it has ${size} bytes, and at most ${harBytesMax} can be read`);
    bytes = readFileSync(path);
  } catch (error) {
    throw new MynahError('ERR_FILE_NOT_FOUND', `cannot read ${path}: ${(error as Error).message}`, { path }, error);
  }
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = (isGzip ? gunzipSync(bytes, { maxOutputLength: harBytesMax }) : bytes).toString('utf8');
    return recordingFromHar(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    throw new MynahError('ERR_HAR_SHAPE', `${path}: ${(error as Error).message}`, { path }, error);
  }
}

function report(archives: readonly ImportedHar[], { out, json }: ImportOptions): void {
  const sum = (count: (archive: ImportedHar) => number) =>
    archives.reduce((total, archive) => total + count(archive), 0);
  const counts = {
    recording: out,
    archives: archives.length,
    sessions: sum(({ recording }) => recording.sessions.length),
    exchanges: sum(({ recording }) => recording.exchanges.length),
    skipped: sum(({ skipped }) => skipped),
    fromCache: sum(({ fromCache }) => fromCache),
  };
  if (json) process.stdout.write(`${JSON.stringify(counts)}\n`);
  else {
    const leftOut = (count: number, what: string) => (count > 0 ? `, ${count} ${what} left out` : '');
    process.stdout.write(
      `imported ${counts.exchanges} exchanges in ${counts.sessions} sessions into ${out}` +
        leftOut(counts.skipped, 'entries that are not HTTP') +
        leftOut(counts.fromCache, 'answers of a browser’s own cache') +
        '\n',
    );
  }
}
