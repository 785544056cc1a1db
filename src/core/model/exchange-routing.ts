// Which service and route of a model each recorded exchange asked. A service is told by its origin; where a recording knows
// the same service under another origin (another port, a sandbox), by which service's routes fit its paths.
import type { Exchange } from '../exchange/exchange.ts';
import { viewRequest } from '../exchange/request-view.ts';
import type { CloneModel, Service } from './clone-model.ts';
import { compileRouter, type RouteMatch, type Router } from './router.ts';
import type { RoutedExchange } from './shapes.ts';

/** What came from one origin, and which service it is taken for. */
export interface OriginRouting {
  readonly origin: string;
  /** Undefined when no service has that origin and none has routes for at least half of its paths. */
  readonly service: string | undefined;
  readonly matchedBy: 'origin' | 'paths' | undefined;
  readonly exchangeCount: number;
  /** Exchanges of a known service that no route of it matches. */
  readonly unrouted: readonly Exchange[];
}

export interface ExchangeRouting {
  /** In the order of the exchanges. */
  readonly routed: readonly RoutedExchange[];
  /** In order of first appearance. */
  readonly origins: readonly OriginRouting[];
}

interface RoutedService {
  readonly service: Service;
  readonly router: Router;
}

const PATH_SHARE_MIN = 0.5;

/** @throws {MynahError} ERR_ROUTE_PATH when a route's path is malformed */
export function routeExchanges(model: CloneModel, exchanges: readonly Exchange[]): ExchangeRouting {
  const services = model.services.map((service) => ({ service, router: compileRouter(service.routes) }));
  const byOrigin = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const known = byOrigin.get(exchange.origin);
    if (known === undefined) byOrigin.set(exchange.origin, [exchange]);
    else known.push(exchange);
  }
  const origins: OriginRouting[] = [];
  const routes = new Map<Exchange, RoutedExchange>();
  for (const [origin, group] of byOrigin) {
    const byName = services.find(({ service }) => service.origins.includes(origin));
    const chosen = byName ?? bestByPaths(services, group);
    const unrouted: Exchange[] = [];
    for (const exchange of chosen === undefined ? [] : group) {
      const match = matchOf(chosen?.router, exchange);
      if (chosen === undefined || match?.route === undefined) unrouted.push(exchange);
      else
        routes.set(exchange, { service: chosen.service.name, route: match.route.id, params: match.params, exchange });
    }
    const matchedBy = chosen === undefined ? undefined : byName === undefined ? 'paths' : 'origin';
    origins.push({ origin, service: chosen?.service.name, matchedBy, exchangeCount: group.length, unrouted });
  }
  return { routed: exchanges.flatMap((exchange) => routes.get(exchange) ?? []), origins };
}

function bestByPaths(services: readonly RoutedService[], exchanges: readonly Exchange[]): RoutedService | undefined {
  let best: { candidate: RoutedService; matched: number } | undefined;
  for (const candidate of services) {
    const matched = exchanges.filter((exchange) => matchOf(candidate.router, exchange)?.route !== undefined).length;
    if (matched > (best?.matched ?? 0)) best = { candidate, matched };
  }
  return best !== undefined && best.matched >= exchanges.length * PATH_SHARE_MIN ? best.candidate : undefined;
}

function matchOf(router: Router | undefined, { request }: Exchange): RouteMatch | undefined {
  return router?.match(request.method, viewRequest(request).path);
}
