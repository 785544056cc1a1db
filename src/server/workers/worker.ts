// One worker: an environment server of its own, on connections that the router hands over, with the episodes whose ids are its.
import type { Server, Socket } from 'node:net';
import type { AddressedRequest } from '../../core/runtime/step.ts';
import { MynahError } from '../../core/std/errors.ts';
import type { ClonedAnswer, ClonedApi } from '../agent/cloned-api.ts';
import { startEnvironmentServer, type EnvironmentServerOptions } from '../environment-server.ts';
import type { FromWorker, Question, ToWorker } from './messages.ts';
import { ownerOf, ownId } from './ownership.ts';

/** The channel to the router. */
export interface RouterChannel {
  send(message: FromWorker): void;
  onMessage(receive: (message: ToWorker, socket: Socket | undefined) => void): void;
}

/** What a worker serves; `openStore` gives it the logs that are its own. */
export type WorkerOptions = Omit<
  EnvironmentServerOptions,
  'listen' | 'control' | 'store' | 'apiFor' | 'publicAgent'
> & {
  readonly openStore: (index: number, count: number) => EnvironmentServerOptions['store'];
  /** Where agents reach the router. */
  readonly agentHost: string;
};

const LOOPBACK = { host: '127.0.0.1', port: 0 };

/** Serves until the router says that it is over. */
export function runWorker(channel: RouterChannel, options: WorkerOptions): Promise<void> {
  return new Promise((resolve) => {
    let planes: Promise<Planes> | undefined;
    const others = new OtherWorkers(channel);
    channel.onMessage((message, socket) => {
      switch (message.kind) {
        case 'start':
          planes = start(message, channel, options, others);
          planes.catch((error: unknown) => {
            const [code, text] = error instanceof MynahError ? [error.code, error.message] : ['', String(error)];
            channel.send({ kind: 'failed', code, message: text });
            resolve();
          });
          break;
        case 'connection':
          channel.send({ kind: 'taken', number: message.number });
          if (socket !== undefined)
            planes?.then(
              (all) => accept(all[message.plane], socket, message.bytes),
              () => socket.destroy(),
            );
          break;
        case 'ask': {
          const { number, episode, request } = message;
          const answered = planes?.then(({ api }) => api.answer(episode, request));
          answered
            ?.catch((error: unknown): ClonedAnswer => {
              options.onFailure(error);
              return { kind: 'unavailable' };
            })
            .then((answer) => channel.send({ kind: 'answered', number, answer }), options.onFailure);
          break;
        }
        case 'answered':
          others.answered(message);
          break;
        case 'end':
          void planes?.then(async ({ close }) => close()).then(resolve, () => resolve());
      }
    });
  });
}

interface Planes {
  readonly agent: Server;
  readonly control: Server;
  /** Of this worker's own episodes. */
  readonly api: ClonedApi;
  readonly close: () => Promise<void>;
}

async function start(
  { index, count, agentPort }: Extract<ToWorker, { kind: 'start' }>,
  channel: RouterChannel,
  { openStore, agentHost, newId, ...options }: WorkerOptions,
  others: OtherWorkers,
): Promise<Planes> {
  const server = await startEnvironmentServer({
    ...options,
    store: openStore(index, count),
    newId: () => ownId(newId, index, count),
    listen: LOOPBACK,
    control: LOOPBACK,
    publicAgent: { host: agentHost, port: agentPort },
    // A connection belongs to the worker of its first request, and may hold requests for another's episodes.
    apiFor: (own) => ({
      services: own.services,
      tools: () => own.tools(),
      answer: (episode, request) =>
        ownerOf(episode, count) === index ? own.answer(episode, request) : others.ask(episode, request),
    }),
  });
  channel.send({ kind: 'ready', controlPort: server.control.port });
  const { agentPlane, controlPlane, registry, close } = server;
  return { agent: agentPlane, control: controlPlane, api: registry, close: () => close() };
}

function accept(plane: Server, socket: Socket, bytes: string): void {
  socket.unshift(Buffer.from(bytes, 'base64'));
  plane.emit('connection', socket);
}

/** Agents' requests that the owners of their episodes answer. */
class OtherWorkers {
  readonly #channel: RouterChannel;
  readonly #waiting = new Map<number, (answer: ClonedAnswer) => void>();
  #asked = 0;

  constructor(channel: RouterChannel) {
    this.#channel = channel;
  }

  ask(episode: string, request: AddressedRequest): Promise<ClonedAnswer> {
    const number = ++this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.#channel.send({ kind: 'ask', number, episode, request });
    });
  }

  answered({ number, answer }: Question & { readonly answer: ClonedAnswer }): void {
    this.#waiting.get(number)?.(answer);
    this.#waiting.delete(number);
  }
}
