// A recorder and the upstream behind it, in this process, for tests of the proxy.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createKnownSecrets } from '../../src/core/recording/known-secrets.ts';
import { CAPTURE_ALL, NO_WRITE_GUARD } from '../../src/core/recording/capture-rules.ts';
import type { Exchange } from '../../src/core/exchange/exchange.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import {
  createSieve,
  DEFAULT_REDACTION_RULES,
  redactExchange,
  redactMessage,
} from '../../src/core/recording/redaction.ts';
import { beginBodyRedaction } from '../../src/core/recording/redaction-stream.ts';
import { createAuthority, openAuthority, type CertificateAuthority } from '../../src/proxy/certificate-authority.ts';
import { createExchangeRecorder } from '../../src/proxy/exchange-recorder.ts';
import { createMessageRecorder } from '../../src/proxy/message-recorder.ts';
import { startRecordingProxy, type RecordingProxyOptions } from '../../src/proxy/recording-proxy.ts';
import { createSessionBook } from '../../src/core/recording/session-book.ts';
import { bodyFromBytes, utf8OfLatin1 } from '../../src/store/body-bytes.ts';
import { openRecordingForAppend, readRecording, type RecordingWriter } from '../../src/store/recording-store.ts';

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'mynah-recorder-'));

/** Serves until the test ends; resolves with the origin. */
export async function startUpstream(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await portOf(createServer({ keepAliveTimeout: 200 }, listener))}`;
}

/** A server that says on each connection what the test wants, byte for byte. */
export async function startRawUpstream(onConnection: (socket: Socket) => void): Promise<string> {
  return `http://127.0.0.1:${await portOf(createTcpServer(onConnection))}`;
}

/** Resolves with the port once the server listens on this machine. */
export async function portOf(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** One authority for all tests of a file: making one takes a while. */
let authority: Promise<CertificateAuthority> | undefined;
export function testAuthority(): Promise<CertificateAuthority> {
  authority ??= createAuthority(Date.now()).then((pem) => openAuthority(pem, Date.now));
  return authority;
}

export interface TestRecorder {
  readonly origin: string;
  readonly path: string;
  readonly authority: CertificateAuthority;
  readonly writer: RecordingWriter;
  readonly lost: string[];
  readonly rejected: string[];
  /** Ends the recorder and reads what it recorded. */
  finish(): Promise<Recording>;
  /** What is in the file right now. */
  committed(): readonly Exchange[];
  /** Bytes of the file and what SQLite keeps beside it, one character each. */
  rawFile(): string;
}

export interface TestRecorderOptions extends Partial<RecordingProxyOptions> {
  readonly path?: string;
  readonly session?: string;
  readonly fresh?: boolean;
  readonly bodyMax?: number;
  readonly heldMax?: number;
  /** Changes the writer before it is used, for disks that fail. */
  readonly wrapWriter?: (writer: RecordingWriter) => RecordingWriter;
}

/** A recorder on a free port, as `mynah record` makes it, with a key that all tests share. */
export async function startRecorder(options: TestRecorderOptions = {}): Promise<TestRecorder> {
  const path = options.path ?? join(temporaryFolder(), 'recording.mynah');
  const opened = openRecordingForAppend(path, { toolVersion: '0.0.0', startedAt: Date.now(), target: 'test' });
  const writer = options.wrapWriter?.(opened) ?? opened;
  const [lost, rejected]: [string[], string[]] = [[], []];
  const known = createKnownSecrets();
  const sieve = createSieve(DEFAULT_REDACTION_RULES, known);
  const proxy = await startRecordingProxy({
    listen: { host: '127.0.0.1', port: 0 },
    rewriteLinks: true,
    upstreams: new Map(),
    capture: CAPTURE_ALL,
    guard: NO_WRITE_GUARD,
    sessions: createSessionBook({
      earlier: writer.sessions,
      defaultName: options.session ?? 'default',
      fresh: options.fresh ?? false,
      onNew: (session) => writer.useSession(session),
    }),
    authority: await testAuthority(),
    recorder: createExchangeRecorder({
      sink: writer,
      bodyOf: bodyFromBytes,
      redact: (exchange, unread) => redactExchange(exchange, testHash, { known, sieve }, unread),
      redactBody: (head) => beginBodyRedaction({ ...head, known, sieve, hash: testHash, codec: utf8OfLatin1 }),
      bodyMax: options.bodyMax ?? 1_000_000,
      ...(options.heldMax === undefined ? {} : { heldMax: options.heldMax }),
      now: Date.now,
      onLost: (id) => void lost.push(id),
    }),
    messages: createMessageRecorder({
      sink: writer,
      bodyOf: bodyFromBytes,
      redact: (message) => redactMessage(message, testHash, { known }),
      bodyMax: options.bodyMax ?? 1_000_000,
      now: Date.now,
      onLost: (id) => void lost.push(id),
    }),
    requestBodyMax: 10_000_000,
    upstreamTimeoutMs: 5000,
    insecureUpstreams: [],
    upstreamCertificates: [],
    onRejected: (host) => void rejected.push(host),
    ...options,
  });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= proxy.close().then(() => opened.close(Date.now())));
  onTestFinished(close);
  return {
    origin: proxy.origin,
    path,
    authority: await testAuthority(),
    writer,
    lost,
    rejected,
    finish: async () => {
      await close();
      return readRecording(path);
    },
    committed: () => readRecording(path).exchanges,
    rawFile: () =>
      [path, `${path}-wal`, `${path}-shm`]
        .map((file) => (existsSync(file) ? readFileSync(file, 'latin1') : ''))
        .join(''),
  };
}

/** A stand-in for the user's key: not a secret, but a different value for every text. */
export function testHash(text: string): string {
  return createHmac('sha256', 'key of the tests').update(text).digest('hex');
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly trailers: IncomingMessage['trailers'];
  readonly bytes: Buffer;
  readonly text: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

/** Asks without following, decoding or keeping connections; resolves once the last byte was read. */
export async function ask(url: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> {
  const asked = httpRequest(url, { method, headers, agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    trailers: response.trailers,
    bytes,
    text: bytes.toString(),
  };
}
