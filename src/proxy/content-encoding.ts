// Undoes content encodings, of a whole body or as it comes: gzip, deflate, br and zstd, in any combination.
import { Decompress as ZstdDecompress, decompress as zstdDecompress } from 'fzstd';
import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';

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

/** Undoes encodings as a body comes. Both reject when the bytes are not of the encoding. */
export interface ContentDecoder {
  /** Resolves once all that the bytes decode to was taken. */
  push(bytes: Buffer): Promise<void>;
  end(): Promise<void>;
}

/**
 * A decoder for encodings in the order they were applied; undefined when one is unknown.
 * @param take is given what is decoded, and resolves when there may be more
 */
export function contentDecoder(
  encodings: readonly string[],
  take: (bytes: Buffer) => Promise<void>,
): ContentDecoder | undefined {
  // The encoding that was applied first is undone last.
  return encodings.reduce<ContentDecoder | undefined>((next, encoding) => next && oneDecoder(encoding, next), {
    push: take,
    end: () => Promise.resolve(),
  });
}

const OUTPUT = { chunkSize: 64 * 1024 };
/** Bytes that one chunk of a zstd stream may decode to: it is decoded at once. */
const ZSTD_CHUNK_MAX = 64 * 1024 * 1024;

function oneDecoder(encoding: string, next: ContentDecoder): ContentDecoder | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlibDecoder(() => createGunzip(OUTPUT), next);
    case 'deflate':
      return zlibDecoder((first) => (isZlib(first) ? createInflate(OUTPUT) : createInflateRaw(OUTPUT)), next);
    case 'br':
      return zlibDecoder(() => createBrotliDecompress(OUTPUT), next);
    case 'zstd':
      return zstdDecoder(next);
    default:
      return undefined;
  }
}

function zlibDecoder(create: (first: Buffer) => Transform, next: ContentDecoder): ContentDecoder {
  let transform: Transform | undefined;
  let failure: Error | undefined;
  let taken: Promise<void> = Promise.resolve();
  const begin = (first: Buffer) => {
    const made = create(first);
    made.on('data', (bytes: Buffer) => {
      made.pause();
      taken = next.push(bytes).then(
        () => void made.resume(),
        (error: Error) => {
          failure ??= error;
          made.destroy();
        },
      );
    });
    made.on('error', (error) => (failure ??= error));
    return made;
  };
  const settled = async () => {
    await taken;
    if (failure) throw failure;
  };
  return {
    push: async (bytes) => {
      transform ??= begin(bytes);
      const stream = transform;
      await new Promise<void>((resolve) => {
        stream.once('close', resolve);
        stream.write(bytes, () => {
          stream.off('close', resolve);
          resolve();
        });
      });
      await settled();
    },
    end: async () => {
      if (transform && !transform.destroyed) {
        transform.end();
        await finished(transform).catch((error: Error) => (failure ??= error));
      }
      await settled();
      await next.end();
    },
  };
}

function zstdDecoder(next: ContentDecoder): ContentDecoder {
  let decoded: Buffer[] = [];
  let length = 0;
  const stream = new ZstdDecompress((bytes) => {
    decoded.push(Buffer.from(bytes));
    length += bytes.length;
    if (length > ZSTD_CHUNK_MAX) throw new Error('it decodes to far more than it is');
  });
  return {
    push: async (bytes) => {
      stream.push(bytes);
      const ready = decoded;
      decoded = [];
      length = 0;
      for (const each of ready) await next.push(each);
    },
    end: () => next.end(),
  };
}
