// `mynah record`: a proxy that records, in front of a server, for clients that are told of it, or around a command.
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { createKnownSecrets } from '../core/recording/known-secrets.ts';
import { redactExchange, redactMessage } from '../core/recording/redaction.ts';
import { beginBodyRedaction } from '../core/recording/redaction-stream.ts';
import { recordedBodyBytesMax } from '../core/std/limits.ts';
import type { CertificateAuthority } from '../proxy/certificate-authority.ts';
import { childEnvironment } from '../proxy/child-environment.ts';
import { createExchangeRecorder } from '../proxy/exchange-recorder.ts';
import { createMessageRecorder } from '../proxy/message-recorder.ts';
import { listenerOrigin, parseListenAddress } from '../proxy/listener.ts';
import { startRecordingProxy, type RecordingProxy } from '../proxy/recording-proxy.ts';
import { createSessionBook, type SessionBook } from '../core/recording/session-book.ts';
import { bodyFromBytes, utf8OfLatin1 } from '../store/body-bytes.ts';
import { authorityPaths, mynahHome, pseudonymHash } from '../store/mynah-home.ts';
import { openRecordingForAppend, type RecordingWriter } from '../store/recording-store.ts';
import { runCommand } from './child-command.ts';
import { ended } from './interruption.ts';
import {
  captureRules,
  positiveNumber,
  readPemFiles,
  recordedRules,
  redactionRules,
  sessionName,
  trafficPatterns,
  upstreamMap,
  upstreamOrigin,
  writeGuard,
  type RecordOptions,
} from './record-options.ts';
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
    .option('--reverse <url>', 'stand in front of this server, instead of being a proxy that clients are told of')
    .option('--out <file>', 'recording to write; one that exists is continued', 'recording.mynah')
    .option('--session <name>', 'session of requests that name none (default: one a run)')
    .option('--fresh', 'the original was reset just before this run', false)
    .option('--no-rewrite', 'leave absolute URLs in answers as they are')
    .option('--upstream <host=url...>', 'send the traffic of a host to another server')
    .option('--include <host/path...>', 'record only what matches; * stands for any text')
    .option('--exclude <host/path...>', 'do not record what matches; a bare host is not even decrypted')
    .option('--read-only <host...>', 'answer 403 to requests that would change this host')
    .option('--allow <method host/path...>', 'let such a request pass all the same')
    .option('--insecure-upstream <host...>', 'do not check the certificate of this host')
    .option('--upstream-ca <file...>', 'trust these certificates of servers too')
    .option('--secret-name <name...>', 'names of fields, parameters and headers whose values are secret too')
    .option('--plain-name <name...>', 'names whose values are no secret')
    .option('--keep <kind...>', 'contact data to leave as it is: email, phone, card')
    .option('--body-max <bytes>', 'bytes of one body that are kept', positiveNumber, recordedBodyBytesMax)
    .option(
      '--request-body-max <bytes>',
      'bytes of a request body that are passed on',
      positiveNumber,
      Number.MAX_SAFE_INTEGER,
    )
    .option('--upstream-timeout <seconds>', 'how long to wait for the server', positiveNumber, 300)
    .action(record);
}

async function record(command: readonly string[], options: RecordOptions): Promise<void> {
  const startedAt = Date.now();
  const target = options.reverse === undefined ? 'forward proxy' : upstreamOrigin('--reverse', options.reverse);
  const home = mynahHome();
  // A reverse proxy opens no TLS of others.
  const authority = options.reverse === undefined ? await userAuthority(home) : undefined;
  const rules = recordedRules(options);
  const writer = openRecordingForAppend(options.out, { toolVersion: TOOL_VERSION, startedAt, target, rules });
  const tally = { recorded: 0, lost: 0 };
  const sessions = createSessionBook({
    earlier: writer.sessions,
    defaultName: sessionName(options.session) ?? `run-${new Date(startedAt).toISOString()}`,
    fresh: options.fresh,
    onNew: (session) => writer.useSession(session),
  });
  try {
    const proxy = await startProxy(options, {
      writer,
      sessions,
      authority,
      home,
      tally,
      hasCommand: command.length > 0,
    });
    try {
      const origin = listenerOrigin(proxy.address);
      const announcement = `recording ${target} on ${origin} into ${options.out}\n`;
      if (command.length === 0) {
        process.stdout.write(announcement);
        await ended();
      } else {
        // Standard output is the command's own.
        process.stderr.write(announcement);
        process.exitCode = await runCommand(command, environmentOf(origin, authority, home));
      }
    } finally {
      await proxy.close();
    }
  } finally {
    writer.close(Date.now());
  }
  process.stderr.write(`recorded ${tally.recorded} exchange${tally.recorded === 1 ? '' : 's'} into ${options.out}\n`);
  if (tally.lost > 0) warn(`${tally.lost} exchanges were passed on but are not in the recording`);
}

