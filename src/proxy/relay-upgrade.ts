// WebSocket connections are passed through, and their handshakes and messages are recorded before they are passed on.
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'http-proxy';
import type { SocketMessage } from '../core/exchange/exchange.ts';
import type { CollectedBody } from './body-collector.ts';
import { writeRawError } from './error-answer.ts';
import type { ExchangeRecorder, WireExchange } from './exchange-recorder.ts';
import { HOPS_HEADER, hopsOf, type LoopGuard } from './loop-guard.ts';
import type { ConnectionMessages, MessageRecorder } from './message-recorder.ts';
import type { Destination } from './relay.ts';
import { portOf } from './request-routing.ts';
import { createSocketMessageReader, type SocketMessageReader } from './socket-messages.ts';
import { TappedConnection, type Tap, type Taps } from './tapped-connection.ts';
import { tunnelAgent } from './upstream-tunnel.ts';
import { upstreamFailure } from './upstream-failure.ts';
import type { Upstreams } from './upstream.ts';
import { headerPairs, recordedRequestHeaders } from './wire-headers.ts';

const NO_BODY = { bytes: Buffer.alloc(0), length: 0 };
const PASSED_ON = Promise.resolve();
const CLOSE = 8;
/** Code 1006: the connection ended without a close. Nobody sends it (RFC 6455, 7.1.5), so it cannot be mistaken. */
const BROKEN_OFF = Buffer.from([0x03, 0xee]);

export interface UpgradeOptions {
  readonly recorder: ExchangeRecorder;
  readonly messages: MessageRecorder;
  readonly upstreams: Upstreams;
  /** Bytes of one message that are read; of a connection with a longer one no more messages are recorded. */
  readonly messageMax: number;
  /** Milliseconds that a proxy in between may take to open a tunnel. */
  readonly timeoutMs: number;
  readonly loops: LoopGuard;
}

/** Passes a WebSocket through to where the destination says. Gives the id of the exchange that is its handshake. */
export function relayWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  destination: Destination,
  { recorder, messages, upstreams, messageMax, timeoutMs, loops }: UpgradeOptions,
): string | undefined {
  const { upstream, target, host, session, origin } = destination;
  const begun = session === undefined ? undefined : recorder.begin(session);
  const requestHeaders = recordedRequestHeaders(headerPairs(request.rawHeaders), host);
  const record = async (outcome: Pick<WireExchange, 'response' | 'error'>) => {
    if (!begun) return;
    await recorder.finish(begun, { origin, method: 'GET', target, requestHeaders, requestBody: NO_BODY, ...outcome });
  };
  const taps = new HandshakeTaps();
  const connection = new TappedConnection(socket as Socket, taps);
  const recordAnswer = ({ statusCode = 0, rawHeaders }: IncomingMessage, body: CollectedBody) =>
    record({ response: { status: statusCode, headers: headerPairs(rawHeaders), body } });
  const opened = (answer: IncomingMessage) => {
    const kept = begun && messages(begun.id);
    const extensions = answer.headers['sec-websocket-extensions'];
    taps.answer(recordAnswer(answer, NO_BODY), kept && messageTaps(kept, extensions, messageMax));
  };
  const declined = (answer: IncomingMessage) => {
    const body = recorder.collect({ direction: 'response', headers: headerPairs(answer.rawHeaders) });
    answer.on('data', (chunk: Buffer) => void body.add(chunk, () => undefined));
    const ended = new Promise((resolve) => answer.once('close', resolve));
    taps.answer(ended.then(async () => recordAnswer(answer, await body.collected())));
  };
  const { hops, leave } = loops.enter(`GET ${upstream}${target}`, hopsOf(request));
  connection.once('close', () => {
    leave();
    taps.close(connection.endedBy);
  });

  const passed = Object.entries(request.headers).filter(([name]) => !/^(?:mynah|proxy)-/.test(name));
  request.headers = { ...Object.fromEntries(passed), host, ...(hops === undefined ? {} : { [HOPS_HEADER]: hops }) };
  request.url = target;
  const { tls, via } = upstreams.accessTo(upstream);
  const url = new URL(upstream);
  const isSecure = url.protocol === 'https:';
  const proxy = createProxyServer({
    target: { ...tls, protocol: url.protocol, host: url.hostname, hostname: url.hostname, port: portOf(url) },
    secure: tls.rejectUnauthorized,
    ...(via === undefined ? {} : { agent: tunnelAgent(via, timeoutMs, isSecure, tls) }),
  });
  proxy.on('proxyReqWs', (asked: ClientRequest) => {
    asked.once('upgrade', opened);
    asked.once('response', declined);
  });
  proxy.ws(request, connection as unknown as Socket, head, {}, (error) => {
    const { code, message } = upstreamFailure(error, upstream);
    // A connection that breaks later has had its answer.
    if (taps.answered) return;
    taps.answer(record({ error: { code, message } }));
    writeRawError(connection, code, message);
  });
  return begun?.id;
}

interface ConnectionTaps extends Taps {
  /** @param endedBy the side that went first */
  close(endedBy: SocketMessage['sender']): void;
}

/** Holds the head of the answer until the handshake is recorded; what follows is for the readers of messages. */
class HandshakeTaps implements ConnectionTaps {
  #recorded: Promise<void> | undefined;
  #messages: ConnectionTaps | undefined;
  #headPassed = false;

  get answered(): boolean {
    return this.#recorded !== undefined;
  }

  /** @param recorded resolves once what is answered is committed */
  answer(recorded: Promise<void>, messages?: ConnectionTaps): void {
    this.#recorded = recorded;
    this.#messages = messages;
  }

  readonly fromClient: Tap = (bytes) => this.#messages?.fromClient(bytes) ?? PASSED_ON;

  readonly toClient: Tap = (bytes) => {
    // The head is written at once, and apart from what follows it.
    if (this.#headPassed) return this.#messages?.toClient(bytes) ?? PASSED_ON;
    this.#headPassed = true;
    return this.#recorded ?? PASSED_ON;
  };

  close(endedBy: SocketMessage['sender']): void {
    this.#messages?.close(endedBy);
  }
}

/** Records the messages of both directions. */
function messageTaps(messages: ConnectionMessages, extensions: string | undefined, messageMax: number): ConnectionTaps {
  const reader = (sender: 'client' | 'server'): SocketMessageReader =>
    createSocketMessageReader({
      sender,
      extensions,
      messageMax,
      onMessage: (opcode, payload) => messages.keep(sender, opcode, payload),
      onUnreadable: (error) => messages.lose(error),
    });
  const [client, server] = [reader('client'), reader('server')];
  return {
    fromClient: (bytes) => client.read(bytes),
    toClient: (bytes) => server.read(bytes),
    close: (endedBy) => {
      if (!client.over && !server.over) void messages.keep(endedBy, CLOSE, BROKEN_OFF);
      client.close();
      server.close();
    },
  };
}
