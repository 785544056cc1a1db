// WebSocket on the agent plane: the handshake is a request of the episode like any other, and where the clone knows a recorded
// dialogue behind it, messages are answered as they were then. Nobody waits as long as they waited then.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { HttpResponse } from '../../core/exchange/exchange.ts';
import {
  answerMessage,
  openDialogue,
  readDialogues,
  type DialogueAnswer,
  type DialogueMessage,
} from '../../core/exchange/dialogue.ts';
import { requestBodyBytesMax } from '../../core/std/limits.ts';
import type { CallAddress } from './call-address.ts';
import type { ClonedApi } from './cloned-api.ts';
import { addressedRequest } from './incoming-request.ts';
import { bytesOf, rawAnswer, REFUSAL_STATUS } from './outgoing-answer.ts';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const NO_BYTES = Buffer.alloc(0);

export interface RecordedSocketOptions {
  readonly api: ClonedApi;
  /** Bytes of a message; requestBodyBytesMax where it is absent. */
  readonly bodyBytesMax?: number | undefined;
  readonly onFailure: (error: unknown) => void;
}

/** Answers a request for an upgrade. */
export function openRecordedSocket(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  address: CallAddress,
  options: RecordedSocketOptions,
): void {
  const { api, bodyBytesMax = requestBodyBytesMax, onFailure } = options;
  socket.on('error', () => socket.destroy());
  const asked = addressedRequest(request, NO_BYTES, address, bodyBytesMax);
  api.answer(address.episode, asked).then(
    (answered) => {
      if (socket.destroyed) return;
      if (answered.kind !== 'answer') return refuseUpgrade(socket, REFUSAL_STATUS[answered.kind]);
      const { response } = answered;
      if (response.status !== 101) return void socket.end(rawAnswer(response));
      const server = new WebSocketServer({ noServer: true, maxPayload: bodyBytesMax, perMessageDeflate: false });
      server.handleUpgrade(request, socket, head, (client) => replay(client, response));
    },
    (error: unknown) => {
      onFailure(error);
      refuseUpgrade(socket, 503);
    },
  );
}

/** Ends a connection that asked for an upgrade, in words that any server could use. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  socket.on('error', () => socket.destroy());
  socket.end(rawAnswer({ status, headers: [] }));
}

function replay(client: WebSocket, { body }: HttpResponse): void {
  const dialogues = body !== undefined && 'text' in body ? readDialogues(body.text) : [];
  // What a client does wrong ends its connection, and is no failure of this server.
  client.on('error', () => client.terminate());
  let { place } = say(client, openDialogue(dialogues));
  client.on('message', (data: RawData, isBinary) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
    const opcode = isBinary ? BINARY : TEXT;
    ({ place } = say(client, answerMessage(dialogues, place, messageOf(opcode, bytes))));
  });
}

/** As the recorder keeps a message. */
function messageOf(opcode: number, bytes: Buffer): Omit<DialogueMessage, 'sender'> {
  if (bytes.length === 0) return { opcode };
  return { opcode, body: isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') } };
}

function say(client: WebSocket, answer: DialogueAnswer): DialogueAnswer {
  for (const { opcode, body } of answer.messages) {
    const bytes = bytesOf(body);
    if (opcode === CLOSE) client.close(closeCode(bytes), bytes.subarray(2));
    else client.send(bytes, { binary: opcode === BINARY });
  }
  return answer;
}

/** Some codes say that none came, and cannot be sent. */
function closeCode(bytes: Buffer): number | undefined {
  const code = bytes.length < 2 ? 1005 : bytes.readUInt16BE(0);
  return code === 1005 || code === 1006 || code === 1015 ? undefined : code;
}
