// The calls of the control plane: what each request of the trainer does, and what it is answered.
import { requestOfAction } from '../../core/episode/action.ts';
import type { EpisodeClock } from '../../core/episode/episode-clock.ts';
import { finishInfo, firstObservation, observationOf, resetInfo, stepInfo } from '../../core/episode/observation.ts';
import { atifTrajectory, resultsLine } from '../../core/episode/trajectory.ts';
import { MynahError } from '../../core/std/errors.ts';
import type { Json, JsonObject } from '../../core/std/json.ts';
import { listedEpisodesMax } from '../../core/std/limits.ts';
import type { Answer, Call } from './call.ts';
import { answerOf, batchOf, batchStepOf, clockChangeOf, episodeRequestOf, forkOf, startOf } from './call-body.ts';
import { episodeHandle } from './episode-handle.ts';
import type { EpisodeRegistry, LiveEpisode } from './episode-registry.ts';
import { printMetrics } from './metrics.ts';
import { problemOf } from './problem.ts';
import { OPENENV_CALLS } from './openenv/openenv-calls.ts';

/** By method and path; a path's parameters are in braces. */
export const CALLS: Readonly<Record<string, Answer>> = {
  ...OPENENV_CALLS,

  'POST /episodes': async ({ registry, agentRoot, body }) => {
    const live = await registry.create(episodeRequestOf(body));
    return { status: 201, json: begun(live, registry, agentRoot) };
  },

  'POST /episodes:batch': async ({ registry, agentRoot, body }) => {
    const results = await each(batchOf(body, 'episodes'), async (request) =>
      begun(await registry.create(episodeRequestOf(request)), registry, agentRoot),
    );
    return { status: 200, json: { episodes: results } };
  },

  'POST /step:batch': async ({ registry, body }) => {
    const results = await each(batchOf(body, 'steps'), async (step) => {
      const { id, action } = batchStepOf(step);
      return { id, ...stepped(await registry.step(id, requestOfAction(action, registry.services))) };
    });
    return { status: 200, json: { steps: results } };
  },

  'GET /episodes': ({ registry, query }) => {
    const limit = Number(query.get('limit') ?? '100');
    if (!Number.isInteger(limit) || limit < 1 || limit > listedEpisodesMax)
      throw new MynahError('ERR_CALL_INVALID', `limit must be a number from 1 to ${listedEpisodesMax}`);
    const labels = Object.fromEntries(query.getAll('label').map(labelOf));
    return { status: 200, json: { episodes: registry.list(limit, labels) } };
  },

  'GET /episodes/{id}': ({ registry, params }) => ({ status: 200, json: registry.summary(idOf(params)) }),

  'DELETE /episodes/{id}': ({ registry, params }) => {
    registry.remove(idOf(params));
    return { status: 204 };
  },

  'POST /episodes/{id}/step': async ({ registry, params, body }) => {
    return { status: 200, json: stepped(await registry.step(idOf(params), requestOfAction(body, registry.services))) };
  },

  'POST /episodes/{id}/finish': async ({ registry, params, body }) => {
    const { line, episode } = await registry.finish(idOf(params), answerOf(body));
    const { terminated, truncation } = episode;
    const { reward, rewards } = line;
    return {
      status: 200,
      json: { reward, rewards, terminated, truncated: truncation !== undefined, info: finishInfo(episode) },
    };
  },

  'POST /episodes/{id}/reset': async ({ registry, agentRoot, params, body }) => {
    const live = await registry.reset(idOf(params), startOf(body));
    return { status: 200, json: begun(live, registry, agentRoot) };
  },

  'POST /episodes/{id}/fork': async ({ registry, agentRoot, params, body }) => {
    const { at, count } = forkOf(body);
    const forks = await registry.fork(idOf(params), at, count);
    return { status: 201, json: { episodes: forks.map(({ id }) => episodeHandle(id, agentRoot, registry.services)) } };
  },

  'GET /episodes/{id}/clock': ({ registry, params }) => ({
    status: 200,
    json: clockJson(registry.clock(idOf(params))),
  }),

  'POST /episodes/{id}/clock': async ({ registry, params, body }) => ({
    status: 200,
    json: clockJson(await registry.setClock(idOf(params), clockChangeOf(body))),
  }),

  'GET /episodes/{id}/world': ({ registry, params }) => ({ status: 200, json: registry.world(idOf(params)) }),

  'GET /episodes/{id}/log': ({ registry, params }) => ({
    status: 200,
    type: 'application/x-ndjson',
    text: registry
      .log(idOf(params))
      .map((line) => `${line}\n`)
      .join(''),
  }),

  'GET /episodes/{id}/export': ({ registry, params, query }) => {
    const id = idOf(params);
    const { log, labels } = registry.stored(id);
    const goal = goalOf(registry, log.header.task);
    const subject = { id, labels, ...(goal === undefined ? {} : { goal }) };
    const format = query.get('format') ?? 'atif';
    if (format === 'atif')
      return { status: 200, json: atifTrajectory(log, subject, query.get('version') ?? undefined) };
    if (format === 'results') return { status: 200, json: resultsLine(log, subject) };
    throw new MynahError('ERR_CALL_INVALID', `format must be atif or results, not ${JSON.stringify(format)}`);
  },

  'GET /tasks': ({ registry }) => ({
    status: 200,
    json: { tasks: registry.environment.tasks.tasks as unknown as Json },
  }),

  'GET /model': ({ registry }) => ({ status: 200, json: describeModel(registry) }),

  'GET /healthz': () => ({ status: 200, json: { status: 'ok' } }),

  'GET /metrics': ({ registry }) => ({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    text: printMetrics(registry.counts),
  }),
};

