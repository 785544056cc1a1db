// Both doors of an environment: the agent plane and the control plane, listening on addresses of their own.
import type { AddressInfo, Server } from 'node:net';
import { MynahError } from '../core/std/errors.ts';
import { listen, trackConnections, type ListenAddress } from '../proxy/listener.ts';
import type { ClonedApi } from './agent/cloned-api.ts';
import { createAgentPlane } from './agent/agent-plane.ts';
import type { TunnelCertificates } from './agent/tunnel.ts';
import { createControlPlane } from './control/control-plane.ts';
import { EpisodeRegistry, type RegistryOptions } from './control/episode-registry.ts';

export interface EnvironmentServerOptions extends RegistryOptions {
  readonly listen: ListenAddress;
  readonly control: ListenAddress;
  /** Wanted from callers of the control plane; required when other machines can reach it. */
  readonly token?: string | undefined;
  /** For HTTPS through the proxy. */
  readonly certificates?: TunnelCertificates | undefined;
  /** OpenEnv sessions at once; openEnvSessionsMax where it is absent. */
  readonly sessionsMax?: number | undefined;
  /** Bytes of a request body on the agent plane; requestBodyBytesMax where it is absent. */
  readonly bodyBytesMax?: number | undefined;
  /** Where agents reach this server, when that is not where it listens. */
  readonly publicAgent?: ListenAddress | undefined;
  /** What the agent plane is given instead of the registry. */
  readonly apiFor?: ((registry: ClonedApi) => ClonedApi) | undefined;
  /** Told of failures that no client is told of. */
  readonly onFailure: (error: unknown) => void;
}

export interface EnvironmentServer {
  readonly agent: AddressInfo;
  readonly control: AddressInfo;
  /** For connections that were accepted elsewhere. */
  readonly agentPlane: Server;
  readonly controlPlane: Server;
  readonly registry: EpisodeRegistry;
  /** Ends within a few seconds, whatever the clients do; then the store is closed. */
  close(): Promise<void>;
}

/** How long clients may take to end their requests when the server ends. */
const GRACE_MS = 3000;

/** Longer than clients keep idle connections: who closes first must not be the one who is about to be asked. */
export const KEEP_ALIVE_MS = 65_000;

/**
 * Opens the control plane, then the agent plane.
 *
 * @throws {MynahError} ERR_PORT_IN_USE, ERR_USAGE, ERR_TOKEN_REQUIRED
 */
export async function startEnvironmentServer(options: EnvironmentServerOptions): Promise<EnvironmentServer> {
  const { control, token } = options;
  requireToken(control.host, token);
  const registry = new EpisodeRegistry(options);
  const agentPlane = createAgentPlane({
    api: options.apiFor?.(registry) ?? registry,
    certificates: options.certificates,
    bodyBytesMax: options.bodyBytesMax,
    onFailure: options.onFailure,
  });
  let agent: AddressInfo | undefined;
  const controlPlane = createControlPlane({
    registry,
    agent: () =>
      options.publicAgent ?? { host: agent?.address ?? options.listen.host, port: agent?.port ?? options.listen.port },
    token,
    sessionsMax: options.sessionsMax,
    onFailure: options.onFailure,
  });
  for (const plane of [controlPlane, agentPlane]) plane.keepAliveTimeout = KEEP_ALIVE_MS;
  const connections = [trackConnections(controlPlane), trackConnections(agentPlane)];
  const controlAddress = await listenAsControl(controlPlane, control);
  try {
    agent = await listen(agentPlane, options.listen);
  } catch (error) {
    controlPlane.close();
    throw error;
  }
  return {
    agent,
    control: controlAddress,
    agentPlane,
    controlPlane,
    registry,
    close: async () => {
      await Promise.all(connections.map(({ endWithin }) => endWithin(GRACE_MS)));
      await registry.end();
    },
  };
}

/** @throws {MynahError} ERR_TOKEN_REQUIRED for a control plane that other machines can reach without a token */
export function requireToken(host: string, token: string | undefined): void {
  if (token !== undefined || isLoopback(host)) return;
  throw new MynahError(
    'ERR_TOKEN_REQUIRED',
    `other machines can reach the control plane on ${host}; give it a token with --token, or listen on 127.0.0.1`,
  );
}

/** As listen, with the option that the user has to change. */
export async function listenAsControl(server: Server, address: ListenAddress): Promise<AddressInfo> {
  try {
    return await listen(server, address);
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    throw new MynahError(error.code, error.message.replace('--listen', '--control'), error.details, error.cause);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
