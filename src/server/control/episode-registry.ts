// The live episodes of a server. Steps are computed in memory and answered when they are stored; an episode that is not in
// memory (after a restart, or because it was idle for long) is rebuilt from its log when somebody asks for it.
import type { HttpResponse } from '../../core/exchange/exchange.ts';
import type { Service, StepProvenance } from '../../core/model/clone-model.ts';
import type { Environment } from '../../core/episode/environment.ts';
import {
  finishEpisode,
  hasEnded,
  resetEpisode,
  stepEpisode,
  type Episode,
  type EpisodeStart,
} from '../../core/episode/episode.ts';
import {
  episodeClock,
  setEpisodeClock,
  type ClockChange,
  type EpisodeClock,
} from '../../core/episode/episode-clock.ts';
import {
  lineParts,
  linesOf,
  parseEpisodeLog,
  printLogLine,
  type ClockLine,
  type EpisodeLog,
  type FinishLine,
  type StepLine,
} from '../../core/episode/log-line.ts';
import { resumeEpisode } from '../../core/episode/replay.ts';
import { summarizeEpisode, summarizeLog } from '../../core/episode/summary.ts';
import { AgentSecrets } from '../../core/recording/agent-secrets.ts';
import type { KeyedHash } from '../../core/recording/pseudonym.ts';
import { worldEntities, type AddressedRequest } from '../../core/runtime/step.ts';
import { percentEncode } from '../../core/std/encoding.ts';
import { MynahError } from '../../core/std/errors.ts';
import type { Json, JsonObject } from '../../core/std/json.ts';
import { liveEpisodesMax } from '../../core/std/limits.ts';
import type { ToolSet } from '../../core/tool/tool.ts';
import { DEFAULT_EPISODE, type ClonedAnswer, type ClonedApi } from '../agent/cloned-api.ts';
import type { EpisodeStore } from './episode-store.ts';

export interface RegistryOptions {
  readonly environment: Environment;
  readonly store: EpisodeStore;
  /** Makes pseudonyms of what agents send as secrets. */
  readonly hash: KeyedHash;
  /** Makes an unguessable id. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Seed of the default episode. */
  readonly defaultSeed?: number | undefined;
  readonly limits?: RegistryLimits | undefined;
}

/** What a server allows; without them, the oldest episodes leave memory and come back from their logs. */
export interface RegistryLimits {
  /** Episodes that have not ended, at once. */
  readonly episodesMax?: number | undefined;
  /** Milliseconds after which an episode that nobody used cannot go on. */
  readonly idleMs?: number | undefined;
  /** Logs that are kept: the newest. Those of live episodes always are. */
  readonly logsMax?: number | undefined;
  /** Milliseconds for which a log is kept. */
  readonly logAgeMs?: number | undefined;
}

/** A moment of an episode: after so many steps, or now. */
export interface Moment {
  readonly episode: string;
  readonly step?: number | undefined;
}

export interface EpisodeRequest extends EpisodeStart {
  readonly id?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Where it begins, instead of a reset. */
  readonly from?: Moment | undefined;
}

/** An episode in memory. */
export interface LiveEpisode {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: number;
  /** The log's number in the store. */
  readonly number: number;
  readonly secrets: AgentSecrets;
  episode: Episode;
  /** Milliseconds since the epoch. */
  usedAt: number;
}

/** An episode to go on with, and the lines of its log behind the header. */
interface Branch {
  readonly episode: Episode;
  readonly lines: readonly string[];
  readonly labels: LiveEpisode['labels'];
}

/** Counts since the server began. */
export interface RegistryCounts {
  readonly live: number;
  readonly created: number;
  readonly finished: number;
  readonly steps: Readonly<Record<StepProvenance, number>>;
}

