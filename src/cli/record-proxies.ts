// The proxies of `mynah record`: one for clients that are told of it, or one in front of each server; all write into one
// recording.
import { resolve } from 'node:path';
import { createKnownSecrets } from '../core/recording/known-secrets.ts';
import { createSieve, redactExchange, redactMessage, redactRequest } from '../core/recording/redaction.ts';
import { beginBodyRedaction } from '../core/recording/redaction-stream.ts';
import { createSessionBook } from '../core/recording/session-book.ts';
import type { CertificateAuthority } from '../proxy/certificate-authority.ts';
import { createExchangeRecorder } from '../proxy/exchange-recorder.ts';
import { parseListenAddress } from '../proxy/listener.ts';
import { createMessageRecorder } from '../proxy/message-recorder.ts';
import { startRecordingProxy, type PassedWrite, type RecordingProxy } from '../proxy/recording-proxy.ts';
import { bodyFromBytes, utf8OfLatin1 } from '../store/body-bytes.ts';
import { authorityPaths, pseudonymHash } from '../store/mynah-home.ts';
import type { RecordingWriter } from '../store/recording-store.ts';
import { followLine } from './follow-line.ts';
import {
  captureRules,
  clientCertificates,
  readPemFiles,
  redactionRules,
  sessionName,
  trafficPatterns,
  upstreamMap,
  viaProxy,
  writeGuard,
  type RecordOptions,
  type ReverseUpstream,
} from './record-options.ts';

export interface RecordingParts {
  readonly writer: RecordingWriter;
  /** Empty: one forward proxy. */
  readonly reverse: readonly ReverseUpstream[];
  readonly authority: CertificateAuthority | undefined;
  /** Folder of the user. */
  readonly home: string;
  /** Counts what was recorded, and what could not be. */
  readonly tally: { recorded: number; lost: number };
  readonly hasCommand: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * Starts all, or none: when one cannot start, the others are closed.
 * @throws MynahError ERR_USAGE, ERR_PORT_IN_USE, ERR_FILE_NOT_FOUND
 */
export async function startProxies(options: RecordOptions, parts: RecordingParts): Promise<readonly RecordingProxy[]> {
  const shared = sharedOptions(options, parts);
  const proxies: RecordingProxy[] = [];
  const defaultListen = options.listen ?? (parts.hasCommand ? '127.0.0.1:0' : '127.0.0.1:8080');
  const places = parts.reverse.length > 0 ? parts.reverse : [{ origin: undefined, listen: undefined }];
  try {
    for (const [index, { origin, listen }] of places.entries()) {
      proxies.push(
        await startRecordingProxy({
          ...shared,
          listen: parseListenAddress(listen ?? defaultListen),
          ...(origin === undefined ? {} : { reverse: origin }),
          neighbours: () =>
            places.flatMap(({ origin: from }, other) => {
              const to = proxies[other]?.origin;
              return other === index || from === undefined || to === undefined ? [] : [{ from, to }];
            }),
        }),
      );
    }
  } catch (error) {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    throw error;
  }
  return proxies;
}

function sharedOptions(options: RecordOptions, parts: RecordingParts) {
  const { writer, authority, home, tally, startedAt } = parts;
  const hash = pseudonymHash(home);
  const known = createKnownSecrets();
  const rules = redactionRules(options);
  const redaction = { known, rules, sieve: createSieve(rules, known) };
  const lost = (what: string, error: unknown) => warn(`${what} could not be recorded: ${(error as Error).message}`);
  const recorder = createExchangeRecorder({
    sink: writer,
    bodyOf: bodyFromBytes,
    redact: (exchange, unread) => redactExchange(exchange, hash, redaction, unread),
    redactBody: (head) => beginBodyRedaction({ ...head, ...redaction, hash, codec: utf8OfLatin1 }),
    bodyMax: options.bodyMax,
    now: Date.now,
    onRecorded: (exchange, lengths) => {
      tally.recorded++;
      if (options.follow) process.stderr.write(`${followLine(exchange, lengths)}\n`);
    },
    onLost: (id, error) => {
      tally.lost++;
      lost(`exchange ${id} was passed on but`, error);
    },
  });
  const messages = createMessageRecorder({
    sink: writer,
    bodyOf: bodyFromBytes,
    redact: (message) => redactMessage(message, hash, redaction),
    bodyMax: options.bodyMax,
    now: Date.now,
    onLost: (id, error) => lost(`messages of WebSocket ${id}`, error),
  });
  return {
    rewriteLinks: options.rewrite,
    tls: options.tls,
    upstreams: upstreamMap(options.upstream),
    capture: captureRules(options),
    guard: writeGuard(options),
    keepHost: trafficPatterns('--keep-host', options.keepHost),
    ...(options.budget === undefined ? {} : { spend: budgetOf(options.budget) }),
    sessions: createSessionBook({
      earlier: writer.sessions,
      defaultName: sessionName(options.session) ?? `run-${new Date(startedAt).toISOString()}`,
      fresh: options.fresh,
      onNew: (session) => writer.useSession(session),
    }),
    ...(authority ? { authority } : {}),
    recorder,
    messages,
    requestBodyMax: options.requestBodyMax,
    upstreamTimeoutMs: options.upstreamTimeout * 1000,
    clientTimeoutMs: options.clientTimeout * 1000,
    insecureUpstreams: trafficPatterns('--insecure-upstream', options.insecureUpstream),
    upstreamCertificates: readPemFiles(options.upstreamCa),
    clientCertificates: clientCertificates(options.clientCert),
    viaOf: viaProxy(options.via, process.env),
    onWrite: ({ exchange, method, origin, target: written }: PassedWrite) => {
      const { target } = redactRequest({ method, target: written, headers: [] }, hash, redaction).request;
      const line = { ...(exchange ? { exchange } : {}), at: Date.now(), method, origin, target };
      writer.appendWrite(line).catch((error: unknown) => lost(`the write ${method} ${origin}${target}`, error));
    },
    onRejected: onceFor((host, reason) => {
      warn(
        `a client does not trust the certificate for ${host} (${reason}); run it as "mynah record -- COMMAND", or in a shell after "mynah ca env", ` +
          `or after "mynah ca install", or make it trust ${resolve(authorityPaths(home).certificate)}; where it accepts only the host's own certificate, pass it through with --pass-through ${host}`,
      );
    }),
  };
}

/** Gives true so many times, then false; says so the first time. */
function budgetOf(requests: number): () => boolean {
  let left = requests;
  let isSaid = false;
  return () => {
    if (left-- > 0) return true;
    if (!isSaid) warn(`the budget of ${requests} requests is spent; further ones are answered 429`);
    isSaid = true;
    return false;
  };
}

function onceFor(tell: (host: string, reason: string) => void): (host: string, reason: string) => void {
  const told = new Set<string>();
  return (host, reason) => {
    if (told.has(host)) return;
    told.add(host);
    tell(host, reason);
  };
}

/** A line on standard error, which is no part of what a command prints. */
export function warn(text: string): void {
  process.stderr.write(`mynah: warning: ${text}\n`);
}
