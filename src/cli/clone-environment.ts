// What the verbs that run a clone have in common: reading it, with its probes and tasks, and opening the doors to it.
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { openEnvironment, type Environment } from '../core/episode/environment.ts';
import type { UnknownPolicy } from '../core/episode/log-line.ts';
import { readCloneFiles, type CloneFiles } from '../core/model/files-read.ts';
import { readAssets } from '../core/model/assets.ts';
import { applyOverrides } from '../core/model/overrides.ts';
import { parseProbes } from '../core/probe/probe-file.ts';
import type { ProbeSet } from '../core/probe/probe.ts';
import type { KeyedHash } from '../core/recording/pseudonym.ts';
import { loadModel } from '../core/runtime/step.ts';
import { MynahError } from '../core/std/errors.ts';
import type { TunnelCertificates } from '../server/agent/tunnel.ts';
import { readCloneFolder } from '../store/clone-folder.ts';
import { readExterns } from '../store/extern-files.ts';
import { IN_MEMORY, openEpisodeStore, type EpisodeLogs } from '../store/episode-log.ts';
import { mynahHome, pseudonymHash } from '../store/mynah-home.ts';
import { findServedModel, keepServedModel } from '../store/served-models.ts';
import { userAuthority } from './user-authority.ts';

export interface CloneEnvironment {
  readonly environment: Environment;
  readonly files: CloneFiles;
}

export interface CloneOptions {
  readonly onUnknown?: UnknownPolicy | undefined;
  /** Names of the externs that the operator enables. */
  readonly extern?: readonly string[] | undefined;
}

/** Of verbs that run a clone: which of its externs may run. */
export function externOption(): Option {
  return new Option(
    '--extern <name>',
    'enable externs/NAME.mjs of the clone: code that runs with your rights (repeatable)',
  ).argParser((name: string, before: readonly string[] | undefined) => [...(before ?? []), name]);
}

/** @throws {MynahError} for a clone, probes, tasks or externs that cannot be used */
export async function openCloneEnvironment(
  clone: string,
  { onUnknown, extern = [] }: CloneOptions = {},
): Promise<CloneEnvironment> {
  const { model, files } = await readCloneFolder(clone);
  const loaded = loadModel(model, { assets: readAssets(files), externs: await readExterns(clone, extern) });
  return { environment: openEnvironment(loaded, files, onUnknown), files };
}

/** The environment that a log was made in: of a clone that is named, as it is or as it was served, or of one served here. */
export async function environmentOfLog(
  digest: string,
  { clone, extern }: { readonly clone?: string | undefined; readonly extern?: readonly string[] | undefined },
): Promise<Environment> {
  if (extern !== undefined && clone === undefined)
    throw new MynahError('ERR_USAGE', 'externs stand in the folder of a clone; name it with --clone', { extern });
  if (clone !== undefined) {
    const { environment } = await openCloneEnvironment(clone, { extern });
    if (environment.loaded.digest === digest) return environment;
  }
  const files = findServedModel(mynahHome(), digest, clone === undefined ? undefined : dataFolderOf(clone));
  if (files === undefined) {
    throw new MynahError(
      'ERR_MODEL_MISMATCH',
      `the log was made by the model ${digest}, which ${clone ?? 'this machine'} does not have; name its clone with --clone`,
      { digest },
    );
  }
  const environment = openEnvironment(
    loadModel(applyOverrides(readCloneFiles(files), files), { assets: readAssets(files) }),
    files,
  );
  if (environment.loaded.digest === digest) return environment;
  throw new MynahError(
    'ERR_MODEL_MISMATCH',
    `the model ${digest} was served with externs; name its clone with --clone and each extern with --extern`,
    { digest },
  );
}

/** @throws {MynahError} ERR_FILE_NOT_FOUND, ERR_PROBE_FILE */
export function readProbes(path: string, environment: Environment): ProbeSet {
  return parseProbes(path, readText(path), environment.loaded.model);
}

/** @throws {MynahError} ERR_FILE_NOT_FOUND */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new MynahError('ERR_FILE_NOT_FOUND', `cannot read ${path}: ${(error as Error).message}`, { path }, error);
  }
}

/** Where episode logs of a clone are kept when nobody says where: beside it. */
export function dataFolderOf(clone: string): string {
  return `${resolve(clone)}.episodes`;
}

/** Opens the store of episode logs, and keeps the model beside them. `none` keeps nothing. */
export function openData(data: string, { environment, files }: CloneEnvironment): EpisodeLogs {
  if (data === 'none') return openEpisodeStore(IN_MEMORY);
  const store = openEpisodeStore(data);
  keepModel(data, { environment, files });
  return store;
}

/** Keeps the model in a data folder, so that logs made with it can be executed again. @throws {MynahError} ERR_FILE_UNWRITABLE */
export function keepModel(data: string, { environment, files }: CloneEnvironment): void {
  keepServedModel(data, mynahHome(), environment.loaded.digest, files);
}

/**
 * The user's hash for pseudonyms. Where no key can be kept, one for this process: then only the credentials that the clone
 * hands out work, and other secrets have other pseudonyms in every run.
 */
export function agentHash(): KeyedHash {
  try {
    return pseudonymHash(mynahHome());
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    process.stderr.write(`mynah: warning: ${error.message}\n`);
    const key = randomBytes(32);
    return (text) => createHmac('sha256', key).update(text).digest('hex');
  }
}

/** The user's certificate authority, opened (or made) when a client first wants TLS. */
export function lazyAuthority(): TunnelCertificates {
  let authority: ReturnType<typeof userAuthority> | undefined;
  return {
    leafFor: async (host) => (await (authority ??= userAuthority(mynahHome()))).leafFor(host),
  };
}

/** For failures that no client is told of. */
export function reportFailure(error: unknown): void {
  if (error instanceof MynahError) process.stderr.write(`mynah: ${error.code}: ${error.message}\n`);
  else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`mynah: a defect of mynah itself, please report it: ${text}\n`);
  }
}

/** Ids that nobody can guess: who knows one may act in that episode. */
export function newEpisodeId(): string {
  return randomBytes(16).toString('hex');
}
