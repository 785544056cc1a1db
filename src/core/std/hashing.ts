// SHA-256, SHA-1 and MD5, pure, over bytes or the UTF-8 of a text. For digests, seeds and values that a service derives;
// secrets are not protected with these (pseudonyms are made by the shell).
import { hexEncode, utf8Encode, type Bytes } from './encoding.ts';

function words(hex: string): Int32Array {
  return Int32Array.from(hex.trim().split(/\s+/), (word) => Number.parseInt(word, 16) | 0);
}

const SHA256_START = words('6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19');
const SHA256_ROUNDS = words(`
  428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5
  d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174
  e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da
  983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967
  27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85
  a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070
  19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3
  748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2
`);
const SHA1_START = words('67452301 efcdab89 98badcfe 10325476 c3d2e1f0');
const MD5_START = words('67452301 efcdab89 98badcfe 10325476');
const MD5_ROUNDS = words(`
  d76aa478 e8c7b756 242070db c1bdceee f57c0faf 4787c62a a8304613 fd469501
  698098d8 8b44f7af ffff5bb1 895cd7be 6b901122 fd987193 a679438e 49b40821
  f61e2562 c040b340 265e5a51 e9b6c7aa d62f105d 02441453 d8a1e681 e7d3fbc8
  21e1cde6 c33707d6 f4d50d87 455a14ed a9e3e905 fcefa3f8 676f02d9 8d2a4c8a
  fffa3942 8771f681 6d9d6122 fde5380c a4beea44 4bdecfa9 f6bb4b60 bebfbc70
  289b7ec6 eaa127fa d4ef3085 04881d05 d9d4d039 e6db99e5 1fa27cf8 c4ac5665
  f4292244 432aff97 ab9423a7 fc93a039 655b59c3 8f0ccc92 ffeff47d 85845dd1
  6fa87e4f fe2ce6e0 a3014314 4e0811a1 f7537e82 bd3af235 2ad7d2bb eb86d391
`);
const MD5_SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** Mixes the 64 bytes at `at` of `block` into `state`. */
type Compress = (state: Int32Array, block: DataView, at: number) => void;

/** SHA-256 digest. */
export function sha256(input: string | Bytes): Bytes {
  return digest(input, SHA256_START, compressSha256, false);
}

/** SHA-256 digest in hex. */
export function sha256Hex(input: string | Bytes): string {
  return hexEncode(sha256(input));
}

/** HMAC with SHA-256 (RFC 2104). */
export function hmacSha256(key: string, text: string): Bytes {
  const given = utf8Encode(key);
  const block = new Uint8Array(64);
  block.set(given.length > 64 ? sha256(given) : given);
  const padded = (pad: number, rest: Bytes): Bytes => {
    const bytes = new Uint8Array(64 + rest.length);
    bytes.set(block.map((byte) => byte ^ pad));
    bytes.set(rest, 64);
    return bytes;
  };
  return sha256(padded(0x5c, sha256(padded(0x36, utf8Encode(text)))));
}

/** SHA-1 digest in hex. */
export function sha1Hex(input: string | Bytes): string {
  return hexEncode(digest(input, SHA1_START, compressSha1, false));
}

/** MD5 digest in hex. */
export function md5Hex(input: string | Bytes): string {
  return hexEncode(digest(input, MD5_START, compressMd5, true));
}

/** The padding and chaining that the three have in common. */
function digest(input: string | Bytes, start: Int32Array, compress: Compress, littleEndian: boolean): Bytes {
  const bytes = typeof input === 'string' ? utf8Encode(input) : input;
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const block = new DataView(padded.buffer);
  const high = Math.floor(bytes.length / 0x20000000);
  block.setUint32(padded.length - 8, littleEndian ? bytes.length << 3 : high, littleEndian);
  block.setUint32(padded.length - 4, littleEndian ? high : bytes.length << 3, littleEndian);
  const state = Int32Array.from(start);
  for (let at = 0; at < padded.length; at += 64) compress(state, block, at);
  const out = new DataView(new ArrayBuffer(state.length * 4));
  state.forEach((word, index) => out.setInt32(index * 4, word, littleEndian));
  return new Uint8Array(out.buffer);
}

function rotateRight(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

const schedule = new Int32Array(80);

function compressSha256(state: Int32Array, block: DataView, at: number): void {
  const w = schedule;
  for (let i = 0; i < 16; i += 1) w[i] = block.getInt32(at + i * 4);
  for (let i = 16; i < 64; i += 1) {
    const [w2, w7, w15, w16] = [w[i - 2] as number, w[i - 7] as number, w[i - 15] as number, w[i - 16] as number];
    const low = rotateRight(w15, 7) ^ rotateRight(w15, 18) ^ (w15 >>> 3);
    const high = rotateRight(w2, 17) ^ rotateRight(w2, 19) ^ (w2 >>> 10);
    w[i] = (w16 + low + w7 + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
  for (let i = 0; i < 64; i += 1) {
    const sum1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + (SHA256_ROUNDS[i] as number) + (w[i] as number)) | 0;
    const sum0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e] = [g, f, e, (d + t1) | 0];
    [d, c, b, a] = [c, b, a, (t1 + t2) | 0];
  }
  add(state, [a, b, c, d, e, f, g, h]);
}

type Eight = [number, number, number, number, number, number, number, number];

function compressSha1(state: Int32Array, block: DataView, at: number): void {
  const w = schedule;
  for (let i = 0; i < 16; i += 1) w[i] = block.getInt32(at + i * 4);
  for (let i = 16; i < 80; i += 1) {
    w[i] = rotateLeft((w[i - 3] as number) ^ (w[i - 8] as number) ^ (w[i - 14] as number) ^ (w[i - 16] as number), 1);
  }
  let [a, b, c, d, e] = state as unknown as Eight;
  for (let i = 0; i < 80; i += 1) {
    const [mix, constant] =
      i < 20
        ? [(b & c) | (~b & d), 0x5a827999]
        : i < 40
          ? [b ^ c ^ d, 0x6ed9eba1]
          : i < 60
            ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
            : [b ^ c ^ d, 0xca62c1d6];
    const next = (rotateLeft(a, 5) + mix + e + constant + (w[i] as number)) | 0;
    [e, d, c, b, a] = [d, c, rotateLeft(b, 30), a, next];
  }
  add(state, [a, b, c, d, e]);
}

function compressMd5(state: Int32Array, block: DataView, at: number): void {
  let [a, b, c, d] = state as unknown as Eight;
  for (let i = 0; i < 64; i += 1) {
    const round = i >> 4;
    const [mix, index] =
      round === 0
        ? [(b & c) | (~b & d), i]
        : round === 1
          ? [(d & b) | (~d & c), (5 * i + 1) & 15]
          : round === 2
            ? [b ^ c ^ d, (3 * i + 5) & 15]
            : [c ^ (b | ~d), (7 * i) & 15];
    const sum = (a + mix + (MD5_ROUNDS[i] as number) + block.getInt32(at + index * 4, true)) | 0;
    const shift = (MD5_SHIFTS[round] as readonly number[])[i & 3] as number;
    [a, d, c, b] = [d, c, b, (b + rotateLeft(sum, shift)) | 0];
  }
  add(state, [a, b, c, d]);
}

function add(state: Int32Array, words: readonly number[]): void {
  for (let i = 0; i < words.length; i += 1) state[i] = ((state[i] as number) + (words[i] as number)) | 0;
}
