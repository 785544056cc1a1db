// Immutable answers of a clone, by content: bodies of static files, recorded event streams and WebSocket dialogues. Rules
// name them by hash. In the folder each is a text file: the text itself, or base64 of bytes that are no text.
import type { Body } from '../exchange/exchange.ts';
import { base64Decode } from '../std/encoding.ts';
import { sha256Hex } from '../std/hashing.ts';

/** Bodies by the SHA-256 of their bytes. */
export type Assets = ReadonlyMap<string, Body>;

const ASSET_PATH = /^[^/]+\/assets\/([0-9a-f]{64})\.(txt|base64)$/;

export function assetHash(body: Body): string {
  return sha256Hex('text' in body ? body.text : (base64Decode(body.base64) ?? new Uint8Array()));
}

/** Is this the path of an asset in the folder of a clone? */
export function isAssetPath(path: string): boolean {
  return ASSET_PATH.test(path);
}

/** Assets as files of the folder of their service. */
export function printAssets(folder: string, assets: Assets): ReadonlyMap<string, string> {
  return new Map(
    [...assets]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([hash, body]) =>
        'text' in body
          ? [`${folder}/assets/${hash}.txt`, body.text]
          : [`${folder}/assets/${hash}.base64`, `${body.base64}\n`],
      ),
  );
}

/** The assets among the files of a clone. One whose content is not what its name says is left out. */
export function readAssets(files: ReadonlyMap<string, string>): Assets {
  const assets = new Map<string, Body>();
  for (const [path, text] of files) {
    const [, hash, kind] = ASSET_PATH.exec(path) ?? [];
    if (hash === undefined) continue;
    const body = kind === 'txt' ? { text } : { base64: text.trim() };
    if (assetHash(body) === hash) assets.set(hash, body);
  }
  return assets;
}
