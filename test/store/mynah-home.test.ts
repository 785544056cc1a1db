import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  authorityPaths,
  authorityPem,
  existingPseudonymHash,
  mynahHome,
  pseudonymHash,
  readPrivately,
  writePrivately,
} from '../../src/store/mynah-home.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/recorder.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const pair = (name: string) => ({
  certificate: `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`,
  key: `-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----\n`,
});

describe("the user's folder", () => {
  it('is where the environment says', () => {
    expect(mynahHome({ MYNAH_DATA: '/m' })).toBe('/m');
    expect(mynahHome({ XDG_DATA_HOME: '/x' })).toBe('/x/mynah');
    expect(mynahHome({})).toBe(join(homedir(), '.local/share/mynah'));
  });

  it('holds the key of the pseudonyms, made once, for the user alone', () => {
    const home = join(temporaryFolder(), 'home');
    expect(existingPseudonymHash(home)).toBeUndefined();
    const hash = pseudonymHash(home);
    expect(hash('secret')).toMatch(/^[0-9a-f]{64}$/);
    expect([pseudonymHash(home)('secret'), existingPseudonymHash(home)?.('secret')]).toEqual([
      hash('secret'),
      hash('secret'),
    ]);
    expect(pseudonymHash(join(temporaryFolder(), 'other'))('secret')).not.toBe(hash('secret'));
    expect([modeOf(join(home, 'pseudonym.key')), modeOf(home)]).toEqual(['600', '700']);
  });

  it('closes a key that others could read, and refuses one that is none', () => {
    const home = temporaryFolder();
    pseudonymHash(home);
    chmodSync(join(home, 'pseudonym.key'), 0o644);
    pseudonymHash(home);
    expect(modeOf(join(home, 'pseudonym.key'))).toBe('600');
    writeFileSync(join(home, 'pseudonym.key'), 'nonsense');
    expect(failureOf(() => pseudonymHash(home)).code).toBe('ERR_KEY_DAMAGED');
  });

  it('that cannot be written says so', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const failure = failureOf(() => pseudonymHash(file));
    expect([failure.code, failure.message]).toEqual(['ERR_FILE_UNWRITABLE', expect.stringContaining('MYNAH_DATA')]);
  });
});

describe('a private file', () => {
  it('is written whole, and one that is there stays', () => {
    const path = join(temporaryFolder(), 'a', 'file');
    writePrivately(path, 'first');
    writePrivately(path, 'second');
    expect([readPrivately(path), modeOf(path)]).toEqual(['first', '600']);
  });
});

describe('the certificate authority', () => {
  it('is made once, and its key is for the user alone', async () => {
    const home = temporaryFolder();
    const made = await authorityPem(home, () => Promise.resolve(pair('one')));
    expect(made).toEqual(pair('one'));
    expect(await authorityPem(home, () => Promise.reject(new Error('asked again')))).toEqual(made);
    const paths = authorityPaths(home);
    expect([modeOf(paths.key), readFileSync(paths.certificate, 'utf8')]).toEqual(['600', made.certificate]);
  });

  it('is one, although two processes make it at once', async () => {
    const home = temporaryFolder();
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) => authorityPem(home, () => Promise.resolve(pair(name)))),
    );
    expect(one).toEqual(two);
    expect(existsSync(authorityPaths(home).certificate)).toBe(true);
  });
});
