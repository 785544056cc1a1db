// Runs an unmodified client under `mynah record -- COMMAND`, with servers of the test standing in for the hosts it asks.
import { join } from 'node:path';
import type { Recording } from '../../src/core/recording/recording.ts';
import { pseudonymHash } from '../../src/store/mynah-home.ts';
import { readRecording } from '../../src/store/recording-store.ts';
import { runMynah, type CommandResult } from './mynah-command.ts';
import { temporaryFolder } from './recorder.ts';
import { differencesFromWitnessed, startWitness, type Witness } from './witness.ts';

export interface ClientRun extends CommandResult {
  readonly recording: Recording;
  /** By the host that the client knows. */
  readonly witnesses: Readonly<Record<string, Witness>>;
  /** What the recording lacks or has otherwise than it passed; empty when it is whole. */
  readonly differences: readonly string[];
  /** Folder of the recording, and of the user whose keys were used (`home`). */
  readonly folder: string;
}

/**
 * @param servers origin of the server that stands in for each host, for example `{ 'api.example.com': 'http://127.0.0.1:3000' }`
 * @param args further options of `mynah record`
 */
export async function recordClient(
  servers: Readonly<Record<string, string>>,
  command: readonly string[],
  { args = [], environment = {} }: { args?: readonly string[]; environment?: Readonly<Record<string, string>> } = {},
): Promise<ClientRun> {
  const folder = temporaryFolder();
  const [out, home] = [join(folder, 'recording.mynah'), join(folder, 'home')];
  const witnesses: Record<string, Witness> = {};
  for (const [host, server] of Object.entries(servers)) witnesses[host] = await startWitness(server);
  const upstreams = Object.entries(witnesses).map(([host, witness]) => `${host}=${witness.origin}`);
  const result = await runMynah(['record', '--out', out, '--upstream', ...upstreams, ...args, '--', ...command], {
    ...environment,
    MYNAH_DATA: home,
  });
  const recording = readRecording(out);
  const differences = differencesFromWitnessed(recording, witnesses, pseudonymHash(home));
  return { ...result, recording, witnesses, differences, folder };
}
