// A witness stands between the recorder and a server and keeps, on its own, every byte that passes: what the recorder should
// have. It shares no code with the recorder but for redaction, which is applied before the two are compared.
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { headerValue, type Body, type Exchange, type Header } from '../../src/core/exchange/exchange.ts';
import { createKnownSecrets, type KnownSecrets } from '../../src/core/recording/known-secrets.ts';
import type { KeyedHash } from '../../src/core/recording/pseudonym.ts';
import { redactExchange } from '../../src/core/recording/redaction.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { bodyFromBytes, bytesFromBody } from '../../src/store/body-bytes.ts';
import { portOf } from './recorder.ts';

/** One exchange as it passed the witness, bodies as they were sent. */
export interface Witnessed {
  readonly method: string;
  readonly target: string;
  readonly requestHeaders: readonly Header[];
  readonly requestBody: Buffer;
  readonly status: number;
  readonly responseHeaders: readonly Header[];
  readonly responseBody: Buffer;
  readonly trailers: readonly Header[];
}

export interface Witness {
  /** Where the recorder is to ask. */
  readonly origin: string;
  /** In order of their ends. */
  readonly seen: readonly Witnessed[];
}

/** A witness in front of a server, until the test ends. Upgrades pass as they are and are not kept. */
export async function startWitness(upstream: string): Promise<Witness> {
  const seen: Witnessed[] = [];
  const { hostname, port } = new URL(upstream);
  const agent = new Agent({ keepAlive: true });
  const server = createServer({ maxHeaderSize: 65536 }, (request, response) => {
    const sent: Buffer[] = [];
    request.on('data', (chunk: Buffer) => sent.push(chunk));
    const asked = httpRequest({
      host: hostname,
      port,
      agent,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: request.rawHeaders,
      setHost: false,
    });
    asked.on('error', () => response.destroy());
    asked.once('response', (answer: IncomingMessage) => {
      const received: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => received.push(chunk));
      let isKept = false;
      const keep = () => {
        if (isKept) return;
        isKept = true;
        seen.push({
          method: request.method ?? 'GET',
          target: request.url ?? '/',
          requestHeaders: pairs(request.rawHeaders),
          requestBody: Buffer.concat(sent),
          status: answer.statusCode ?? 0,
          responseHeaders: pairs(answer.rawHeaders),
          responseBody: Buffer.concat(received),
          trailers: pairs(answer.rawTrailers),
        });
      };
      // Before the last byte is passed on: whoever has read it may look here.
      answer.once('end', keep);
      response.once('close', () => {
        keep();
        asked.destroy();
      });
      response.sendDate = false;
      response.writeHead(answer.statusCode ?? 0, answer.statusMessage ?? '', answer.rawHeaders);
      answer.pipe(response, { end: false });
      answer.once('end', () => {
        response.addTrailers(Object.fromEntries(pairs(answer.rawTrailers)));
        response.end();
      });
    });
    request.pipe(asked);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const lines = [`GET ${request.url} HTTP/1.1`];
    for (let i = 0; i < request.rawHeaders.length; i += 2)
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    const onward = connect(Number(port), hostname, () => {
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const [one, other] of [
      [onward, socket],
      [socket, onward],
    ] as const)
      one.on('error', () => other.destroy()).once('close', () => other.destroy());
  });
  return { origin: `http://127.0.0.1:${await portOf(server)}`, seen };
}

function pairs(flat: readonly string[]): Header[] {
  return flat.flatMap((name, i): Header[] => (i % 2 === 0 ? [[name.toLowerCase(), flat[i + 1] ?? '']] : []));
}

/** Headers of one connection, which the two sides of a proxy need not share, and those that tell a length again. */
const OF_A_CONNECTION =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-length|http2-settings)$/;

/** What is compared of an exchange: everything but times and ids. */
interface Told {
  readonly origin: string;
  readonly asked: string;
  readonly headers: readonly Header[];
  readonly body: string;
  readonly status: number | undefined;
  readonly answerHeaders: readonly Header[];
  readonly answerBody: string;
  readonly trailers: readonly Header[];
}

