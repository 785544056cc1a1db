// The name of a model by content: logs carry it, and replay insists on it.
import { sha256Hex } from '../std/hashing.ts';
import { printJson } from '../std/json.ts';
import type { CloneModel } from './clone-model.ts';
import { printCloneFiles } from './files-print.ts';

/**
 * SHA-256, as 64 hexadecimal digits, of the model's canonical files: `[path, text]` pairs in order of path. Equal for
 * models that differ only in what the files do not keep (the order of routes and entity types), different for all others.
 */
export function modelDigest(model: CloneModel): string {
  return sha256Hex(printJson([...printCloneFiles(model)].map(([path, text]) => [path, text])));
}
