// What a trainer is told about an episode, so that it can let an agent at it: URLs, proxy and credentials.
import type { Service } from '../../core/model/clone-model.ts';
import type { JsonObject } from '../../core/std/json.ts';
import { serviceBases } from '../agent/base-url.ts';

/** @param agentRoot `http://HOST:PORT` of the agent plane */
export function episodeHandle(id: string, agentRoot: string, services: readonly Service[]): JsonObject {
  const bases = serviceBases(agentRoot, id, services);
  return {
    id,
    url: bases[0]?.base ?? agentRoot,
    services: Object.fromEntries(bases.map(({ service, base }) => [service.name, base])),
    proxy_url: agentRoot.replace('://', `://${encodeURIComponent(id)}:x@`),
    mcp_url: `${bases[0]?.base ?? agentRoot}/mcp`,
    credentials: services.flatMap(credentialsOf),
  };
}

function credentialsOf({ name, principals }: Service): readonly JsonObject[] {
  return principals.flatMap(({ id, credential }) =>
    credential === undefined
      ? []
      : [{ principal: id, service: name, headers: { [credential.header]: credential.value } }],
  );
}