/** Elements of a call for many, all under way at once, begun in their order; one that fails is a problem in its place. */
function each(
  elements: readonly Json[],
  answer: (element: Json) => Promise<JsonObject>,
): Promise<readonly JsonObject[]> {
  return Promise.all(
    elements.map((element) =>
      answer(element).catch((error: unknown) => {
        if (!(error instanceof MynahError)) throw error;
        return { error: problemOf(error).body };
      }),
    ),
  );
}

function stepped({ line, response }: Awaited<ReturnType<EpisodeRegistry['step']>>): JsonObject {
  const { reward, terminated, truncated } = line;
  return { observation: observationOf(response), reward, terminated, truncated, info: stepInfo(line) };
}

function clockJson({ timeMs, isFrozen }: EpisodeClock): JsonObject {
  return { time: timeMs, iso: new Date(timeMs).toISOString(), frozen: isFrozen };
}

function begun({ id, episode }: LiveEpisode, registry: EpisodeRegistry, agentRoot: string): JsonObject {
  const goal = goalOf(registry, episode.header.task);
  return {
    ...episodeHandle(id, agentRoot, registry.services),
    observation: firstObservation(goal),
    info: resetInfo(episode),
  };
}

function goalOf({ environment }: EpisodeRegistry, id: string | null): string | undefined {
  return environment.tasks.tasks.find((task) => task.id === id)?.goal;
}

function describeModel({ environment }: EpisodeRegistry): JsonObject {
  const { digest, model } = environment.loaded;
  return {
    digest,
    format_version: model.formatVersion,
    clock: { start_ms: model.clock.startMs, step_ms: model.clock.stepMs },
    probes: (environment.probes?.probes ?? []).map(({ id, kind }) => ({ id, kind })),
    services: model.services.map(({ name, origins, principals, entities, routes }) => ({
      name,
      origins,
      principals: principals.map(({ id }) => id),
      entities: entities.map((entity) => entity.name),
      routes: routes.map(({ id, method, path }) => ({ id, method, path })),
    })),
  };
}

function idOf(params: Call['params']): string {
  return params['id'] ?? '';
}

/** `?label=NAME:VALUE` */
function labelOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new MynahError('ERR_CALL_INVALID', `label must be NAME:VALUE, not ${JSON.stringify(text)}`);
  return [text.slice(0, colon), text.slice(colon + 1)];
}
