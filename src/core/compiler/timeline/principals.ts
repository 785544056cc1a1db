// Pass "principals": who asks, told by the credential that requests carry, and what is constant for each of them.
import { headerValue } from '../../exchange/exchange.ts';
import type { JsonObject } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';

export interface PrincipalDraft {
  readonly id: string;
  readonly credential: { readonly header: string; readonly value: string } | undefined;
  readonly attributes: Record<string, JsonObject[string]>;
}

export interface Principals {
  readonly all: readonly PrincipalDraft[];
  /** By call index. */
  readonly of: readonly PrincipalDraft[];
}

/** Headers that say who asks. */
export const CREDENTIAL_HEADER =
  /^(authorization|cookie|(x-)?([a-z]+-)*(api-?key|auth-?token|access-?token|private-?token|session-?token|session-?id|token))$/;

/** One principal for each credential, in order of first use, and one for requests without any. */
export function inferPrincipals(calls: readonly Call[]): Principals {
  const header = chooseHeader(calls);
  const byValue = new Map<string, PrincipalDraft>();
  const all: PrincipalDraft[] = [];
  const of = calls.map((call) => {
    const value = header === undefined ? undefined : headerValue(call.requestHeaders, header);
    const known = byValue.get(value ?? '');
    if (known !== undefined) return known;
    const draft: PrincipalDraft =
      value === undefined || header === undefined
        ? { id: 'anonymous', credential: undefined, attributes: {} }
        : {
            id: `principal-${[...byValue.keys()].filter((key) => key !== '').length + 1}`,
            credential: { header, value },
            attributes: {},
          };
    byValue.set(value ?? '', draft);
    all.push(draft);
    return draft;
  });
  return { all, of };
}

/** The credential header that most requests carry. */
function chooseHeader(calls: readonly Call[]): string | undefined {
  const counts = new Map<string, number>();
  for (const call of calls)
    for (const [name] of call.requestHeaders)
      if (CREDENTIAL_HEADER.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}
