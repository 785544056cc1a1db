// `mynah record`: a proxy that records, in front of servers, for clients that are told of it, or around a command.
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { recordedBodyBytesMax } from '../core/std/limits.ts';
import type { CertificateAuthority } from '../proxy/certificate-authority.ts';
import { childEnvironment, type ProcessEnvironment } from '../proxy/child-environment.ts';
import type { RecordingProxy } from '../proxy/recording-proxy.ts';
import { mynahHome } from '../store/mynah-home.ts';
import { openRecordingForAppend } from '../store/recording-store.ts';
import { runCommand } from './child-command.ts';
import { ended } from './interruption.ts';
import {
  positiveNumber,
  recordedRules,
  reverseUpstreams,
  type RecordOptions,
  type ReverseUpstream,
} from './record-options.ts';
import { startProxies, warn } from './record-proxies.ts';
import { TOOL_VERSION } from './tool-version.ts';
import { userAuthority } from './user-authority.ts';

/** Registers `mynah record`. */
export function registerRecord(program: Command): void {
  program
    .command('record')
    .description('Record the traffic between clients and real software.')
    .argument('[command...]', 'after --: a command to run with proxy and certificates set for it')
    .passThroughOptions()
    .option('--listen <host:port>', 'address to listen on (default: 127.0.0.1:8080, with a command a free port)')
    .option(
      '--reverse <[port=]url>',
      'stand in front of this server, instead of being a proxy that clients are told of; may be given more than once',
      (text, earlier: readonly string[] = []) => [...earlier, text],
    )
    .option('--tls', 'clients speak TLS with the listener itself', false)
    .option('--out <file>', 'recording to write; one that exists is continued', 'recording.mynah')
    .option('--session <name>', 'session of requests that name none (default: one a run)')
    .option('--fresh', 'the original was reset just before this run', false)
    .option('--no-rewrite', 'leave absolute URLs in answers as they are')
    .option('--upstream <host=url...>', 'send the traffic of a host to another server')
    .option('--include <host/path...>', 'record only what matches; * stands for any text')
    .option('--exclude <host/path...>', 'do not record what matches; a bare host is not even decrypted')
    .option(
      '--pass-through <host...>',
      'do not open connections to this host, whose clients accept no other certificate',
    )
    .option('--keep-host <host...>', 'with --reverse, ask this server under the host that the client named')
    .option('--via <url>', 'ask servers through this proxy (default: HTTPS_PROXY and its like)', true)
    .option('--no-via', 'ask servers directly, whatever the environment says')
    .option('--client-cert <host=cert,key...>', 'show this certificate to a server that asks for one')
    .option('--budget <requests>', 'pass on so many requests, and answer 429 to more', positiveNumber)
    .option('--follow', 'show a line for every exchange', false)
    .option('--read-only <host...>', 'answer 403 to requests that would change this host')
    .option('--allow <method host/path...>', 'let such a request pass all the same')
    .option('--insecure-upstream <host...>', 'do not check the certificate of this host')
    .option('--upstream-ca <file...>', 'trust these certificates of servers too')
    .option('--secret-name <name...>', 'names of fields, parameters and headers whose values are secret too')
    .option('--plain-name <name...>', 'names whose values are no secret')
    .option('--keep <kind...>', 'contact data to leave as it is: email, phone, card')
    .option('--rules <file>', 'further rules about what is secret and what is not (YAML)')
    .option('--body-max <bytes>', 'bytes of one body that are kept', positiveNumber, recordedBodyBytesMax)
    .option(
      '--request-body-max <bytes>',
      'bytes of a request body that are passed on',
      positiveNumber,
      Number.MAX_SAFE_INTEGER,
    )
    .option('--upstream-timeout <seconds>', 'how long to wait for the server', positiveNumber, 300)
    .option('--client-timeout <seconds>', 'how long a client may be silent within a request', positiveNumber, 60)
    .action(record);
}

async function record(command: readonly string[], options: RecordOptions): Promise<void> {
  const startedAt = Date.now();
  const reverse = reverseUpstreams(options.reverse);
  const target = reverse.length === 0 ? 'forward proxy' : reverse.map(({ origin }) => origin).join(' and ');
  const home = mynahHome();
  // A reverse proxy opens no TLS of others.
  const authority = reverse.length === 0 || options.tls ? await userAuthority(home) : undefined;
  const writer = openRecordingForAppend(options.out, {
    toolVersion: TOOL_VERSION,
    startedAt,
    target,
    rules: recordedRules(options),
  });
  const tally = { recorded: 0, lost: 0 };
  try {
    const hasCommand = command.length > 0;
    const proxies = await startProxies(options, { writer, reverse, authority, home, tally, hasCommand, startedAt });
    try {
      const announcement = `recording ${placesText(reverse, proxies)} into ${options.out}\n`;
      if (!hasCommand) {
        process.stdout.write(announcement);
        await ended();
      } else {
        // Standard output is the command's own.
        process.stderr.write(announcement);
        const origins = proxies.map(({ origin }) => origin);
        process.exitCode = await runCommand(command, environmentOf(origins, reverse.length > 0, authority, home));
      }
    } finally {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    }
  } finally {
    writer.close(Date.now());
  }
  process.stderr.write(`recorded ${tally.recorded} exchange${tally.recorded === 1 ? '' : 's'} into ${options.out}\n`);
  if (tally.lost > 0) warn(`${tally.lost} exchanges were passed on but are not in the recording`);
}

function placesText(reverse: readonly ReverseUpstream[], proxies: readonly RecordingProxy[]): string {
  const what = reverse.length === 0 ? ['forward proxy'] : reverse.map(({ origin }) => origin);
  return what.map((each, index) => `${each} on ${proxies[index]?.origin}`).join(', ');
}

/** With --reverse the command is told the base URLs; as a forward proxy it needs to be told nothing. */
function environmentOf(
  origins: readonly string[],
  isReverse: boolean,
  authority: CertificateAuthority | undefined,
  home: string,
): ProcessEnvironment {
  const [origin = ''] = origins;
  if (!isReverse && authority !== undefined) {
    const folder = join(resolve(home), 'trust');
    return childEnvironment({ proxyUrl: origin, authority: authority.certificate, folder, base: process.env });
  }
  const named = origins.slice(1).map((each, index) => [`MYNAH_BASE_URL_${index + 2}`, each]);
  return { ...process.env, MYNAH_BASE_URL: origin, ...Object.fromEntries(named) };
}