interface Recorder {
  readonly writer: RecordingWriter;
  readonly sessions: SessionBook;
  readonly authority: CertificateAuthority | undefined;
  readonly home: string;
  readonly tally: { recorded: number; lost: number };
  readonly hasCommand: boolean;
}

function startProxy(
  options: RecordOptions,
  { writer, sessions, authority, home, tally, hasCommand }: Recorder,
): Promise<RecordingProxy> {
  const hash = pseudonymHash(home);
  const redaction = { known: createKnownSecrets(), rules: redactionRules(options) };
  const rejected = new Set<string>();
  const recorder = createExchangeRecorder({
    sink: writer,
    bodyOf: bodyFromBytes,
    redact: (exchange) => redactExchange(exchange, hash, redaction),
    redactBody: (head) => beginBodyRedaction({ ...head, ...redaction, hash, codec: utf8OfLatin1 }),
    bodyMax: options.bodyMax,
    now: Date.now,
    onRecorded: () => tally.recorded++,
    onLost: (id, error) => {
      tally.lost++;
      warn(`exchange ${id} was passed on but could not be recorded: ${(error as Error).message}`);
    },
  });
  const messages = createMessageRecorder({
    sink: writer,
    bodyOf: bodyFromBytes,
    redact: (message) => redactMessage(message, hash, redaction),
    bodyMax: options.bodyMax,
    now: Date.now,
    onLost: (id, error) => warn(`messages of WebSocket ${id} could not be recorded: ${(error as Error).message}`),
  });
  return startRecordingProxy({
    listen: parseListenAddress(options.listen ?? (hasCommand ? '127.0.0.1:0' : '127.0.0.1:8080')),
    ...(options.reverse === undefined ? {} : { reverse: upstreamOrigin('--reverse', options.reverse) }),
    rewriteLinks: options.rewrite,
    upstreams: upstreamMap(options.upstream),
    capture: captureRules(options),
    guard: writeGuard(options),
    sessions,
    ...(authority ? { authority } : {}),
    recorder,
    messages,
    requestBodyMax: options.requestBodyMax,
    upstreamTimeoutMs: options.upstreamTimeout * 1000,
    insecureUpstreams: trafficPatterns('--insecure-upstream', options.insecureUpstream),
    upstreamCertificates: readPemFiles(options.upstreamCa),
    onRejected: (host, reason) => {
      if (rejected.has(host)) return;
      rejected.add(host);
      warn(
        `a client does not trust the certificate for ${host} (${reason}); run it as "mynah record -- COMMAND", or in a shell after "mynah ca env", ` +
          `or after "mynah ca install", or make it trust ${resolve(authorityPaths(home).certificate)}; where it accepts only the host's own certificate, pass it through with --exclude ${host}`,
      );
    },
  });
}

/** With --reverse the command is told the base URL; as a forward proxy it needs to be told nothing. */
function environmentOf(origin: string, authority: CertificateAuthority | undefined, home: string) {
  if (authority === undefined) return { ...process.env, MYNAH_BASE_URL: origin };
  const folder = join(resolve(home), 'trust');
  return childEnvironment({ proxyUrl: origin, authority: authority.certificate, folder, base: process.env });
}

function warn(text: string): void {
  process.stderr.write(`mynah: warning: ${text}\n`);
}
