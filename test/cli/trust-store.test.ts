import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trustStores } from '../../src/cli/trust-store.ts';
import { temporaryFolder } from '../support/recorder.ts';

/** A machine with these folders and files; files have a dot in their names. */
function machine(...paths: readonly string[]) {
  const root = temporaryFolder();
  for (const path of paths) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    if (path.endsWith('/')) mkdirSync(join(root, path), { recursive: true });
    else writeFileSync(join(root, path), '');
  }
  return { root, home: join(root, 'home/ada') };
}

describe('the trust stores of a machine', () => {
  it('begin with that of its system', () => {
    const systems = [
      ['usr/sbin/update-ca-certificates', 'cp /c.pem /usr/local/share/ca-certificates/mynah.crt'],
      ['etc/pki/ca-trust/source/anchors/', 'cp /c.pem /etc/pki/ca-trust/source/anchors/mynah.pem'],
      ['etc/ca-certificates/trust-source/anchors/', 'cp /c.pem /etc/ca-certificates/trust-source/anchors/mynah.pem'],
      ['usr/bin/security', 'security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain /c.pem'],
    ] as const;
    for (const [mark, first] of systems) {
      const [store, ...others] = trustStores('/c.pem', machine(mark));
      expect([store?.kind, store?.privileged, store?.install[0]?.join(' '), others]).toEqual([
        'system',
        true,
        first,
        [],
      ]);
    }
  });

  it('take out what was put in, and nothing else', () => {
    const [store] = trustStores('/c.pem', machine('usr/sbin/update-ca-certificates'));
    expect(store?.uninstall).toEqual([
      ['rm', '-f', '/usr/local/share/ca-certificates/mynah.crt'],
      ['update-ca-certificates', '--fresh'],
    ]);
  });

  it('are also the databases of browsers, which ask no other', () => {
    const { root, home } = machine(
      'home/ada/.pki/nssdb/cert9.db',
      'home/ada/.mozilla/firefox/x1.default/cert9.db',
      'home/ada/.mozilla/firefox/Crash Reports/',
      'home/ada/Library/Application Support/Firefox/Profiles/y2.dev/cert9.db',
    );
    const stores = trustStores('/c.pem', { root, home });
    expect(stores.map(({ name }) => name.slice(home.length))).toEqual([
      '/.mozilla/firefox/x1.default',
      '/.pki/nssdb',
      '/Library/Application Support/Firefox/Profiles/y2.dev',
    ]);
    expect(stores.some(({ privileged }) => privileged)).toBe(false);
  });

  it('are none on a machine that is not known', () => {
    expect(trustStores('/c.pem', machine())).toEqual([]);
  });
});
