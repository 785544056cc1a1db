// Recordings as verbs are given them: files that `mynah record` wrote, or archives (HAR) of Mynah, browsers and other tools.
import { createKnownSecrets } from '../core/recording/known-secrets.ts';
import type { Recording } from '../core/recording/recording.ts';
import { redactExchange } from '../core/recording/redaction.ts';
import { mynahHome, pseudonymHash } from '../store/mynah-home.ts';
import { readRecording } from '../store/recording-store.ts';
import { readArchive } from './import.ts';
import { redactionRules } from './record-options.ts';

/**
 * Secrets in archives of other tools are replaced by pseudonyms, as in whatever Mynah records.
 *
 * @throws {MynahError} ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT, ERR_FILE_NOT_FOUND, ERR_HAR_SHAPE
 */
export function readRecordingFile(path: string): Recording {
  return isArchive(path) ? recordingOfArchive(path) : readRecording(path);
}

export function isArchive(path: string): boolean {
  return /\.har(\.gz)?$/i.test(path);
}

function recordingOfArchive(path: string): Recording {
  const { recording, redacted } = readArchive(path);
  if (redacted) return recording;
  const hash = pseudonymHash(mynahHome());
  const redaction = { rules: redactionRules({}), known: createKnownSecrets() };
  const exchanges = recording.exchanges.map((exchange) => redactExchange(exchange, hash, redaction).exchange);
  return { ...recording, exchanges };
}
