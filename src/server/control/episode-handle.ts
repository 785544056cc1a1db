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

function credentialsOf(service: Service): readonly JsonObject[] {
  const { name, principals, issued } = service;
  const given = principals.flatMap(({ id, credential }) =>
    credential === undefined || (credential.header === issued?.header && credential.value.startsWith(issued.prefix))
      ? []
      : [{ principal: id, service: name, headers: { [credential.header]: credential.value } }],
  );
  return [...given, ...accountsOf(service)];
}

/** Who gets a credential by signing in is told what to sign in with. */
function accountsOf({ name, issued, seed }: Service): readonly JsonObject[] {
  const { accounts } = issued ?? {};
  if (accounts === undefined) return [];
  return (seed[accounts.type] ?? []).map((account) => ({
    principal: account[accounts.fields[0] ?? ''] ?? null,
    service: name,
    sign_in: Object.fromEntries(accounts.fields.map((field) => [field, account[field] ?? null])),
  }));
}