export class EpisodeRegistry implements ClonedApi {
  readonly environment: Environment;
  readonly #options: RegistryOptions;
  /** In order of last use. */
  readonly #live = new Map<string, LiveEpisode>();
  readonly #counts = {
    created: 0,
    finished: 0,
    steps: { synthesised: 0, pooled: 0, replayed: 0, unknown: 0, injected: 0 },
  };

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.environment = options.environment;
    this.#forgetOldLogs();
  }

  get services(): readonly Service[] {
    return this.environment.loaded.model.services;
  }

  tools(): ToolSet {
    return this.environment.tools();
  }

  get counts(): RegistryCounts {
    return { live: this.#live.size, ...this.#counts };
  }

  /**
   * Resolves when the episode is stored.
   *
   * @throws {MynahError} ERR_EPISODE_EXISTS when an episode of that id is live, ERR_TASK_NOT_FOUND, ERR_EPISODE_STORE,
   * ERR_LIMIT_EPISODES; with `from`: ERR_EPISODE_NOT_FOUND, ERR_EPISODE_ENDED, ERR_CALL_INVALID
   */
  async create({ id = this.#options.newId(), labels, from, ...start }: EpisodeRequest = {}): Promise<LiveEpisode> {
    if (this.#live.get(id)?.episode.finished === false) {
      throw new MynahError('ERR_EPISODE_EXISTS', `the episode ${id} is live; reset it, finish it, or take another id`, {
        id,
      });
    }
    this.#makeRoom(1);
    if (from === undefined) return this.#begin(id, labels ?? {}, resetEpisode(this.environment, start));
    const branch = this.#branch(from);
    return this.#begin(id, labels ?? branch.labels, branch.episode, branch.lines);
  }

  /**
   * Begins an episode anew, under the same id and labels. Its earlier log stays in the store, but the id no longer leads to it.
   *
   * @throws {MynahError} ERR_EPISODE_NOT_FOUND, ERR_TASK_NOT_FOUND, ERR_EPISODE_STORE, ERR_LIMIT_EPISODES, ERR_CALL_INVALID
   */
  async reset(id: string, start: EpisodeStart): Promise<LiveEpisode> {
    const live = this.#live.get(id);
    const { labels } = live ?? this.#stored(id);
    // One that is under way has its room.
    if (live === undefined || hasEnded(live.episode)) this.#makeRoom(1);
    return this.#begin(id, labels, resetEpisode(this.environment, start));
  }

  /**
   * New episodes that go on where this one stood after `at` steps (all of them, where it is absent).
   *
   * @throws {MynahError} ERR_EPISODE_NOT_FOUND, ERR_EPISODE_ENDED, ERR_CALL_INVALID
   */
  async fork(id: string, at: number | undefined, count: number): Promise<readonly LiveEpisode[]> {
    const { episode, lines, labels } = this.#branch({ episode: id, step: at });
    this.#makeRoom(count);
    return Promise.all(Array.from({ length: count }, () => this.#begin(this.#options.newId(), labels, episode, lines)));
  }

  #branch({ episode: id, step }: Moment): Branch {
    const { number, labels, episode } = this.#require(id);
    const { header, steps, clock } = this.#log(number);
    const kept = steps.slice(0, step);
    const set = clock?.filter(({ after }) => after <= kept.length);
    if (step !== undefined && step > steps.length) {
      throw new MynahError(
        'ERR_CALL_INVALID',
        `the episode ${id} has ${steps.length} steps, so nothing can go on from step ${step}`,
        { id, step },
      );
    }
    const past = set === undefined ? {} : { clock: set };
    // The present is at hand; the past is executed again.
    const isPresent = kept.length === steps.length && !episode.finished;
    const moment = isPresent ? episode : resumeEpisode(this.environment, { header, steps: kept, ...past });
    return { episode: moment, lines: linesOf({ steps: kept, ...past }).map(printLogLine), labels };
  }

  /** For agents: an id that nobody made has no episode, but for the default one, which is made on first use. */
  async answer(id: string, request: AddressedRequest): Promise<ClonedAnswer> {
    try {
      const live = id === DEFAULT_EPISODE ? this.#default() : this.#find(id);
      if (live === undefined)
        return { kind: this.#options.store.find(id)?.closed === true ? 'finished' : 'no-episode' };
      if (live.episode.finished) return { kind: 'finished' };
      const { response } = await this.#step(live, request);
      return { kind: 'answer', response };
    } catch (error) {
      if (!(error instanceof MynahError)) throw error;
      return { kind: error.code === 'ERR_EPISODE_ENDED' ? 'finished' : 'unavailable' };
    }
  }

  /**
   * For trainers: one step of an episode that has not ended. Resolves when it is stored.
   *
   * @throws {MynahError} ERR_EPISODE_NOT_FOUND, ERR_EPISODE_ENDED, ERR_EPISODE_STORE
   */
  async step(
    id: string,
    request: AddressedRequest,
  ): Promise<{ readonly line: StepLine; readonly response: HttpResponse }> {
    const live = this.#require(id);
    if (hasEnded(live.episode)) throw ended(id);
    return this.#step(live, request);
  }

  /**
   * Ends an episode; outcome and guard probes judge it. Resolves when that is stored.
   *
   * @throws {MynahError} ERR_EPISODE_NOT_FOUND, ERR_EPISODE_ENDED, ERR_EPISODE_STORE
   */
  async finish(id: string, answer: Json): Promise<{ readonly line: FinishLine; readonly episode: Episode }> {
    const live = this.#require(id);
    if (live.episode.finished) throw ended(id);
    const { episode, line } = finishEpisode(live.episode, answer);
    live.episode = episode;
    await this.#append(live, line);
    this.#counts.finished += 1;
    return { line, episode };
  }

  /** The clock of an episode. @throws {MynahError} ERR_EPISODE_NOT_FOUND */
  clock(id: string): EpisodeClock {
    return episodeClock(this.#require(id).episode);
  }

  /**
   * Sets the clock of an episode. Resolves when that is stored.
   *
   * @throws {MynahError} ERR_EPISODE_NOT_FOUND, ERR_EPISODE_ENDED, ERR_CALL_INVALID
   */
  async setClock(id: string, change: ClockChange): Promise<EpisodeClock> {
    const live = this.#require(id);
    const { episode, line } = setEpisodeClock(live.episode, change);
    live.episode = episode;
    await this.#append(live, line);
    return episodeClock(episode);
  }

  /** The episode, to look at. @throws {MynahError} ERR_EPISODE_NOT_FOUND */
  open(id: string): LiveEpisode {
    return this.#require(id);
  }

  /** Is there an episode of that id, live or stored? */
  has(id: string): boolean {
    return this.#live.has(id) || this.#options.store.find(id) !== undefined;
  }

  /** Lets an episode leave memory; it comes back from its log when somebody asks for it. */
  release(id: string): void {
    this.#live.delete(id);
  }

  /** @throws {MynahError} ERR_EPISODE_NOT_FOUND */
  summary(id: string): JsonObject {
    const live = this.#live.get(id);
    if (live !== undefined) return { id, labels: live.labels, ...summarizeEpisode(live.episode) };
    const { number, labels } = this.#stored(id);
    return { id, labels, ...summarizeLog(this.#log(number)) };
  }

  /** Summaries of the newest episodes, newest first, of those that have these labels. */
  list(limit: number, labels: Readonly<Record<string, string>>): readonly JsonObject[] {
    const wanted = Object.entries(labels);
    const stored = this.#options.store.list(limit, wanted);
    return stored.map(({ id, createdAt }) => ({ ...this.summary(id), created_at: createdAt }));
  }

  /** Entities by type, as they are now. @throws {MynahError} ERR_EPISODE_NOT_FOUND */
  world(id: string): JsonObject {
    const { episode } = this.#require(id);
    return worldEntities(this.environment.loaded, episode.world);
  }

  /** Lines of the log. @throws {MynahError} ERR_EPISODE_NOT_FOUND */
  log(id: string): readonly string[] {
    return this.#options.store.lines(this.#live.get(id)?.number ?? this.#stored(id).number);
  }

  /** The log as a value, with what is known besides. @throws {MynahError} ERR_EPISODE_NOT_FOUND */
  stored(id: string): { readonly log: EpisodeLog; readonly labels: LiveEpisode['labels'] } {
    const { number, labels } = this.#live.get(id) ?? this.#stored(id);
    return { log: this.#log(number), labels };
  }

  /** Forgets an episode and its log. @throws {MynahError} ERR_EPISODE_NOT_FOUND */
  remove(id: string): void {
    if (!this.#live.has(id)) this.#stored(id);
    this.#live.delete(id);
    this.#options.store.remove(id);
  }

  /** Ends with the server. The default episode ends with it too; others go on when the server comes back. */
  async end(): Promise<void> {
    const live = this.#live.get(DEFAULT_EPISODE);
    if (live !== undefined) await this.#options.store.close(live.number);
    this.#live.clear();
    this.#options.store.end();
  }

  async #begin(
    id: string,
    labels: LiveEpisode['labels'],
    episode: Episode,
    steps: readonly string[] = [],
  ): Promise<LiveEpisode> {
    const { live, stored } = this.#enter(id, labels, episode, steps);
    try {
      await stored;
    } catch (error) {
      this.#live.delete(id);
      throw error;
    }
    return live;
  }

  /** The default episode as it is, or a new one where there is none that can go on. */
  #default(): LiveEpisode {
    try {
      const live = this.#find(DEFAULT_EPISODE);
      if (live !== undefined) return live;
    } catch (error) {
      // Its log is from before the clone was compiled anew.
      if (!(error instanceof MynahError)) throw error;
    }
    // Its first step is stored after it, so nobody has to wait for it alone.
    const { live, stored } = this.#enter(
      DEFAULT_EPISODE,
      {},
      resetEpisode(this.environment, { seed: this.#options.defaultSeed ?? 0 }),
      [],
    );
    stored.catch(() => this.#live.delete(DEFAULT_EPISODE));
    return live;
  }

  #enter(id: string, labels: LiveEpisode['labels'], episode: Episode, steps: readonly string[]) {
    const { store, now } = this.#options;
    const createdAt = now();
    const { number, stored } = store.begin({ id, labels, createdAt }, [printLogLine(episode.header), ...steps]);
    this.#counts.created += 1;
    const secrets = this.#secretsOf(number);
    const live = { id, labels, createdAt, number, secrets, episode, usedAt: createdAt };
    this.#keep(live);
    if (this.#counts.created % CREATED_PER_SWEEP === 0) this.#forgetOldLogs();
    return { live, stored };
  }

  /** Ends what was idle for too long. @throws {MynahError} ERR_LIMIT_EPISODES when there is no room for `count` more */
  #makeRoom(count: number): void {
    const { limits: { episodesMax } = {} } = this.#options;
    // In order of last use: behind the first that is not idle, none is.
    for (const live of this.#live.values()) if (!this.#endIdle(live)) break;
    if (episodesMax === undefined) return;
    let underWay = 0;
    for (const { episode } of this.#live.values()) if (!hasEnded(episode)) underWay += 1;
    if (underWay + count <= episodesMax) return;
    throw new MynahError(
      'ERR_LIMIT_EPISODES',
      `${underWay} episodes are under way and this server allows ${episodesMax}; finish some, or start it with a higher --episodes-max`,
      { underWay, limit: episodesMax },
    );
  }

  /** Was it idle for too long? Then it cannot go on any more. */
  #endIdle(live: LiveEpisode): boolean {
    const { limits: { idleMs } = {}, now, store } = this.#options;
    if (idleMs === undefined || now() - live.usedAt <= idleMs) return false;
    this.#live.delete(live.id);
    void store.close(live.number).catch(() => undefined);
    return true;
  }

  #forgetOldLogs(): void {
    const { limits: { logsMax, logAgeMs } = {}, now, store } = this.#options;
    if (logsMax === undefined && logAgeMs === undefined) return;
    const since = logAgeMs === undefined ? undefined : now() - logAgeMs;
    store.forget({ countMax: logsMax, since }, new Set([...this.#live.values()].map(({ number }) => number)));
  }

  /** Puts an episode at the end of the order of use; the one that was used longest ago may have to leave memory. */
  #keep(live: LiveEpisode): LiveEpisode {
    this.#live.delete(live.id);
    this.#live.set(live.id, live);
    live.usedAt = this.#options.now();
    if (this.#live.size > liveEpisodesMax) this.#live.delete(this.#live.keys().next().value as string);
    return live;
  }

  async #step(
    live: LiveEpisode,
    request: AddressedRequest,
  ): Promise<{ readonly line: StepLine; readonly response: HttpResponse }> {
    const concealed = { ...live.secrets.conceal(request), origin: request.origin };
    const { episode, line } = stepEpisode(live.episode, concealed);
    live.episode = episode;
    this.#counts.steps[line.provenance] += 1;
    await this.#append(live, line);
    return { line, response: live.secrets.reveal(line.response) };
  }

  async #append(live: LiveEpisode, line: StepLine | ClockLine | FinishLine): Promise<void> {
    try {
      await this.#options.store.append(live.number, lineParts(line));
    } catch (error) {
      // What is in memory is ahead of the log now; the log is what counts, and the episode is rebuilt from it.
      this.#live.delete(live.id);
      throw error;
    }
  }

  #require(id: string): LiveEpisode {
    const live = this.#find(id);
    if (live !== undefined) return live;
    throw this.#options.store.find(id)?.closed === true ? ended(id) : notFound(id);
  }

  /** The episode in memory, or out of its log. */
  #find(id: string): LiveEpisode | undefined {
    const live = this.#live.get(id);
    if (live !== undefined && !this.#endIdle(live)) return this.#keep(live);
    const stored = this.#options.store.find(id);
    if (stored === undefined || stored.closed) return undefined;
    const { labels, createdAt, number } = stored;
    const episode = resumeEpisode(this.environment, this.#log(number));
    return this.#keep({ id, labels, createdAt, number, secrets: this.#secretsOf(number), episode, usedAt: 0 });
  }

  #stored(id: string) {
    const stored = this.#options.store.find(id);
    if (stored === undefined) throw notFound(id);
    return stored;
  }

  #log(number: number): EpisodeLog {
    return parseEpisodeLog(this.#options.store.lines(number).join('\n'));
  }

  #secretsOf(number: number): AgentSecrets {
    return new AgentSecrets({ hash: this.#options.hash, isIssued: (value) => this.#isIssued(number, value) });
  }

  /** Credentials of the model, words of a task, and what stands in the log: an agent has it from the clone. */
  #isIssued(number: number, value: string): boolean {
    const credentials = this.services.flatMap(({ principals }) =>
      principals.map(({ credential }) => credential?.value ?? ''),
    );
    if (credentials.some((credential) => credentialParts(credential).includes(value))) return true;
    if (this.environment.tasks.tasks.some(({ goal }) => goal.includes(value))) return true;
    const escaped = JSON.stringify(value).slice(1, -1);
    // In a header, in a body of JSON, and in a cookie or query.
    const spellings = [escaped, JSON.stringify(escaped).slice(1, -1), percentEncode(value)];
    return this.#options.store.lines(number).some((line) => spellings.some((spelling) => line.includes(spelling)));
  }
}

/** Old logs are looked for when so many episodes were made. */
const CREATED_PER_SWEEP = 256;

/** A credential as a header carries it: as a whole, without its scheme, and what Basic hides. */
function credentialParts(credential: string): readonly string[] {
  const secret = credential.replace(/^\S+\s+/, '');
  const basic = /^basic\s/i.test(credential) ? Buffer.from(secret, 'base64').toString('utf8') : '';
  return [credential, secret, ...basic.split(':')].filter((part) => part !== '');
}

function notFound(id: string): MynahError {
  return new MynahError('ERR_EPISODE_NOT_FOUND', `there is no episode ${id}; POST /episodes makes one`, { id });
}

function ended(id: string): MynahError {
  return new MynahError('ERR_EPISODE_ENDED', `the episode ${id} has ended; reset it, or make another`, { id });
}
