// A request as an episode takes it: what belongs to one connection, to Mynah or to one run of the client is set aside, so
// that the same request gives the same log by whatever way it came.
import type { Header } from '../exchange/exchange.ts';
import type { AddressedRequest } from '../runtime/step.ts';

const SET_ASIDE: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'mynah-episode',
  'traceparent',
]);

export interface EpisodeRequest {
  readonly request: AddressedRequest;
  readonly traceparent?: string;
}

/** What an episode keeps of a list of headers. */
interface Head {
  readonly origin: string;
  readonly kept: readonly Header[];
  readonly traceparent: string | undefined;
}

/** By the list that a shell gave; agents send the same one again and again. */
const heads = new WeakMap<readonly Header[], Head>();

/** Header names become lower-case; `host` is the original's. */
export function episodeRequest({ origin, method, target, headers, body }: AddressedRequest): EpisodeRequest {
  const known = heads.get(headers);
  const { kept, traceparent } = known?.origin === origin ? known : headOf(origin, headers);
  return {
    request: { origin, method: method.toUpperCase(), target, headers: kept, ...(body === undefined ? {} : { body }) },
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

function headOf(origin: string, headers: readonly Header[]): Head {
  const named = headers.map(([name, value]): Header => [name.toLowerCase(), value]);
  const host = origin.slice(origin.indexOf('//') + 2);
  const kept: Header[] = [['host', host], ...named.filter(([name]) => !SET_ASIDE.has(name))];
  const head = { origin, kept, traceparent: named.find(([name]) => name === 'traceparent')?.[1] };
  heads.set(headers, head);
  return head;
}
