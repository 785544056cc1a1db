// Names of a request for expressions, as docs/formats/rules.md lists them.
import { credentialIn } from '../exchange/cookies.ts';
import type { RequestView } from '../exchange/request-view.ts';
import { NOT_ISSUED, type Principal } from '../model/clone-model.ts';
import { keyPartText } from '../model/entity-key.ts';
import type { Scope } from '../model/expression.ts';
import type { RouteMatch } from '../model/router.ts';
import type { JsonObject } from '../std/json.ts';
import { tupleTextOf } from './attribute-path.ts';
import type { LoadedService } from './loaded-model.ts';
import type { WorldDraft } from './world-draft.ts';

/** Before any binding; `path` is empty where no route matches. */
export function scopeOf(service: LoadedService, view: RequestView, match: RouteMatch, draft: WorldDraft): Scope {
  const credential = credentialSent(service, view.header);
  const request = {
    path: match.route === undefined ? {} : match.params,
    request_path: view.path,
    query: view.query,
    body: view.body,
    body_text: view.text,
    header: view.header,
    method: view.method,
    principal: principalOf(service.principals, withSubject(service, view.header, credential, draft)),
    credential,
    base: service.base,
  };
  return match.route === undefined ? { ...request, path_known: match.pathKnown, allowed: match.allowed } : request;
}

/** The credential of the kind that the service issues. */
function credentialSent({ service: { issued } }: LoadedService, header: JsonObject): string | undefined {
  const sent = issued === undefined ? undefined : header[issued.header];
  return issued === undefined || typeof sent !== 'string'
    ? undefined
    : credentialIn(issued.header, sent, issued.prefix);
}

/** With whom an issued credential stands for in its place. */
function withSubject(
  { service: { issued }, types }: LoadedService,
  header: JsonObject,
  credential: string | undefined,
  draft: WorldDraft,
): JsonObject {
  if (issued === undefined || credential === undefined) return header;
  const type = types.get(issued.type);
  const key = tupleTextOf([credential]);
  const entity = type === undefined || key === undefined ? undefined : draft.withKey(type, key);
  return {
    ...header,
    [issued.header]: issued.prefix + (keyPartText(entity?.attributes[issued.subject]) ?? NOT_ISSUED),
  };
}

/** Who asks: by credential; without any known credential header, the principal that has none. */
function principalOf(principals: readonly Principal[], header: JsonObject): JsonObject | undefined {
  let carriesCredential = false;
  for (const { id, credential, attributes } of principals) {
    if (credential === undefined) continue;
    const sent = header[credential.header.toLowerCase()];
    if (sent === credential.value) return { ...attributes, id };
    if (sent !== undefined) carriesCredential = true;
  }
  const anonymous = carriesCredential ? undefined : principals.find(({ credential }) => credential === undefined);
  return anonymous === undefined ? undefined : { ...anonymous.attributes, id: anonymous.id };
}