/**
 * What the recording lacks, has too much or has otherwise, in sentences; empty when each exchange that passed a witness is in
 * it, byte for byte, with pseudonyms in place of secrets.
 * @param witnesses by the host that clients know
 */
export function differencesFromWitnessed(
  recording: Recording,
  witnesses: Readonly<Record<string, Witness>>,
  hash: KeyedHash,
): readonly string[] {
  const known = createKnownSecrets();
  return Object.entries(witnesses).flatMap(([host, witness]) => {
    const recorded = recording.exchanges.filter(({ origin }) => new URL(origin).host === host);
    const origins = [...new Set([`https://${host}`, ...recorded.map(({ origin }) => origin)])];
    // A secret that is met late may have been found in what was recorded earlier or not: both readings are right.
    const readings = [undefined, known, known].flatMap((secrets) =>
      origins.map((origin) => redacted(witness, origin, hash, secrets)),
    );
    const left = recorded.map(told);
    const lacking = witness.seen.flatMap((_seen, index) => {
      const expected = readings.map((reading) => told(reading[index] as Exchange));
      const at = left.findIndex((each) => expected.some((one) => JSON.stringify(one) === JSON.stringify(each)));
      if (at >= 0) left.splice(at, 1);
      return at >= 0 ? [] : [`the recording lacks ${shown(expected.at(-1))}`];
    });
    return [...lacking, ...left.map((each) => `no witness saw ${shown(each)}`)];
  });
}

function redacted(
  { origin: asked, seen }: Witness,
  origin: string,
  hash: KeyedHash,
  known: KnownSecrets | undefined,
): readonly Exchange[] {
  return seen.map((each, index) => {
    // Where another server stands in for a host, the recording has the host's own URLs.
    const exchange: Exchange = {
      id: String(index),
      session: 's',
      origin,
      startedAt: 0,
      endedAt: 0,
      request: {
        method: each.method,
        target: each.target,
        headers: each.requestHeaders.map(([name, value]): Header => [name, value.replaceAll(asked, origin)]),
        ...bodyPart(each.requestBody, each.requestHeaders),
      },
      response: {
        status: each.status,
        headers: each.responseHeaders.map(([name, value]): Header => [name, value.replaceAll(asked, origin)]),
        ...bodyPart(each.responseBody, each.responseHeaders, (text) => text.replaceAll(asked, origin)),
        trailers: each.trailers,
      },
    };
    return redactExchange(exchange, hash, known ? { known } : {}).exchange;
  });
}

function bodyPart(bytes: Buffer, headers: readonly Header[], change = (text: string) => text): { body?: Body } {
  const body = bodyFromBytes(decoded(bytes, headerValue(headers, 'content-encoding')));
  if (body === undefined) return {};
  return { body: 'text' in body ? { text: change(body.text) } : body };
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0) return bytes;
  if (encoding === 'gzip') return gunzipSync(bytes);
  if (encoding === 'br') return brotliDecompressSync(bytes);
  return encoding === 'deflate' ? inflateSync(bytes) : bytes;
}

function told({ origin, request, response }: Exchange): Told {
  return {
    origin,
    asked: `${request.method} ${request.target}`,
    headers: ofTheMessage(request.headers),
    body: bytesFromBody(request.body).toString('latin1'),
    status: response?.status,
    answerHeaders: ofTheMessage(response?.headers ?? []),
    answerBody: bytesFromBody(response?.body).toString('latin1'),
    trailers: response?.trailers ?? [],
  };
}

function ofTheMessage(headers: readonly Header[]): readonly Header[] {
  const kept = headers.filter(([name]) => !OF_A_CONNECTION.test(name));
  return kept.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
}

function shown(told: Told | undefined): string {
  const text = JSON.stringify(told);
  return text.length > 3000 ? `${text.slice(0, 3000)}…` : text;
}
