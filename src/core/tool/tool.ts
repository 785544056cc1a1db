// The routes of a clone as tools, for agents that call functions instead of HTTP.
import type { CloneModel, Route, Rule, Service } from '../model/clone-model.ts';
import type { RouteShape, Shapes } from '../model/shapes.ts';
import type { JsonObject } from '../std/json.ts';
import { toolsMax } from '../std/limits.ts';
import { argumentsSchema } from './tool-arguments.ts';
import { describeRoute } from './tool-description.ts';
import { toolNames } from './tool-name.ts';

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly inputSchema: JsonObject;
  readonly service: string;
  /** Absent for the tool that sends any request. */
  readonly route?: { readonly method: string; readonly path: string };
  /** How its body is written. */
  readonly encoding: 'json' | 'form';
}

/** By name, in the order of the model. */
export type ToolSet = ReadonlyMap<string, Tool>;

/** The tool for whatever has no tool of its own. */
const ANY_REQUEST = 'http_request';

interface Candidate {
  readonly service: Service;
  readonly route: Route;
  readonly shape: RouteShape | undefined;
}

/**
 * At most `toolsMax`: of more routes, those that were asked most. Pages, scripts and pictures of a web application are no tools,
 * nor are HEAD and OPTIONS; one tool for any request takes the place of all that were left out.
 */
export function toolsOf(model: CloneModel, shapes: Shapes | undefined): ToolSet {
  const all = model.services.flatMap((service) => service.routes.map((route) => ({ service, route })));
  const shapeOf = new Map(shapes?.routes.map((shape) => [`${shape.service} ${shape.route}`, shape]));
  const candidates = all
    .filter(({ route }) => isForTools(route))
    .map(({ service, route }) => ({ service, route, shape: shapeOf.get(`${service.name} ${route.id}`) }));
  const isComplete = candidates.length === all.length && candidates.length <= toolsMax;
  const kept = isComplete ? candidates : mostAsked(candidates, toolsMax - 1);
  const names = toolNames(
    kept.map(({ service, route: { method, path } }) => ({
      ...(model.services.length > 1 ? { service: service.name } : {}),
      method,
      path,
    })),
  );
  const tools = kept.map((candidate, index) => toolOf(names[index] as string, candidate));
  const rest = isComplete ? [] : [anyRequest(model.services)];
  return new Map([...tools, ...rest].map((tool) => [tool.name, tool]));
}

function isForTools({ method, cases }: Route): boolean {
  return method !== 'HEAD' && method !== 'OPTIONS' && !(cases.length > 0 && cases.every(isPage));
}

/** A static answer or a page, which people look at. */
function isPage({ reply: { asset, headers = [] } }: Rule): boolean {
  return (
    asset !== undefined || headers.some(({ name, value }) => name === 'content-type' && value.includes('text/html'))
  );
}

function mostAsked(candidates: readonly Candidate[], count: number): readonly Candidate[] {
  const askedMost = [...candidates].sort((a, b) => timesAsked(b) - timesAsked(a));
  const kept = new Set(askedMost.slice(0, count));
  return candidates.filter((candidate) => kept.has(candidate));
}

function timesAsked({ shape }: Candidate): number {
  return (shape?.answers ?? []).reduce((sum, { count }) => sum + count, 0);
}

function toolOf(name: string, { service, route, shape }: Candidate): Tool {
  const { method, path } = route;
  const bodies = shape?.asked?.bodies;
  return {
    name,
    description: describeRoute(route, shape),
    inputSchema: argumentsSchema(route, shape?.asked),
    service: service.name,
    route: { method, path },
    encoding: (bodies?.form ?? 0) > (bodies?.json ?? 0) ? 'form' : 'json',
  };
}

function anyRequest(services: readonly Service[]): Tool {
  const names = services.map(({ name }) => name);
  return {
    name: ANY_REQUEST,
    description: `Sends any request to ${names.join(' or ')}, for what has no tool of its own.`,
    inputSchema: {
      type: 'object',
      properties: {
        method: { type: 'string', examples: ['GET', 'POST'] },
        target: { type: 'string', description: 'Path, and query behind a question mark.' },
        ...(names.length > 1 ? { service: { type: 'string', enum: names } } : {}),
        body: { description: 'Sent as JSON; a text as it is.' },
        headers: { type: 'object', additionalProperties: { type: 'string' } },
      },
      required: ['method', 'target'],
      additionalProperties: false,
    },
    service: names[0] ?? '',
    encoding: 'json',
  };
}
