// The workers of a server, each a process of its own. One that dies is replaced; its episodes go on from their logs.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { ERROR_CODES, type ErrorCode } from '../../core/std/error-codes.ts';
import { MynahError } from '../../core/std/errors.ts';
import type { ClonedAnswer } from '../agent/cloned-api.ts';
import type { FromWorker, Plane, Question, ToWorker } from './messages.ts';
import { ownerOf } from './ownership.ts';

export interface WorkerPoolOptions {
  readonly count: number;
  /** Where agents reach the server. */
  readonly agentPort: number;
  /** Starts the process of a worker, with a channel to it. */
  readonly spawn: (index: number) => ChildProcess;
  /** Told of what no client is told of. */
  readonly onFailure: (error: unknown) => void;
}

interface Worker {
  readonly child: ChildProcess;
  /** The port of its control plane, once it serves. */
  readonly ready: Promise<number>;
  /** Connections that it does not have yet, by number. */
  readonly handed: Map<number, Socket>;
  /** Questions of other workers that it has not answered yet, by the number under which it knows them. */
  readonly asked: Map<number, Asked>;
}

/** Who asked, and under which number. */
interface Asked extends Question {
  readonly child: ChildProcess;
}

const UNAVAILABLE: ClonedAnswer = { kind: 'unavailable' };

/** How long a worker may take to end: the time that its clients have, and some more. */
const END_MS = 8000;

/** Deaths in a row, before a worker has served, after which there is no use in starting another. */
const FALSE_STARTS_MAX = 3;

export class WorkerPool {
  readonly count: number;
  readonly #options: WorkerPoolOptions;
  readonly #workers: Worker[];
  #isClosing = false;
  #handed = 0;
  #asked = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.count = options.count;
    this.#workers = Array.from({ length: options.count }, (_none, index) => this.#start(index, 1));
  }

  /** Resolves when all serve. @throws {MynahError} what a worker failed with */
  async allReady(): Promise<void> {
    await Promise.all(this.#workers.map(({ ready }) => ready));
  }

  /** Port of a worker's control plane; while it is being replaced, that of the next one. */
  portOf(index: number): Promise<number> {
    return (this.#workers[index] as Worker).ready;
  }

  /** Processes, for those who watch them. */
  get pids(): readonly (number | undefined)[] {
    return this.#workers.map(({ child }) => child.pid);
  }

  /** Gives a connection away; `bytes` were read from it already. */
  async hand(index: number, plane: Plane, socket: Socket, bytes: Buffer): Promise<void> {
    await (this.#workers[index] as Worker).ready;
    const { child, handed } = this.#workers[index] as Worker;
    const number = ++this.#handed;
    const message: ToWorker = {
      kind: 'connection',
      number,
      plane,
      bytes: stopReading(socket, bytes).toString('base64'),
    };
    // This process keeps its hold of the connection until the worker has it, to close it should the worker die first.
    handed.set(number, socket);
    child.send(message, socket, { keepOpen: true }, (error) => {
      if (error !== null) letGo(handed, number);
    });
  }

  /** Ends all, within the time that each takes for its clients; by force one that takes longer. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(
      this.#workers.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        this.#send(child, { kind: 'end' });
        const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
        await exited;
        clearTimeout(timer);
      }),
    );
  }

  #start(index: number, attempt: number): Worker {
    const { count, agentPort, spawn, onFailure } = this.#options;
    const child = spawn(index);
    const handed = new Map<number, Socket>();
    const asked = new Map<number, Asked>();
    let serves = false;
    const ready = new Promise<number>((resolve, reject) => {
      child.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') {
          serves = true;
          resolve(message.controlPort);
        } else if (message.kind === 'taken') letGo(handed, message.number);
        else if (message.kind === 'failed') reject(failure(message));
        else if (message.kind === 'ask') this.#ask(message, child);
        else this.#tell(asked, message.number, message.answer);
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        for (const number of handed.keys()) letGo(handed, number);
        for (const number of asked.keys()) this.#tell(asked, number, UNAVAILABLE);
        const how = signal ?? `exit code ${code}`;
        reject(new MynahError('ERR_WORKER_DIED', `the process of worker ${index + 1} of ${count} ended with ${how}`));
        if (this.#isClosing) return;
        onFailure(
          new MynahError('ERR_WORKER_DIED', `worker ${index + 1} of ${count} ended with ${how}; starting another`),
        );
        if (serves) this.#workers[index] = this.#start(index, 1);
        else if (attempt < FALSE_STARTS_MAX) this.#workers[index] = this.#start(index, attempt + 1);
      });
    });
    // Whoever needs the worker hears of it.
    ready.catch(() => undefined);
    this.#send(child, { kind: 'start', index, count, agentPort });
    return { child, ready, handed, asked };
  }

  /** A question to the owner of the episode. One who dies before the answer has none to give. */
  #ask(message: Extract<FromWorker, { kind: 'ask' }>, from: ChildProcess): void {
    const { child, asked } = this.#workers[ownerOf(message.episode, this.count)] as Worker;
    const number = ++this.#asked;
    asked.set(number, { child: from, number: message.number });
    if (!child.connected) return this.#tell(asked, number, UNAVAILABLE);
    child.send({ ...message, number }, (error) => {
      if (error !== null) this.#tell(asked, number, UNAVAILABLE);
    });
  }

  /** The answer to a question, once, for who asked. */
  #tell(asked: Map<number, Asked>, at: number, answer: ClonedAnswer): void {
    const waiting = asked.get(at);
    asked.delete(at);
    if (waiting !== undefined) this.#send(waiting.child, { kind: 'answered', number: waiting.number, answer });
  }

  #send(child: ChildProcess, message: ToWorker): void {
    if (child.connected) child.send(message, () => undefined);
  }
}

/** Closes this process' hold of a connection. */
function letGo(handed: Map<number, Socket>, number: number): void {
  handed.get(number)?.destroy();
  handed.delete(number);
}

/** What was read of a connection, from which nothing more is read here: not even what the system has at hand. */
function stopReading(socket: Socket, bytes: Buffer): Buffer {
  (socket as unknown as { readonly _handle?: { readStop(): void } })._handle?.readStop();
  const buffered = socket.read() as Buffer | null;
  return buffered === null ? bytes : Buffer.concat([bytes, buffered]);
}

function failure({ code, message }: { readonly code: string; readonly message: string }): Error {
  return code in ERROR_CODES ? new MynahError(code as ErrorCode, message) : new Error(message);
}
