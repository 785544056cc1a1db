// OpenEnv over WebSocket: one socket is one session. Messages of a socket are answered one after another, in their order,
// and nothing is ever sent that was not asked for: clients wait for exactly one frame.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { MynahError } from '../../../core/std/errors.ts';
import { printJson, tryParseJson, type Json, type JsonObject } from '../../../core/std/json.ts';
import { controlBodyBytesMax } from '../../../core/std/limits.ts';
import type { EpisodeRegistry } from '../episode-registry.ts';
import { errorFrame, parseMessage, type OpenEnvMessage } from './openenv-messages.ts';
import { answerRpc, capacityOf, parseFailure, serverFailure, type RpcDoor } from './openenv-rpc.ts';
import { OpenEnvSession } from './openenv-session.ts';
import type { OpenEnvSessions } from './openenv-sessions.ts';

export interface OpenEnvSocketOptions {
  readonly registry: EpisodeRegistry;
  readonly sessions: OpenEnvSessions;
  /** Told of failures that no client is told of. */
  readonly onFailure: (error: unknown) => void;
}

export interface OpenEnvSockets {
  /** Takes over an upgrade; `agentRoot` is `http://HOST:PORT` of the agent plane. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, agentRoot: string): void;
}

/** Answers the text of one frame, or says that the client wants to end. */
type Converse = (text: string) => Promise<JsonObject | 'close'>;

export function createOpenEnvSockets(options: OpenEnvSocketOptions): OpenEnvSockets {
  const { registry, sessions } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: controlBodyBytesMax, perMessageDeflate: false });
  return {
    accept: (request, socket, head, agentRoot) => {
      server.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => client.terminate());
        const isRpc = /\/mcp(?:\?|$)/.test(request.url ?? '');
        if (sessions.isFull) return refuse(client, sessions, isRpc);
        client.once('close', sessions.enter());
        const session = new OpenEnvSession(registry, agentRoot);
        converse(client, session, isRpc ? rpcTalk(session, options) : sessionTalk(session, options));
      });
    },
  };
}

/** One frame after another, each answered by exactly one. */
function converse(client: WebSocket, session: OpenEnvSession, talk: Converse): void {
  let turn = Promise.resolve();
  client.on('message', (bytes, isBinary) => {
    turn = turn.then(async () => {
      // A text that is no JSON: what a binary frame holds is nothing that this protocol knows.
      const answered = await talk(isBinary ? '' : String(bytes as Buffer));
      if (answered === 'close') client.close(1000);
      else reply(client, answered);
    });
  });
  client.once('close', () => void turn.then(() => session.leave()));
}

function sessionTalk(session: OpenEnvSession, options: OpenEnvSocketOptions): Converse {
  return async (text) => {
    const parsed = parseMessage(text);
    if ('error' in parsed) return parsed.error;
    return parsed.message.type === 'close' ? 'close' : answer(parsed.message, session, options);
  };
}

/** JSON-RPC alone: the socket's session is the one that calls are in. */
function rpcTalk(session: OpenEnvSession, options: OpenEnvSocketOptions): Converse {
  return async (text) => {
    const request = tryParseJson(text);
    if (request === undefined) return parseFailure();
    try {
      return await answerRpc(request, doorOf(session, options));
    } catch (error) {
      options.onFailure(error);
      return errorFrame('EXECUTION_ERROR', 'a defect of the server');
    }
  };
}

function doorOf(session: OpenEnvSession, { registry, sessions }: OpenEnvSocketOptions): RpcDoor {
  return { registry, sessions, sent: {}, own: async () => (await session.begun()).id };
}

async function answer(
  message: Exclude<OpenEnvMessage, { type: 'close' }>,
  session: OpenEnvSession,
  options: OpenEnvSocketOptions,
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
        return { type: 'mcp', data: await answerRpc(message.data, doorOf(session, options)) };
      default:
        return errorFrame('UNKNOWN_TYPE', 'Unknown message type');
    }
  } catch (error) {
    if (!(error instanceof MynahError)) {
      options.onFailure(error);
      return errorFrame('EXECUTION_ERROR', 'a defect of the server');
    }
    return error.code === 'ERR_LIMIT_EPISODES'
      ? errorFrame('CAPACITY_REACHED', error.message, capacityOf(error))
      : errorFrame('EXECUTION_ERROR', error.message);
  }
}

function refuse(client: WebSocket, { count, max, fullText }: OpenEnvSessions, isRpc: boolean): void {
  const capacity = { active_sessions: count, max_sessions: max };
  reply(client, isRpc ? serverFailure(fullText, capacity) : errorFrame('CAPACITY_REACHED', fullText, capacity));
  client.close(1000);
}

function reply(client: WebSocket, frame: JsonObject): void {
  client.send(printJson(frame));
}
