// Reads the whole messages out of the bytes of one direction of a WebSocket: frames joined, masks and permessage-deflate
// undone. It looks on; the bytes themselves are passed on by others, as they came.
import * as ws from 'ws';

/** Whole messages, as the receiver of `ws` tells of them. */
interface FrameReceiver extends NodeJS.WritableStream {
  on(event: 'message', listener: (payload: Buffer, isBinary: boolean) => void): this;
  on(event: 'conclude', listener: (code: number, reason: Buffer) => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
}

interface DeflateExtension {
  /** Normalised parameters of the negotiated extension. */
  params: object | null;
  accept(configurations: readonly object[]): unknown;
  cleanup(): void;
}

/** The parts of `ws` behind its sockets, which its types leave out. */
const parts = ws as unknown as {
  readonly Receiver: new (options: {
    readonly isServer: boolean;
    readonly extensions: Readonly<Record<string, DeflateExtension>>;
    readonly maxPayload: number;
    readonly skipUTF8Validation: boolean;
  }) => FrameReceiver;
  readonly PerMessageDeflate: {
    new (options: { readonly isServer: boolean; readonly maxPayload: number }): DeflateExtension;
    readonly extensionName: string;
  };
  readonly extension: { parse(header: string): Readonly<Record<string, readonly object[]>> };
};

const [TEXT, BINARY, CLOSE] = [1, 2, 8];

export interface SocketMessageReaderOptions {
  readonly sender: 'client' | 'server';
  /** `sec-websocket-extensions` of the server's answer. */
  readonly extensions: string | undefined;
  /** Bytes of a message that are read at most. */
  readonly messageMax: number;
  /** Told of every message; what it gives resolves once the message may be passed on. */
  readonly onMessage: (opcode: number, payload: Buffer) => Promise<void>;
  /** Told once when the bytes are no WebSocket, or a message is too long: what follows is not read. */
  readonly onUnreadable: (error: Error) => void;
}

export interface SocketMessageReader {
  /** Resolves once every message that ends in these bytes may be passed on. */
  read(bytes: Buffer): Promise<void>;
  /** True once the side has sent its close, or what cannot be read. */
  readonly over: boolean;
  /** Frees what decompressing holds. */
  close(): void;
}

export function createSocketMessageReader(options: SocketMessageReaderOptions): SocketMessageReader {
  const { sender, messageMax, onMessage, onUnreadable } = options;
  const isServer = sender === 'client';
  const deflate = deflateOf(options.extensions, isServer, messageMax);
  const receiver = new parts.Receiver({
    isServer,
    extensions: deflate ? { [parts.PerMessageDeflate.extensionName]: deflate } : {},
    maxPayload: messageMax,
    skipUTF8Validation: true,
  });
  let unsettled: Promise<void>[] = [];
  let over = false;
  const tell = (opcode: number, payload: Buffer) => void unsettled.push(onMessage(opcode, payload));
  receiver.on('message', (payload, isBinary) => tell(isBinary ? BINARY : TEXT, payload));
  receiver.on('conclude', (code, reason) => {
    over = true;
    tell(CLOSE, closePayload(code, reason));
  });
  receiver.on('error', (error) => {
    over = true;
    onUnreadable(error);
  });
  return {
    get over() {
      return over;
    },
    read: async (bytes) => {
      // Unmasking is done in place, and these bytes are still to be sent.
      if (!over) await taken(receiver, Buffer.from(bytes));
      const settling = unsettled;
      unsettled = [];
      await Promise.all(settling);
    },
    close: () => deflate?.cleanup(),
  };
}

/** Resolves once the receiver has read the bytes as far as it can. */
function taken(receiver: FrameReceiver, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => void receiver.write(bytes, () => resolve()));
}

function closePayload(code: number, reason: Buffer): Buffer {
  // 1005 stands for a close without a code (RFC 6455, 7.1.5).
  if (code === 1005) return Buffer.alloc(0);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, reason]);
}

/** The compression that both sides agreed on; undefined for none. */
function deflateOf(header: string | undefined, isServer: boolean, maxPayload: number): DeflateExtension | undefined {
  if (header === undefined) return undefined;
  try {
    const agreed = parts.extension.parse(header)[parts.PerMessageDeflate.extensionName];
    if (agreed === undefined) return undefined;
    // What was agreed stands in the answer of the server, which is read as a client reads it, whoever sends.
    const asClient = new parts.PerMessageDeflate({ isServer: false, maxPayload });
    asClient.accept(agreed);
    const deflate = new parts.PerMessageDeflate({ isServer, maxPayload });
    deflate.params = asClient.params;
    return deflate;
  } catch {
    // Parameters that mean nothing: whatever is compressed cannot be read, and the reader will say so.
    return undefined;
  }
}
