// A client's connection with a tap on both directions, for whoever passes it through without looking: what comes from
// the client is seen before it can be read here, and what is written here is seen before the client gets it.
import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

/** Sees bytes; they go on once what it gives resolves. It never rejects. */
export type Tap = (bytes: Buffer) => Promise<void>;

export interface Taps {
  readonly fromClient: Tap;
  readonly toClient: Tap;
}

export class TappedConnection extends Duplex {
  readonly #socket: Socket;
  readonly #taps: Taps;
  #reading = false;
  #endedBy: 'client' | 'server' | undefined;

  constructor(socket: Socket, taps: Taps) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#taps = taps;
    const clientEnds = () => (this.#endedBy ??= 'client');
    socket.once('end', clientEnds);
    socket.once('close', () => {
      clientEnds();
      this.destroy();
    });
    socket.once('error', (error) => {
      clientEnds();
      this.destroy(error);
    });
  }

  /** The side that went first: the client, or whoever writes here. */
  get endedBy(): 'client' | 'server' {
    return this.#endedBy ?? 'server';
  }

  override _read(): void {
    if (this.#reading) return void this.#socket.resume();
    this.#reading = true;
    this.#socket.on('data', (bytes: Buffer) => {
      this.#socket.pause();
      void this.#taps.fromClient(bytes).then(() => {
        if (this.push(bytes)) this.#socket.resume();
      });
    });
    this.#socket.once('end', () => this.push(null));
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error) => void): void {
    void this.#taps.toClient(bytes).then(() => {
      if (this.#socket.destroyed) return done();
      this.#socket.write(bytes, () => done());
    });
  }

  override _final(done: () => void): void {
    this.#endedBy ??= 'server';
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#endedBy ??= 'server';
    this.#socket.destroy();
    done(error);
  }

  // What http-proxy asks of a socket beside what a stream is.
  setTimeout(ms: number): this {
    this.#socket.setTimeout(ms);
    return this;
  }
  setNoDelay(on: boolean): this {
    this.#socket.setNoDelay(on);
    return this;
  }
  setKeepAlive(on: boolean, delayMs: number): this {
    this.#socket.setKeepAlive(on, delayMs);
    return this;
  }
  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else {
      this.once('finish', () => this.destroy());
      this.end();
    }
  }
}
