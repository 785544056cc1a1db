// The ledger of a recording: requests that may have changed a server, and what came of each.
import type { Exchange } from '../exchange/exchange.ts';
import { isWrite } from './capture-rules.ts';

/** A request that was passed on, as the recorder noted it. */
export interface NotedWrite {
  /** Id of the exchange; absent where it was not recorded. */
  readonly exchange?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly origin: string;
  readonly target: string;
}

export interface LedgerLine {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  /** Status, or the code of the transport error, or why there is neither. */
  readonly outcome: string;
}

/** What the recorder noted, and exchanges that it did not, as those of archives; in order of time. */
export function ledgerOf(exchanges: readonly Exchange[], noted: readonly NotedWrite[]): readonly LedgerLine[] {
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
  const isNoted = new Set(noted.map(({ exchange }) => exchange));
  const lines = noted.map(({ exchange, at, method, origin, target }): LedgerLine => {
    const found = exchange === undefined ? undefined : byId.get(exchange);
    const missing = exchange === undefined ? 'not recorded' : 'never recorded to its end';
    return { at, method, url: origin + target, outcome: found ? outcomeOf(found) : missing };
  });
  const others = exchanges.filter((exchange) => !isNoted.has(exchange.id) && mayHaveChanged(exchange));
  const derived = others.map((exchange): LedgerLine => {
    const { startedAt, origin, request } = exchange;
    return { at: startedAt, method: request.method, url: origin + request.target, outcome: outcomeOf(exchange) };
  });
  return [...lines, ...derived].sort((a, b) => a.at - b.at);
}

function mayHaveChanged({ origin, request, messages, error }: Exchange): boolean {
  // What the recorder itself refused reached nobody.
  if (error?.code === 'ERR_WRITE_REFUSED') return false;
  const { method, target } = request;
  return isWrite({ method, opensSocket: messages !== undefined, host: origin, path: target });
}

function outcomeOf({ response, error }: Exchange): string {
  return response === undefined ? (error?.code ?? 'no answer') : String(response.status);
}
