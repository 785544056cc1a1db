// The episode logs of a server with several workers: a folder for each, because only one process writes to a file.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MynahError } from '../core/std/errors.ts';
import { openEpisodeStore, type EpisodeLogs } from '../store/episode-log.ts';
import { dataFolderOf, keepModel, openData, type CloneEnvironment } from './clone-environment.ts';

/** Says for how many workers the folder was made. */
const COUNT_FILE = 'workers';

/**
 * Which worker an episode belongs to follows from their number, so a folder serves one number only.
 *
 * @throws {MynahError} ERR_WORKERS_CHANGED
 */
export function claimWorkerData(data: string | undefined, clone: string, count: number): void {
  if (data === 'none') return;
  const folder = data ?? dataFolderOf(clone);
  const path = join(folder, COUNT_FILE);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) writeFileSync(path, `${count}\n`);
  const made = Number(readFileSync(path, 'utf8'));
  if (made === count) return;
  throw new MynahError(
    'ERR_WORKERS_CHANGED',
    `the episodes in ${folder} belong to ${made} workers; serve with --workers ${made}, or name another folder with --data`,
    { folder, made, count },
  );
}

/** The logs of one worker. The model is kept once, for all. */
export function openWorkerData(
  data: string | undefined,
  clone: string,
  opened: CloneEnvironment,
  index: number,
  count: number,
): EpisodeLogs {
  if (data === 'none') return openData('none', opened);
  const folder = data ?? dataFolderOf(clone);
  if (index === 0) keepModel(folder, opened);
  return openEpisodeStore(join(folder, `worker-${index + 1}-of-${count}`));
}
