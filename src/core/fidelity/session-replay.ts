// Recorded sessions against a clone, free-running: the clone's own world advances, and each request carries what a client
// would have taken from the clone's answers. Nothing is fed back from the recording but what the client chose.
import type { Exchange, HttpRequest, HttpResponse } from '../exchange/exchange.ts';
import { viewBody, viewRequest } from '../exchange/request-view.ts';
import type { Provenance } from '../model/clone-model.ts';
import type { Recording } from '../recording/recording.ts';
import { initialWorld, step, type LoadedModel, type StepResult, type World } from '../runtime/step.ts';
import { compareExchange, type Comparison } from './compare-exchange.ts';
import { Correspondence } from './correspondence.ts';
import { GeneratedOrder } from './generated-order.ts';
import { looksMadeUp } from './made-up.ts';
import { nounOf, translateRequest } from './request-translation.ts';

/** One recorded exchange, and how the clone answered in its place. */
export interface Judgement {
  readonly exchange: Exchange;
  /** Position of its recording. */
  readonly recording: number;
  readonly service: string | undefined;
  /** Undefined when no route of the clone matches. */
  readonly route: string | undefined;
  readonly rules: readonly string[];
  readonly provenance: Provenance;
  /** Why the clone did not know. */
  readonly unknown?: string;
  readonly comparison: Comparison;
  /** Status and whole body are right. */
  readonly isExact: boolean;
}

export interface ReplayOptions {
  readonly seed?: number;
  /** Of more recordings, where those that are replayed are too few to show the order of their lists. */
  readonly unordered?: UnorderedLists;
}

/** Paths of lists whose order nobody can know, by service and route. */
export type UnorderedLists = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Replays recordings in order, on one world that a session marked `fresh` starts anew. Exchanges without an answer are left
 * out; those whose bodies were cut are sent, but not judged.
 */
export function* replayRecordings(
  loaded: LoadedModel,
  recordings: readonly Recording[],
  { seed = 0, unordered = findUnorderedLists(loaded, recordings) }: ReplayOptions = {},
): Generator<Judgement> {
  let world = initialWorld(loaded, seed);
  let correspondence = new Correspondence();
  for (const [index, recording] of recordings.entries()) {
    const fresh = new Set(recording.sessions.filter(({ start }) => start === 'fresh').map(({ name }) => name));
    for (const exchange of recording.exchanges) {
      if (exchange.response === undefined) continue;
      if (fresh.delete(exchange.session)) {
        world = initialWorld(loaded, seed);
        correspondence = new Correspondence();
      }
      const request = { ...translateRequest(exchange.request, correspondence), origin: exchange.origin };
      noteRequest(exchange.request, correspondence);
      const result = tryStep(loaded, world, request);
      if (result instanceof Error) {
        noteAnswer(exchange.response, correspondence);
        yield failedJudgement(exchange, index, result);
        continue;
      }
      world = result.world;
      correspondence.allowClockShift(result.transition.time - exchange.startedAt);
      const { route, service, rules, provenance, unknown } = result.transition;
      const comparison = compareExchange(exchange.response, result.response, {
        correspondence,
        aroundMs: exchange.startedAt,
        unordered: unordered.get(listsOf(service, route)),
        noun: nounOfWrite(exchange),
      });
      noteAnswer(exchange.response, correspondence);
      if (exchange.truncated !== undefined) continue;
      yield {
        exchange,
        recording: index,
        service,
        route,
        rules,
        provenance,
        ...(unknown === undefined ? {} : { unknown }),
        comparison,
        isExact: comparison.status && comparison.body,
      };
    }
  }
}

function tryStep(
  loaded: LoadedModel,
  world: World,
  request: HttpRequest & { readonly origin: string },
): StepResult | Error {
  try {
    return step(loaded, world, request);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function failedJudgement(exchange: Exchange, recording: number, error: Error): Judgement {
  return {
    exchange,
    recording,
    service: undefined,
    route: undefined,
    rules: [],
    provenance: 'unknown',
    unknown: error.message,
    comparison: {
      status: false,
      body: false,
      headers: false,
      differences: [{ path: 'answer', expected: `status ${exchange.response?.status ?? 0}`, actual: error.message }],
    },
    isExact: false,
  };
}

function noteRequest(request: HttpRequest, correspondence: Correspondence): void {
  const { path, query, body, header } = viewRequest(request);
  correspondence.noteSent(path);
  correspondence.noteSent(query);
  correspondence.noteSent(body);
  correspondence.noteSent(header);
}

function noteAnswer(response: HttpResponse, correspondence: Correspondence): void {
  correspondence.noteServed(viewBody(response.body, response.headers).body);
  for (const [, value] of response.headers) correspondence.noteServed(value);
}

/** The last segment of a write's path that names a kind of thing. */
function nounOfWrite({ request, response }: Exchange): string | undefined {
  if (/^(?:GET|HEAD|OPTIONS|DELETE)$/.test(request.method) || (response?.status ?? 0) >= 300) return undefined;
  const path = request.target.replace(/\?.*$/, '');
  const segment = path.split('/').findLast((each) => nounOf(each) !== '' && !looksMadeUp(each));
  return segment === undefined ? undefined : nounOf(segment);
}

const listsOf = (service: string | undefined, route: string | undefined): string => `${service ?? ''}\n${route ?? ''}`;

/** Lists that the original sorts by ids that it made up, as these recordings show them. */
export function findUnorderedLists(loaded: LoadedModel, recordings: readonly Recording[]): UnorderedLists {
  const orders = new Map<string, GeneratedOrder>();
  for (const { origin, request, response } of recordings.flatMap(({ exchanges }) => exchanges)) {
    if (response === undefined) continue;
    const service = loaded.services.find((each) => each.service.origins.includes(origin));
    const route = service?.router.match(request.method, request.target.replace(/\?.*$/, '')).route;
    if (service === undefined || route === undefined) continue;
    const key = listsOf(service.name, route.id);
    const order = orders.get(key) ?? new GeneratedOrder();
    orders.set(key, order);
    order.add(response);
  }
  return new Map([...orders].map(([key, order]) => [key, order.unordered()]));
}
