// An environment served by several processes: one address for agents and one for trainers, episodes spread by id. The router
// keeps nothing of any episode.
import type { ChildProcess } from 'node:child_process';
import type { AddressInfo, Socket } from 'node:net';
import { listen, trackConnections, type ListenAddress } from '../../proxy/listener.ts';
import { listenAsControl } from '../environment-server.ts';
import { createCallRouter } from './call-router.ts';
import { createConnectionRouter, episodeOfHead, isUpgrade } from './connection-router.ts';
import type { Plane } from './messages.ts';
import { ownerOf } from './ownership.ts';
import { WorkerPool } from './worker-pool.ts';

export interface WorkerServerOptions {
  readonly listen: ListenAddress;
  readonly control: ListenAddress;
  readonly workers: number;
  readonly spawn: (index: number) => ChildProcess;
  readonly onFailure: (error: unknown) => void;
}

export interface WorkerServer {
  readonly agent: AddressInfo;
  readonly control: AddressInfo;
  readonly pool: WorkerPool;
  close(): Promise<void>;
}

/** How long clients of the router may take to end their calls when the server ends. */
const GRACE_MS = 3000;

/**
 * Resolves when all workers serve.
 *
 * @throws {MynahError} ERR_PORT_IN_USE, ERR_USAGE, and what a worker cannot start for
 */
export async function startWorkerServer(options: WorkerServerOptions): Promise<WorkerServer> {
  const { workers: count, onFailure, spawn } = options;
  let turn = 0;
  // Clients that come before there are workers wait for them.
  let begin: (pool: WorkerPool) => void = () => undefined;
  const begun = new Promise<WorkerPool>((resolve) => (begin = resolve));
  const hand = async (owner: number, plane: Plane, socket: Socket, bytes: Buffer): Promise<void> => {
    try {
      await (await begun).hand(owner, plane, socket, bytes);
    } catch {
      socket.destroy();
    }
  };
  const agentPlane = createConnectionRouter((socket, bytes) => {
    void hand(ownerOf(episodeOfHead(bytes), count), 'agent', socket, bytes);
  });
  const controlPlane = createConnectionRouter((socket, bytes) => {
    if (isUpgrade(bytes)) {
      turn = (turn + 1) % count;
      return void hand(turn, 'control', socket, bytes);
    }
    socket.unshift(bytes);
    calls.emit('connection', socket);
    socket.resume();
  });
  const calls = createCallRouter({ count, portOf: async (index) => (await begun).portOf(index) }, onFailure);
  const connections = [trackConnections(controlPlane), trackConnections(agentPlane)];
  const control = await listenAsControl(controlPlane, options.control);
  const agent = await listen(agentPlane, options.listen).catch((error: unknown) => {
    controlPlane.close();
    throw error;
  });
  const pool = new WorkerPool({ count, agentPort: agent.port, spawn, onFailure });
  begin(pool);
  const close = async (): Promise<void> => {
    await Promise.all([...connections.map(({ endWithin }) => endWithin(GRACE_MS)), pool.close()]);
    calls.close();
  };
  try {
    await pool.allReady();
  } catch (error) {
    await close();
    throw error;
  }
  return { agent, control, pool, close };
}
