// A recording under the origins that a clone knows: the same service is recorded on other ports and in sandboxes, and the
// addresses in its answers follow.
import type { Exchange, Header, HttpRequest } from '../exchange/exchange.ts';
import type { CloneModel } from '../model/clone-model.ts';
import { routeExchanges } from '../model/exchange-routing.ts';
import { responseUnderOrigin, rewriteOrigin } from '../recording/origin-rewriting.ts';
import type { Recording } from '../recording/recording.ts';

export interface OwnedRecording {
  /** Exchanges of services of the clone, each under the origin that the clone has for it. */
  readonly recording: Recording;
  /** Origins that are no service of the clone, with the number of their exchanges, which are left out. */
  readonly foreign: readonly { readonly origin: string; readonly exchanges: number }[];
}

export function underServiceOrigins(model: CloneModel, recording: Recording): OwnedRecording {
  const { origins } = routeExchanges(model, recording.exchanges);
  const owners = new Map(
    origins.map(({ origin, service }) => [origin, model.services.find(({ name }) => name === service)?.origins]),
  );
  const exchanges = recording.exchanges.flatMap((exchange) => {
    const own = owners.get(exchange.origin);
    const [first] = own ?? [];
    if (own === undefined || first === undefined) return [];
    return [own.includes(exchange.origin) ? exchange : exchangeUnderOrigin(exchange, first)];
  });
  const foreign = origins
    .filter(({ service }) => service === undefined)
    .map(({ origin, exchangeCount }) => ({ origin, exchanges: exchangeCount }));
  return { recording: { ...recording, exchanges }, foreign };
}

function exchangeUnderOrigin(exchange: Exchange, to: string): Exchange {
  const { origin: from, request, response } = exchange;
  return {
    ...exchange,
    origin: to,
    request: requestUnderOrigin(request, from, to),
    ...(response === undefined ? {} : { response: responseUnderOrigin(response, from, to) }),
  };
}

function requestUnderOrigin(request: HttpRequest, from: string, to: string): HttpRequest {
  const { body } = request;
  return {
    ...request,
    headers: request.headers.map(([name, value]): Header => [name, rewriteOrigin(value, from, to)]),
    ...(body !== undefined && 'text' in body ? { body: { text: rewriteOrigin(body.text, from, to) } } : {}),
  };
}
