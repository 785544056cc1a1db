// `mynah ca`: the certificate authority that signs for hosts whose TLS is opened, and how clients come to trust it.
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { MynahError } from '../core/std/errors.ts';
import { childEnvironment } from '../proxy/child-environment.ts';
import { listenerUrl, parseListenAddress } from '../proxy/listener.ts';
import { authorityPaths, mynahHome } from '../store/mynah-home.ts';
import { shellAssignments, shellOf, SHELLS, type Shell } from './shell-assignment.ts';
import { trustStores, type CommandLine, type TrustStore } from './trust-store.ts';
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
    .addOption(new Option('--shell <name>', 'whose language is printed (default: that of $SHELL)').choices(SHELLS))
    .action(printEnvironment);
  for (const change of ['install', 'uninstall'] as const) {
    ca.command(change)
      .description(
        change === 'install'
          ? 'Make the system and the browsers of this user trust the certificate.'
          : 'Take the certificate out of the stores again.',
      )
      .addOption(new Option('--store <kind>', 'only one kind of store').choices(['system', 'browser']))
      .option('--print', 'only print the commands', false)
      .action((options: ChangeOptions) => changeStores(change, options));
  }
}

async function printPath(): Promise<void> {
  process.stdout.write(`${await authorityFile()}\n`);
}

async function authorityFile(): Promise<string> {
  const home = mynahHome();
  await userAuthority(home);
  return resolve(authorityPaths(home).certificate);
}

async function printEnvironment(options: { readonly proxy: string; readonly shell?: Shell }): Promise<void> {
  const home = mynahHome();
  const authority = await userAuthority(home);
  const variables = childEnvironment({
    proxyUrl: listenerUrl(parseListenAddress(options.proxy)),
    authority: authority.certificate,
    folder: join(resolve(home), 'trust'),
    base: process.env,
  });
  const changed = Object.entries(variables).filter(([name, value]) => value !== process.env[name]);
  const shell = options.shell ?? shellOf(process.env['SHELL']);
  process.stdout.write(shellAssignments(shell, Object.fromEntries(changed)));
}

interface ChangeOptions {
  readonly store?: TrustStore['kind'];
  readonly print: boolean;
}

/** Every store is tried, whatever became of the others. */
async function changeStores(change: 'install' | 'uninstall', { store: kind, print }: ChangeOptions): Promise<void> {
  const certificate = await authorityFile();
  const stores = trustStores(certificate, { root: '/', home: homedir() }).filter(
    (store) => kind === undefined || store.kind === kind,
  );
  if (stores.length === 0) {
    throw new MynahError(
      'ERR_TRUST_STORE',
      `this machine has no trust store that is known here; add ${certificate} to it by hand, or use: mynah ca env`,
    );
  }
  if (print) return void process.stdout.write(stores.map((store) => `${byHand(store, change)}\n`).join(''));
  const failures = stores.flatMap((store) => {
    const reason = failureOf(store[change]);
    if (reason !== undefined) return [`${store.name}: ${reason}; run: ${byHand(store, change)}`];
    process.stdout.write(`${change}ed ${certificate}: ${store.name}\n`);
    return [];
  });
  if (failures.length > 0) throw new MynahError('ERR_TRUST_STORE', failures.join('\n'));
}

/** What `certutil` and `security` say of a certificate that is not there: then there is nothing to take out. */
const NOT_THERE = /could not find cert|unable to delete certificate matching/i;

/** Runs the commands one after the other; the reason of the first that fails. */
function failureOf(commands: readonly CommandLine[]): string | undefined {
  for (const [program, ...args] of commands) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
    if (error !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT')
      return program === 'certutil'
        ? 'certutil is not installed (package libnss3-tools, nss-tools or nss)'
        : `${program} is not installed`;
    if (status !== 0 && !NOT_THERE.test(stderr))
      return `${program} failed: ${(stderr ?? '').trim() || 'not permitted'}`;
  }
  return undefined;
}

function byHand(store: TrustStore, change: 'install' | 'uninstall'): string {
  const shown = store[change].map((command) => command.map(shellWord).join(' '));
  return shown.map((line) => (store.privileged ? `sudo ${line}` : line)).join(' && ');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
