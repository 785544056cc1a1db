// OpenEnv over WebSocket: one socket is one session. Messages of a socket are answered one after another, in their order,
// and nothing is ever sent that was not asked for: clients wait for exactly one frame.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { MynahError } from '../../../core/std/errors.ts';
import { printJson, type Json, type JsonObject } from '../../../core/std/json.ts';
import { controlBodyBytesMax } from '../../../core/std/limits.ts';
import type { EpisodeRegistry } from '../episode-registry.ts';
import { errorFrame, parseMessage, type OpenEnvMessage } from './openenv-messages.ts';
import { answerRpc } from './openenv-rpc.ts';
import { OpenEnvSession } from './openenv-session.ts';

export interface OpenEnvSocketOptions {
  readonly registry: EpisodeRegistry;
  readonly sessionsMax: number;
  /** Told of failures that no client is told of. */
  readonly onFailure: (error: unknown) => void;
}

export interface OpenEnvSockets {
  /** Takes over an upgrade; `agentRoot` is `http://HOST:PORT` of the agent plane. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, agentRoot: string): void;
  /** Sessions under way. */
  readonly count: number;
}

export function createOpenEnvSockets(options: OpenEnvSocketOptions): OpenEnvSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: controlBodyBytesMax, perMessageDeflate: false });
  let count = 0;
  return {
    get count() {
      return count;
    },
    accept: (request, socket, head, agentRoot) => {
      server.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => client.terminate());
        if (count >= options.sessionsMax) return refuse(client, options.sessionsMax);
        count += 1;
        client.once('close', () => (count -= 1));
        converse(client, new OpenEnvSession(options.registry, agentRoot), options);
      });
    },
  };
}

function converse(client: WebSocket, session: OpenEnvSession, { registry, onFailure }: OpenEnvSocketOptions): void {
  let turn = Promise.resolve();
  client.on('message', (bytes, isBinary) => {
    turn = turn.then(async () => {
      const parsed = isBinary
        ? { error: errorFrame('INVALID_JSON', 'Invalid JSON: a binary frame') }
        : parseMessage(String(bytes as Buffer));
      if ('error' in parsed) return reply(client, parsed.error);
      if (parsed.message.type === 'close') return client.close(1000);
      reply(client, await answer(parsed.message, session, registry, onFailure));
    });
  });
  client.once('close', () => void turn.then(() => session.leave()));
}

async function answer(
  message: Exclude<OpenEnvMessage, { type: 'close' }>,
  session: OpenEnvSession,
  registry: EpisodeRegistry,
  onFailure: (error: unknown) => void,
): Promise<JsonObject> {
  try {
    switch (message.type) {
      case 'reset':
        return { type: 'observation', data: (await session.reset(message.data)) as unknown as Json };
      case 'step':
        return { type: 'observation', data: (await session.step(message.data)) as unknown as Json };
      case 'state':
        return { type: 'state', data: session.state() };
      case 'mcp':
        return { type: 'mcp', data: await answerRpc(message.data, registry) };
      default:
        return errorFrame('UNKNOWN_TYPE', 'Unknown message type');
    }
  } catch (error) {
    if (!(error instanceof MynahError)) onFailure(error);
    return errorFrame('EXECUTION_ERROR', error instanceof MynahError ? error.message : 'a defect of the server');
  }
}

function refuse(client: WebSocket, max: number): void {
  const message = `Server at capacity: ${max}/${max} sessions active. Cannot accept new connections.`;
  reply(client, errorFrame('CAPACITY_REACHED', message, { active_sessions: max, max_sessions: max }));
  client.close(1000);
}

function reply(client: WebSocket, frame: JsonObject): void {
  client.send(printJson(frame));
}
