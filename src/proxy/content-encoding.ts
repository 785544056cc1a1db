// Undoes the content encodings of a whole body: gzip, deflate, br and zstd, in any combination.
import { decompress as zstdDecompress } from 'fzstd';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** The encodings of a content-encoding value, in the order they were applied; `identity` is none. */
export function contentEncodings(header: string | undefined): readonly string[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
}

/** The decoded bytes, or undefined when an encoding is unknown, the bytes are not of it, or they decode to over `limit`. */
export function decodeContent(bytes: Buffer, encodings: readonly string[], limit: number): Buffer | undefined {
  try {
    let decoded = bytes;
    for (const encoding of [...encodings].reverse()) {
      const next = decodeOne(decoded, encoding, limit);
      if (next === undefined) return undefined;
      decoded = next;
    }
    return decoded.length > limit ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function decodeOne(bytes: Buffer, encoding: string, limit: number): Buffer | undefined {
  const options = { maxOutputLength: limit };
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(bytes, options);
    case 'deflate':
      return isZlib(bytes) ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
    case 'br':
      return brotliDecompressSync(bytes, options);
    case 'zstd':
      return (zstdContentSize(bytes) ?? 0) > limit ? undefined : Buffer.from(zstdDecompress(bytes));
    default:
      return undefined;
  }
}

/** "deflate" means the zlib format, but some servers send a raw deflate stream; the zlib header has a check of its own. */
function isZlib(bytes: Buffer): boolean {
  const [first, second] = bytes;
  return first !== undefined && second !== undefined && (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** The size that the first frame of a zstd stream declares, so that a small body cannot make a huge buffer. */
function zstdContentSize(bytes: Buffer): number | undefined {
  const descriptor = bytes[4];
  if (descriptor === undefined || bytes.readUInt32LE(0) !== 0xfd2fb528) return undefined;
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  switch (descriptor >> 6) {
    case 0:
      return singleSegment ? bytes[at] : undefined;
    case 1:
      return bytes.readUInt16LE(at) + 256;
    case 2:
      return bytes.readUInt32LE(at);
    default:
      return Number(bytes.readBigUInt64LE(at));
  }
}
