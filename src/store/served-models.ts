// The models that were served, kept so that old logs can be executed again after a recompile: each as the files of its
// clone, named by digest, beside the episode logs. The user's own folder remembers where, so that a log alone is enough.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isServedFile } from '../core/model/file-layout.ts';
import { MynahError } from '../core/std/errors.ts';

const MODELS_FOLDER = 'models';

/**
 * Keeps the files of a clone in a data folder. A model that is kept already is not written again.
 *
 * @param home the user's folder of Mynah
 * @throws {MynahError} ERR_FILE_UNWRITABLE for the data folder
 */
export function keepServedModel(
  dataFolder: string,
  home: string,
  digest: string,
  files: ReadonlyMap<string, string>,
): void {
  const path = join(dataFolder, MODELS_FOLDER, `${digest}.json`);
  try {
    if (!existsSync(path))
      writeWhole(path, JSON.stringify(Object.fromEntries([...files].filter(([file]) => isServedFile(file)))));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MynahError(
      'ERR_FILE_UNWRITABLE',
      `cannot keep the served model in ${path}: ${reason}; name another folder with --data`,
      { path },
      error,
    );
  }
  try {
    writeWhole(pointerPath(home, digest), `${resolve(path)}\n`);
  } catch {
    // Only a convenience: the log can be replayed with --clone all the same.
  }
}

/** Files of the clone whose model has that digest, from a data folder or from where the user served it last. */
export function findServedModel(
  home: string,
  digest: string,
  dataFolder?: string,
): ReadonlyMap<string, string> | undefined {
  if (!/^[0-9a-f]{64}$/.test(digest)) return undefined;
  const pointer = pointerPath(home, digest);
  const places = [
    ...(dataFolder === undefined ? [] : [join(dataFolder, MODELS_FOLDER, `${digest}.json`)]),
    ...(existsSync(pointer) ? [readFileSync(pointer, 'utf8').trim()] : []),
  ];
  const path = places.find((place) => existsSync(place));
  if (path === undefined) return undefined;
  return new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>));
}

function pointerPath(home: string, digest: string): string {
  return join(home, 'served-models', digest);
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}
