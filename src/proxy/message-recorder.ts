// Makes messages of what goes over WebSockets and appends them to the recording. A disk that fails never stops the traffic.
import { createHash } from 'node:crypto';
import type { Body, SocketMessage } from '../core/exchange/exchange.ts';

/** Counts of replaced secrets by kind. */
type RedactionCounts = Readonly<Record<string, number>>;

/** Where messages are kept. */
export interface MessageSink {
  /** Resolves once the message is safe from the death of this process. */
  appendMessage(exchangeId: string, number: number, message: SocketMessage, redactions: RedactionCounts): Promise<void>;
}

export interface MessageRecorderOptions {
  readonly sink: MessageSink;
  /** The body that bytes are; undefined for none. */
  readonly bodyOf: (bytes: Buffer) => Body | undefined;
  /** Replaces what must not reach the disk. */
  readonly redact: (message: SocketMessage) => { readonly message: SocketMessage; readonly counts: RedactionCounts };
  /** Bytes of one message that are kept; of a longer one only length and hash. */
  readonly bodyMax: number;
  readonly now: () => number;
  /** Told of every message that the disk refused, and of connections whose messages cannot be read. */
  readonly onLost: (exchangeId: string, error: unknown) => void;
}

/** Keeps the messages of one connection, in the order in which it is told of them. */
export interface ConnectionMessages {
  /** Resolves once the message is committed, or cannot be; never rejects. */
  keep(sender: SocketMessage['sender'], opcode: number, payload: Buffer): Promise<void>;
  /** Nothing more can be kept of this connection. */
  lose(error: unknown): void;
}

/** Begins the messages of the connection whose handshake is the exchange of that id. */
export type MessageRecorder = (exchangeId: string) => ConnectionMessages;

export function createMessageRecorder(options: MessageRecorderOptions): MessageRecorder {
  const { sink, bodyOf, redact, bodyMax, now, onLost } = options;
  return (exchangeId) => {
    let number = 0;
    return {
      keep: async (sender, opcode, payload) => {
        number++;
        try {
          const body = payload.length > bodyMax ? undefined : bodyOf(payload);
          const { message, counts } = redact({
            sender,
            at: now(),
            opcode,
            ...(body ? { body } : {}),
            ...(payload.length > bodyMax ? { truncated: withoutPayload(payload) } : {}),
          });
          await sink.appendMessage(exchangeId, number, message, counts);
        } catch (error) {
          onLost(exchangeId, error);
        }
      },
      lose: (error) => onLost(exchangeId, error),
    };
  };
}

function withoutPayload(payload: Buffer): NonNullable<SocketMessage['truncated']> {
  return { length: payload.length, sha256: createHash('sha256').update(payload).digest('hex') };
}
