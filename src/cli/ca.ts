// `mynah ca`: the certificate authority that signs for hosts whose TLS is opened, and how clients come to trust it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { MynahError } from '../core/std/errors.ts';
import { childEnvironment } from '../proxy/child-environment.ts';
import { listenerUrl, parseListenAddress } from '../proxy/listener.ts';
import { authorityPaths, mynahHome } from '../store/mynah-home.ts';
import { userAuthority } from './user-authority.ts';

/** Registers `mynah ca`. */
export function registerCa(program: Command): void {
  const ca = program.command('ca').description('The certificate authority of this user, and how to trust it.');
  ca.command('path').description('Print the file of the certificate that clients are to trust.').action(printPath);
  ca.command('env')
    .description(
      'Print shell commands that make the programs of a shell use the proxy and trust it: eval "$(mynah ca env)"',
    )
    .option('--proxy <host:port>', 'where the proxy listens', '127.0.0.1:8080')
    .action(printEnvironment);
  ca.command('install')
    .description('Make the system trust the certificate, or say how where that is not permitted.')
    .option('--print', 'only say how', false)
    .action(install);
}

async function printPath(): Promise<void> {
  const home = mynahHome();
  await userAuthority(home);
  process.stdout.write(`${resolve(authorityPaths(home).certificate)}\n`);
}

async function printEnvironment({ proxy }: { readonly proxy: string }): Promise<void> {
  const home = mynahHome();
  const authority = await userAuthority(home);
  const variables = childEnvironment({
    proxyUrl: listenerUrl(parseListenAddress(proxy)),
    authority: authority.certificate,
    folder: join(resolve(home), 'trust'),
    base: process.env,
  });
  const changed = Object.entries(variables).filter(([name, value]) => value !== process.env[name]);
  process.stdout.write(changed.map(([name, value = '']) => `export ${name}=${quoted(value)}\n`).join(''));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

interface TrustStore {
  /** It is of this system when this file or folder exists. */
  readonly mark: string;
  readonly commands: (certificate: string) => readonly (readonly string[])[];
}

const TRUST_STORES: readonly TrustStore[] = [
  {
    mark: '/usr/sbin/update-ca-certificates',
    commands: (certificate) => [
      ['cp', certificate, '/usr/local/share/ca-certificates/mynah.crt'],
      ['update-ca-certificates'],
    ],
  },
  {
    mark: '/etc/pki/ca-trust/source/anchors',
    commands: (certificate) => [['cp', certificate, '/etc/pki/ca-trust/source/anchors/mynah.pem'], ['update-ca-trust']],
  },
  {
    mark: '/usr/bin/security',
    commands: (certificate) => [
      [
        'security',
        'add-trusted-cert',
        '-d',
        '-r',
        'trustRoot',
        '-k',
        '/Library/Keychains/System.keychain',
        certificate,
      ],
    ],
  },
];

async function install({ print }: { readonly print: boolean }): Promise<void> {
  const home = mynahHome();
  await userAuthority(home);
  const certificate = resolve(authorityPaths(home).certificate);
  const commands = TRUST_STORES.find(({ mark }) => existsSync(mark))?.commands(certificate);
  if (commands === undefined) {
    throw new MynahError(
      'ERR_TRUST_STORE',
      `the trust store of this system is not known; add ${certificate} to it by hand, or use: mynah ca env`,
    );
  }
  const byHand = commands.map((command) => `sudo ${command.join(' ')}`).join(' && ');
  if (print) {
    process.stdout.write(`${byHand}\n`);
    return;
  }
  for (const [command = '', ...args] of commands) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0)
      throw new MynahError(
        'ERR_TRUST_STORE',
        `${command} failed: ${(stderr ?? '').trim() || 'not permitted'}; run: ${byHand}`,
      );
  }
  process.stdout.write(`installed ${certificate}\n`);
}
