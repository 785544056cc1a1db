// An environment served by several processes: one address for agents and one for trainers, episodes spread by id. The router
// keeps nothing of any episode.
import type { ChildProcess } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { listen, trackConnections, type ListenAddress } from '../../proxy/listener.ts';
import { createCallRouter } from './call-router.ts';
import { createConnectionRouter, episodeOfHead, isUpgrade } from './connection-router.ts';
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
  const agentPlane = createConnectionRouter((socket, bytes) => {
    const owner = ownerOf(episodeOfHead(bytes), count);
    pool.hand(owner, 'agent', socket, bytes).catch(() => socket.destroy());
  });
  const controlPlane = createConnectionRouter((socket, bytes) => {
    if (isUpgrade(bytes)) {
      turn = (turn + 1) % count;
      pool.hand(turn, 'control', socket, bytes).catch(() => socket.destroy());
      return;
    }
    socket.unshift(bytes);
    calls.emit('connection', socket);
    socket.resume();
  });
  const connections = [trackConnections(controlPlane), trackConnections(agentPlane)];
  const control = await listen(controlPlane, options.control);
  const agent = await listen(agentPlane, options.listen);
  const pool = new WorkerPool({ count, agentPort: agent.port, spawn, onFailure });
  const calls = createCallRouter(pool, onFailure);
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
