// The user's own folder of Mynah: the key that makes pseudonyms, and the certificate authority. Private to the user.
import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KeyedHash } from '../core/recording/pseudonym.ts';
import { MynahError } from '../core/std/errors.ts';

const KEY_BYTES = 32;

/** `$MYNAH_DATA`, else `mynah` in `$XDG_DATA_HOME`, else `~/.local/share/mynah`. The folder need not exist. */
export function mynahHome(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  if (environment['MYNAH_DATA']) return environment['MYNAH_DATA'];
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'mynah');
}

/**
 * The keyed hash behind the user's pseudonyms; the key is made on first use.
 * @throws MynahError ERR_FILE_UNWRITABLE, ERR_KEY_DAMAGED
 */
export function pseudonymHash(home: string): KeyedHash {
  const path = keyPath(home);
  if (!existsSync(path)) writePrivately(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`);
  return existingPseudonymHash(home) as KeyedHash;
}

/** The keyed hash where the user has a key, else undefined: then real credentials are not known here, only pseudonyms. */
export function existingPseudonymHash(home: string): KeyedHash | undefined {
  const path = keyPath(home);
  if (!existsSync(path)) return undefined;
  const text = readPrivately(path).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new MynahError(
      'ERR_KEY_DAMAGED',
      `${path} does not hold a key; restore it from a copy, or remove it: recordings made from then on have other pseudonyms`,
      { path },
    );
  }
  const key = Buffer.from(text, 'hex');
  return (secret) => createHmac('sha256', key).update(secret).digest('hex');
}

/** Where the certificate authority is: the certificate that clients trust, and the private file that holds it with its key. */
export function authorityPaths(home: string): { readonly certificate: string; readonly key: string } {
  return { certificate: join(home, 'ca.pem'), key: join(home, 'ca.key') };
}

/**
 * The certificate authority's PEM texts; `make` is asked for new ones on first use. Certificate and key are made in one
 * file, so that two processes that start at once agree; the certificate alone is a copy for clients.
 * @throws MynahError ERR_FILE_UNWRITABLE
 */
export async function authorityPem(
  home: string,
  make: () => Promise<{ readonly certificate: string; readonly key: string }>,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const paths = authorityPaths(home);
  if (!existsSync(paths.key)) {
    const made = await make();
    writePrivately(paths.key, `${made.certificate.trim()}\n${made.key.trim()}\n`);
  }
  const [certificate = '', key = ''] =
    readPrivately(paths.key).match(/-----BEGIN [^]+?-----END [A-Z ]+-----\n?/g) ?? [];
  onFile(paths.certificate, () => {
    if (!existsSync(paths.certificate) || readFileSync(paths.certificate, 'utf8') !== certificate) {
      writeFileSync(paths.certificate, certificate);
    }
  });
  return { certificate, key };
}

/** Text of a private file; where others could read it, they no longer can. */
export function readPrivately(path: string): string {
  return onFile(path, () => {
    chmodSync(path, 0o600);
    return readFileSync(path, 'utf8');
  });
}

/**
 * Writes a private file (0600, in a folder 0700) whole or not at all; one that another process made meanwhile stays.
 * @throws MynahError ERR_FILE_UNWRITABLE
 */
export function writePrivately(path: string, text: string): void {
  onFile(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  });
}

function keyPath(home: string): string {
  return join(home, 'pseudonym.key');
}

function onFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new MynahError(
      'ERR_FILE_UNWRITABLE',
      `cannot use ${path}: ${(error as Error).message}; name another folder for mynah's keys with MYNAH_DATA`,
      { path },
      error,
    );
  }
}
