// Clones of one route, for tests of one part of the runtime: a rule answers whatever is sent to `/`.
import type { CloneModel, Route, Rule, Service } from '../../src/core/model/clone-model.ts';
import { loadModel } from '../../src/core/runtime/step.ts';
import type { Json } from '../../src/core/std/json.ts';
import { CloneClient } from './clone-client.ts';

export const SMALL_ORIGIN = 'https://small.example';

export function smallModel(service: Partial<Service>): CloneModel {
  return {
    formatVersion: 1,
    clock: { startMs: 1_704_164_645_678, stepMs: 1000 },
    services: [
      {
        name: 'small',
        origins: [SMALL_ORIGIN],
        principals: [],
        generators: {},
        entities: [],
        routes: [],
        errors: [],
        seed: {},
        ...service,
      },
    ],
  };
}

/** A client of a clone whose only route, `POST /`, has this one rule. */
export function clientOfRule(service: Partial<Service>, rule: Partial<Rule>, route: Partial<Route> = {}): CloneClient {
  const only: Rule = { id: 'only', reply: { status: 200 }, ...rule };
  const routes: Route[] = [{ id: 'root', method: 'POST', path: '/', cases: [only], ...route }];
  return new CloneClient(loadModel(smallModel({ ...service, routes })));
}

/** What an expression gives in that service, rendered as the only member of an answer; undefined when it is missing. */
export function valueIn(service: Partial<Service>, expression: string, body: Json = {}): unknown {
  return clientOfRule(service, { reply: { status: 200, body: { value: expression } } }).post('/', body).body.value;
}
