// `mynah record`: a proxy that records.
import type { Command } from 'commander';
import { recordedBodyBytesMax } from '../core/std/limits.ts';
import { MynahError } from '../core/std/errors.ts';
import { createKnownSecrets } from '../core/recording/known-secrets.ts';
import { redactExchange } from '../core/recording/redaction.ts';
import { createExchangeRecorder } from '../proxy/exchange-recorder.ts';
import { listenerOrigin, parseListenAddress } from '../proxy/listener.ts';
import { startRecordingProxy } from '../proxy/recording-proxy.ts';
import { createSessionBook } from '../proxy/session-book.ts';
import { bodyFromBytes } from '../store/body-bytes.ts';
import { mynahHome, pseudonymHash } from '../store/mynah-home.ts';
import { openRecordingForAppend } from '../store/recording-store.ts';
import { ended } from './interruption.ts';
import { TOOL_VERSION } from './tool-version.ts';

interface RecordOptions {
  readonly listen: string;
  readonly reverse?: string;
  readonly out: string;
  readonly session?: string;
  readonly fresh: boolean;
  readonly rewrite: boolean;
  readonly bodyMax: number;
  readonly upstreamTimeout: number;
}

/** Registers `mynah record`. */
export function registerRecord(program: Command): void {
  program
    .command('record')
    .description('Record the traffic between a client and real software.')
    .option('--listen <host:port>', 'address to listen on', '127.0.0.1:8080')
    .option('--reverse <url>', 'be a reverse proxy in front of this server')
    .option('--out <file>', 'recording to write; one that exists is continued', 'recording.mynah')
    .option('--session <name>', 'session of requests that name none (default: one a run)')
    .option('--fresh', 'the original was reset just before this run', false)
    .option('--no-rewrite', 'leave absolute URLs in answers as they are (with --reverse)')
    .option('--body-max <bytes>', 'bytes of one body that are kept', positive, recordedBodyBytesMax)
    .option('--upstream-timeout <seconds>', 'how long to wait for the server', positive, 300)
    .action(record);
}

async function record(options: RecordOptions): Promise<void> {
  const reverse = upstreamOrigin(options.reverse);
  const hash = pseudonymHash(mynahHome());
  const known = createKnownSecrets();
  const startedAt = Date.now();
  const writer = openRecordingForAppend(options.out, { toolVersion: TOOL_VERSION, startedAt, target: reverse });
  const recorder = createExchangeRecorder({
    sink: writer,
    bodyOf: bodyFromBytes,
    redact: (exchange) => redactExchange(exchange, hash, { known }),
    bodyMax: options.bodyMax,
    now: Date.now,
    onLost: (id, error) => warn(`exchange ${id} was passed on but could not be recorded: ${(error as Error).message}`),
  });
  const sessions = createSessionBook({
    earlier: writer.sessions,
    defaultName: options.session ?? `run-${new Date(startedAt).toISOString()}`,
    fresh: options.fresh,
    onNew: (session) => writer.useSession(session),
  });
  try {
    const proxy = await startRecordingProxy({
      listen: parseListenAddress(options.listen),
      reverse,
      rewriteLinks: options.rewrite,
      recorder,
      sessions,
      bodyMax: options.bodyMax,
      requestBodyMax: Number.MAX_SAFE_INTEGER,
      upstreamTimeoutMs: options.upstreamTimeout * 1000,
    });
    process.stdout.write(`recording ${reverse} on ${listenerOrigin(proxy.address)} into ${options.out}\n`);
    await ended();
    await proxy.close();
  } finally {
    writer.close(Date.now());
  }
}

function upstreamOrigin(text: string | undefined): string {
  const url = text === undefined || !URL.canParse(text) ? undefined : new URL(text);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new MynahError(
      'ERR_USAGE',
      `--reverse wants the origin of a server, for example http://127.0.0.1:3000, not ${String(text)}`,
    );
  }
  return url.origin;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new MynahError('ERR_USAGE', `"${text}" is not a positive number`);
  return value;
}

function warn(text: string): void {
  process.stderr.write(`mynah: warning: ${text}\n`);
}
