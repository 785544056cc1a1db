// Pass "replayed answers": what is answered as it was, by content, because nothing in it follows from what clients did: static
// files, event streams, and the dialogues on WebSocket connections. Later passes do not see these exchanges.
import { headerValue, type Body, type Exchange, type HttpResponse } from '../../exchange/exchange.ts';
import { printDialogues, type Dialogue } from '../../exchange/dialogue.ts';
import { assetHash, type Assets } from '../../model/assets.ts';
import type { Route, Rule } from '../../model/clone-model.ts';
import { decodePathText } from '../../model/route-path.ts';
import type { Recording } from '../../recording/recording.ts';
import { escapeLiteral } from '../entities/routes.ts';
import { constantHeaders } from './constant-headers.ts';
import { anyPageRule, findStaticFiles, replayFile } from './static-files.ts';

/** A path, by GET, and how it is answered. */
export interface ReplayedPath {
  readonly path: string;
  readonly exchanges: readonly Exchange[];
  readonly assets: readonly Body[];
  /** In the order in which they are tried. */
  readonly rules: readonly (Omit<Rule, 'id'> & { readonly name: string })[];
}

export interface ReplayedAnswers {
  readonly routes: readonly Route[];
  /** Answers to paths that no route knows. */
  readonly errors: readonly Rule[];
  readonly assets: Assets;
  /** Ids of the exchanges that a rule rests on. */
  readonly support: ReadonlyMap<string, readonly string[]>;
  /** The recordings without what was found. */
  readonly rest: readonly Recording[];
}

export function findReplayedAnswers(recordings: readonly Recording[], origin: string): ReplayedAnswers {
  const byPath = exchangesByPath(recordings, origin);
  const files = findStaticFiles(byPath);
  const revalidates = files.some(({ unchanged }) => unchanged.length > 0);
  const replayed = [
    ...files.map((file) => replayFile(file, revalidates)),
    ...[...byPath].flatMap(([path, exchanges]) => [
      ...replayStream(path, exchanges.filter(isEventStream)),
      ...replaySocket(path, exchanges.filter(isSocket)),
    ]),
  ];
  const taken = new Set(replayed.flatMap(({ exchanges }) => exchanges));
  const routes = replayed.map(routeOf);
  return {
    routes,
    errors: anyPageRule(files),
    assets: new Map(replayed.flatMap(({ assets }) => assets.map((body) => [assetHash(body), body]))),
    support: new Map(replayed.flatMap((each, index) => supportOf(each, routes[index] as Route))),
    rest: withoutExchanges(recordings, new Set([...taken].map(({ id }) => id))),
  };
}

/** Replayed answers come before whatever else is known of their method and path. */
export function joinRoutes(replayed: readonly Route[], synthesised: readonly Route[]): readonly Route[] {
  const byId = new Map(synthesised.map((route) => [route.id, route]));
  const joined = new Map<string, Route>();
  for (const route of replayed) {
    const { guards = [], cases = [], ...other } = joined.get(route.id) ?? byId.get(route.id) ?? route;
    const isNew = cases === route.cases;
    joined.set(route.id, isNew ? route : { ...other, guards: [], cases: [...route.cases, ...guards, ...cases] });
  }
  return [...joined.values(), ...synthesised.filter(({ id }) => !joined.has(id))];
}

function exchangesByPath(recordings: readonly Recording[], origin: string): ReadonlyMap<string, readonly Exchange[]> {
  const byPath = new Map<string, Exchange[]>();
  for (const { exchanges } of recordings)
    for (const exchange of exchanges) {
      if (exchange.origin !== origin) continue;
      const path = exchange.request.target.split('?')[0] ?? '';
      const known = byPath.get(path);
      if (known === undefined) byPath.set(path, [exchange]);
      else known.push(exchange);
    }
  return byPath;
}

function routeOf({ path: asked, rules }: ReplayedPath): Route {
  const path = asked.split('/').map(decodePathText).map(escapeLiteral).join('/');
  const id = `GET ${path}`;
  return { id, method: 'GET', path, cases: rules.map(({ name, ...rule }) => ({ id: `${id} ${name}`, ...rule })) };
}

function supportOf({ exchanges }: ReplayedPath, { cases }: Route): [string, readonly string[]][] {
  return cases.map(({ id, reply }) => [
    id,
    exchanges.filter(({ response }) => response?.status === reply.status).map((exchange) => exchange.id),
  ]);
}

/** The recordings without the exchanges of these ids. */
export function withoutExchanges(recordings: readonly Recording[], taken: ReadonlySet<string>): readonly Recording[] {
  if (taken.size === 0) return recordings;
  return recordings.map((recording) => ({
    ...recording,
    exchanges: recording.exchanges.filter(({ id }) => !taken.has(id)),
  }));
}

const isEventStream = ({ request, response }: Exchange): boolean =>
  request.method === 'GET' &&
  response?.status === 200 &&
  response.body !== undefined &&
  /^text\/event-stream\b/i.test(headerValue(response.headers, 'content-type') ?? '');

/** The longest stream stands for all: others were cut off by their clients. */
function replayStream(path: string, exchanges: readonly Exchange[]): readonly ReplayedPath[] {
  const answers = exchanges.flatMap(({ response }) => response ?? []);
  const body = answers.map((answer) => answer.body as Body).reduce<Body | undefined>(longer, undefined);
  if (body === undefined) return [];
  const reply = { status: 200, headers: constantHeaders(answers), asset: assetHash(body) };
  return [{ path, exchanges, assets: [body], rules: [{ name: 'stream', reply, provenance: 'replayed' }] }];
}

const longer = (a: Body | undefined, b: Body): Body => (a === undefined || sizeOf(b) > sizeOf(a) ? b : a);
const sizeOf = (body: Body): number => ('text' in body ? body.text.length : body.base64.length);

const isSocket = ({ response, messages }: Exchange): boolean => response?.status === 101 && messages !== undefined;

/** Handshakes say which version of WebSocket they speak (RFC 6455, 4.1), and nothing else does. */
const IS_HANDSHAKE = 'header["sec-websocket-version"] != missing';

function replaySocket(path: string, exchanges: readonly Exchange[]): readonly ReplayedPath[] {
  if (exchanges.length === 0) return [];
  const dialogues = exchanges.map(({ messages = [] }): Dialogue =>
    messages.map(({ sender, opcode, body }) => ({ sender, opcode, ...(body === undefined ? {} : { body }) })),
  );
  const body = { text: printDialogues(dialogues) };
  const headers = constantHeaders(exchanges.map(({ response }) => response as HttpResponse)).filter(
    ({ name }) => name === 'sec-websocket-protocol',
  );
  const reply = { status: 101, headers, asset: assetHash(body) };
  const rule = { name: 'socket', when: IS_HANDSHAKE, reply, provenance: 'replayed' as const };
  return [{ path, exchanges, assets: [body], rules: [rule] }];
}
