// A clone's folder on disk. Knows which files it wrote (`.compiled` lists them), so that it can remove what a new compile
// no longer makes and never touches what a person wrote. Decides nothing about what the files say.
import { access, constants, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';
import { isAssetPath } from '../core/model/assets.ts';
import type { CloneModel } from '../core/model/clone-model.ts';
import { CLONE_FILE, isHumanFile } from '../core/model/file-layout.ts';
import { readCloneFiles } from '../core/model/files-read.ts';
import { applyOverrides } from '../core/model/overrides.ts';
import { MynahError, assert } from '../core/std/errors.ts';
import { cloneFileBytesMax } from '../core/std/limits.ts';
import { makeFolder } from './make-folder.ts';

/** Lists the files that the last compile wrote, one path a line. */
const COMPILED_LIST = '.compiled';
const TEXT_FILE = /\.(yaml|ndjson|jsonl|json|md|har)$/;

export interface CloneFolder {
  /** The model with the folder's overrides applied. */
  readonly model: CloneModel;
  /** Every text file of the folder, assets among them, by path relative to it, with `/` on every system. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Reads a clone.
 *
 * @throws {MynahError} ERR_CLONE_NOT_FOUND when there is no such folder or it holds no clone.yaml, ERR_CLONE_FILE for a
 * malformed or oversized file, ERR_CLONE_FORMAT for another format version.
 */
export async function readCloneFolder(path: string): Promise<CloneFolder> {
  const files = await readTextFiles(path);
  return { model: applyOverrides(readCloneFiles(files), files), files };
}

/**
 * The text files of a clone that a compile will bring up to date; none where there is no clone yet.
 *
 * @throws {MynahError} ERR_CLONE_FILE for an oversized file
 */
export async function readPresentFiles(path: string): Promise<ReadonlyMap<string, string>> {
  try {
    return await readTextFiles(path);
  } catch (error) {
    if (error instanceof MynahError && error.code === 'ERR_CLONE_NOT_FOUND') return new Map();
    throw error;
  }
}

/**
 * Makes the folder where there is none, so that a place that cannot be written is known before long work begins.
 *
 * @throws {MynahError} ERR_FILE_UNWRITABLE
 */
export async function prepareCloneFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * Writes what the compiler made: paths relative to the folder, which is created when it does not exist. Each file is
 * replaced as a whole or left as it was; unchanged files keep their time. Files that an earlier call wrote and this one
 * does not are removed; probes.yaml, tasks.yaml and overrides/ are never touched.
 *
 * @throws {MynahError} ERR_FILE_UNWRITABLE with the path that could not be written.
 */
export async function writeCloneFolder(path: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const file of files.keys()) assert(isInside(file) && !isHumanFile(file), `the compiler does not write ${file}`);
  const earlier = await readCompiledList(path);
  // The list names old and new files until the end, so that an interrupted write leaves no file that nobody owns.
  await replaceFile(path, COMPILED_LIST, printList([...earlier, ...files.keys()]));
  for (const [file, text] of files) await replaceFile(path, file, text);
  for (const file of earlier) if (!files.has(file)) await removeFile(path, file);
  await replaceFile(path, COMPILED_LIST, printList(files.keys()));
}

async function readTextFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const file of await listFiles(folder)) {
    const full = join(folder, file);
    const { size } = await stat(full);
    if (size > cloneFileBytesMax) {
      throw new MynahError(
        'ERR_CLONE_FILE',
        `${file}:1:1: the file has ${size} bytes, at most ${cloneFileBytesMax} are read.`,
        { file, size },
      );
    }
    files.set(file, await readFile(full, 'utf8'));
  }
  return files;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    // First, so that a folder that is no clone is not walked.
    if (!(await readdir(folder)).includes(CLONE_FILE)) throw notFound(folder, `it holds no ${CLONE_FILE}`);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
    return paths.filter((file) => TEXT_FILE.test(file) || isAssetPath(file)).sort();
  } catch (error) {
    if (error instanceof MynahError) throw error;
    throw notFound(folder, failureCode(error) === 'ENOTDIR' ? 'it is a file' : 'the folder cannot be read', error);
  }
}

async function readCompiledList(folder: string): Promise<readonly string[]> {
  try {
    const text = await readFile(join(folder, COMPILED_LIST), 'utf8');
    // Somebody may have edited the list: only files inside the folder, and none of a person's, are ours to remove.
    return text.split('\n').filter((file) => file !== '' && isInside(file) && !isHumanFile(file));
  } catch (error) {
    if (failureCode(error) === 'ENOENT' || failureCode(error) === 'ENOTDIR') return [];
    throw unwritable(join(folder, COMPILED_LIST), error);
  }
}

async function replaceFile(folder: string, file: string, text: string): Promise<void> {
  const full = join(folder, file);
  const partial = join(dirname(full), `.${posix.basename(file)}.partial`);
  try {
    if ((await readFile(full, 'utf8').catch(() => undefined)) === text) return;
    await makeFolder(dirname(full));
    await writeFile(partial, text);
    await rename(partial, full);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw unwritable(full, error);
  }
}

async function removeFile(folder: string, file: string): Promise<void> {
  try {
    await rm(join(folder, file), { force: true });
  } catch (error) {
    throw unwritable(join(folder, file), error);
  }
}

function printList(files: Iterable<string>): string {
  return [...new Set(files)]
    .sort()
    .map((file) => `${file}\n`)
    .join('');
}

function isInside(file: string): boolean {
  return file === posix.normalize(file) && !posix.isAbsolute(file) && !file.startsWith('..') && !file.includes('\\');
}

function failureCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function notFound(path: string, why: string, cause?: unknown): MynahError {
  const message = `${path} is not a clone: ${why}. Make one with: mynah compile RECORDING --out ${path}`;
  return new MynahError('ERR_CLONE_NOT_FOUND', message, { path }, cause);
}

function unwritable(path: string, cause: unknown): MynahError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MynahError(
    'ERR_FILE_UNWRITABLE',
    `${path} cannot be written: ${reason}. Choose another folder or its permissions.`,
    { path },
    cause,
  );
}
