// The functions that an operator lends to a clone: `externs/NAME.mjs` in its folder, loaded only when enabled by name.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXTERNS_FOLDER } from '../core/model/file-layout.ts';
import type { Extern, Externs } from '../core/runtime/externs.ts';
import { MynahError } from '../core/std/errors.ts';

const NAME = /^[A-Za-z][\w-]{0,79}$/;

/**
 * Loads the named externs of a clone. Their code runs in this process with all its rights.
 *
 * @throws {MynahError} ERR_EXTERN for a name that is none, a file that is not there or does not load, and one whose default
 * export is no function
 */
export async function readExterns(clone: string, names: readonly string[]): Promise<Externs> {
  const externs = new Map<string, Extern>();
  for (const name of names) externs.set(name, await readExtern(clone, name));
  return externs;
}

async function readExtern(clone: string, name: string): Promise<Extern> {
  if (!NAME.test(name)) throw unusable(name, 'a name is a letter, then letters, digits, "_" and "-"');
  const path = resolve(join(clone, EXTERNS_FOLDER, `${name}.mjs`));
  let source: Buffer;
  let loaded: { readonly default?: unknown };
  try {
    source = await readFile(path);
    loaded = (await import(pathToFileURL(path).href)) as typeof loaded;
  } catch (error) {
    throw unusable(name, `${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const apply = loaded.default;
  if (typeof apply !== 'function')
    throw unusable(name, `${path} has no function as its default export; write: export default (…) => …`);
  return { apply: apply as Extern['apply'], digest: createHash('sha256').update(source).digest('hex') };
}

function unusable(name: string, why: string, cause?: unknown): MynahError {
  return new MynahError('ERR_EXTERN', `the extern ${name} cannot be used: ${why}`, { name }, cause);
}
