// The trust stores of this machine, as the commands that put a certificate in and take it out again: the system's own, and
// the databases of browsers, which ask no other. Only describes; nothing is run here.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Name under which the certificate stands in stores that have names. */
const NICKNAME = 'Mynah recording proxy';

export interface TrustStore {
  readonly kind: 'system' | 'browser';
  /** What people call it, for example `the system (Debian, Ubuntu)`. */
  readonly name: string;
  /** Only an administrator may change it. */
  readonly privileged: boolean;
  /** Command lines, one after the other. */
  readonly install: readonly CommandLine[];
  readonly uninstall: readonly CommandLine[];
}

export type CommandLine = readonly [program: string, ...args: string[]];

export interface MachineFolders {
  /** The file system's root; another one in tests. */
  readonly root: string;
  /** The user's home. */
  readonly home: string;
}

/** The stores that this machine has, given the certificate's file. Empty where none is known. */
export function trustStores(certificate: string, folders: MachineFolders): readonly TrustStore[] {
  const system = SYSTEM_STORES.find(({ mark }) => existsSync(join(folders.root, mark)))?.store(certificate);
  return [...(system ? [system] : []), ...browserDatabases(folders.home).map((folder) => browser(certificate, folder))];
}

interface SystemStore {
  /** It is of this system when this file or folder exists. */
  readonly mark: string;
  readonly store: (certificate: string) => TrustStore;
}

/** A folder of certificates and the command that reads them. */
function folderStore(name: string, installed: string, refresh: CommandLine, refreshAfterRemoval = refresh) {
  return (certificate: string): TrustStore => ({
    kind: 'system',
    name,
    privileged: true,
    install: [['cp', certificate, installed], refresh],
    uninstall: [['rm', '-f', installed], refreshAfterRemoval],
  });
}

const KEYCHAIN = '/Library/Keychains/System.keychain';

const SYSTEM_STORES: readonly SystemStore[] = [
  {
    mark: 'usr/sbin/update-ca-certificates',
    store: folderStore(
      'the system (Debian, Ubuntu, Alpine)',
      '/usr/local/share/ca-certificates/mynah.crt',
      ['update-ca-certificates'],
      ['update-ca-certificates', '--fresh'],
    ),
  },
  {
    mark: 'etc/pki/ca-trust/source/anchors',
    store: folderStore('the system (Fedora, RHEL)', '/etc/pki/ca-trust/source/anchors/mynah.pem', ['update-ca-trust']),
  },
  {
    mark: 'etc/ca-certificates/trust-source/anchors',
    store: folderStore('the system (Arch)', '/etc/ca-certificates/trust-source/anchors/mynah.pem', ['update-ca-trust']),
  },
  {
    mark: 'usr/bin/security',
    store: (certificate) => ({
      kind: 'system',
      name: 'the system (macOS)',
      privileged: true,
      install: [['security', 'add-trusted-cert', '-d', '-r', 'trustRoot', '-k', KEYCHAIN, certificate]],
      uninstall: [['security', 'delete-certificate', '-c', NICKNAME, '-t', KEYCHAIN]],
    }),
  },
];

/** Chromium and its kin on Linux; packaged ones have homes of their own. */
const CHROMIUM_DATABASES = ['.pki/nssdb', 'snap/chromium/current/.pki/nssdb'];

/** Folders of Firefox profiles, each with a database. */
const FIREFOX_PROFILES = [
  '.mozilla/firefox',
  'snap/firefox/common/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/.mozilla/firefox',
  'Library/Application Support/Firefox/Profiles',
];

function browserDatabases(home: string): readonly string[] {
  const profiles = FIREFOX_PROFILES.map((folder) => join(home, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const all = [...CHROMIUM_DATABASES.map((folder) => join(home, folder)), ...profiles];
  return all.filter((folder) => existsSync(join(folder, 'cert9.db'))).sort();
}

/** `certutil` of NSS adds and removes by nickname. */
function browser(certificate: string, folder: string): TrustStore {
  const database = ['-d', `sql:${folder}`, '-n', NICKNAME];
  return {
    kind: 'browser',
    name: folder,
    privileged: false,
    install: [['certutil', '-A', '-t', 'C,,', '-i', certificate, ...database]],
    uninstall: [['certutil', '-D', ...database]],
  };
}
