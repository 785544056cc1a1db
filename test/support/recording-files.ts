// Recordings written to files, for tests of verbs.
import { writeFileSync } from 'node:fs';
import { harOf } from '../../src/core/recording/har-export.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { openRecordingForAppend } from '../../src/store/recording-store.ts';

/** A file as `mynah record` writes it. */
export async function writeRecording(path: string, recording: Recording): Promise<void> {
  const meta = { toolVersion: recording.toolVersion, startedAt: recording.createdAt, target: 'test' };
  const writer = openRecordingForAppend(path, meta);
  for (const session of recording.sessions) writer.useSession(session);
  await Promise.all(recording.exchanges.map((exchange) => writer.append(exchange)));
  writer.close(recording.createdAt + 1);
}

/** An archive as `mynah export` writes it. */
export function writeArchive(path: string, recording: Recording): void {
  writeFileSync(path, JSON.stringify(harOf(recording)));
}
