// The clone of docs/formats/clone.md, for tests of whatever runs a clone; with probes and tasks where a test gives some.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openEnvironment, type Environment } from '../../src/core/episode/environment.ts';
import type { UnknownPolicy } from '../../src/core/episode/log-line.ts';
import { readCloneFiles } from '../../src/core/model/files-read.ts';
import { loadModel, type AddressedRequest } from '../../src/core/runtime/step.ts';
import { codeBlocks } from './markdown.ts';

const page = readFileSync(new URL('../../docs/formats/clone.md', import.meta.url), 'utf8');

export const NOTES_ORIGIN = 'https://notes.example';

/** Files of the clone, with more where a test gives some. */
export function notesFiles(extra: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  const files = codeBlocks(page).flatMap(({ file, text }) => (file === undefined ? [] : [[file, text] as const]));
  return new Map([...files.filter(([file]) => !file.startsWith('overrides/')), ...Object.entries(extra)]);
}

export function notesEnvironment(extra: Readonly<Record<string, string>> = {}, onUnknown?: UnknownPolicy): Environment {
  const files = notesFiles(extra);
  return openEnvironment(loadModel(readCloneFiles(files)), files, onUnknown);
}

/** The clone in a folder of its own. */
export function notesFolder(extra: Readonly<Record<string, string>> = {}): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'mynah-notes-')), 'notes');
  for (const [file, text] of notesFiles(extra)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

/** A request to the notes; a body is sent as JSON. */
export function notesRequest(method: string, target: string, body?: unknown): AddressedRequest {
  const sent = body === undefined ? {} : { body: { text: JSON.stringify(body) } };
  const headers = body === undefined ? [] : ([['content-type', 'application/json']] as const);
  return { origin: NOTES_ORIGIN, method, target, headers, ...sent };
}
