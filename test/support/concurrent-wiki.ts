// The wiki with several clients at once: whose turn it is is drawn, requests overlap in time, and the recording holds them in
// the order in which their answers ended, which need not be the one in which the wiki dealt with them.
import { walkWiki } from '../../fixtures/wiki-recording.ts';
import { draw, WIKI_ORIGIN, WikiService } from '../../fixtures/wiki-service.ts';
import type { Exchange, HttpRequest, HttpResponse } from '../../src/core/exchange/exchange.ts';
import type { Recording } from '../../src/core/recording/recording.ts';

export interface Crowd {
  readonly clients: number;
  /** Clients whose requests nobody records, besides. */
  readonly outsiders?: number;
  /** Of each client. */
  readonly sessions: number;
  readonly steps: number;
  /** How long before and after the wiki dealt with it a request may begin and end, at most; the wiki takes 250 for each. */
  readonly overlapMs: number;
}

export function recordCrowd({ clients, outsiders = 0, sessions, steps, overlapMs }: Crowd): Recording {
  const wiki = new WikiService(1);
  let draws = 0;
  const chance = (): number => draw(++draws);
  const exchanges: Exchange[] = [];
  const names: string[] = [];
  for (let round = 0; round < sessions; round += 1) {
    let walkers = Array.from({ length: clients + outsiders }, (_each, client) => ({
      name: `client-${client + 1} session-${round + 1}`,
      isRecorded: client < clients,
      seed: 5000 + round * (clients + outsiders) + client,
      answers: [] as HttpResponse[],
    }));
    names.push(...walkers.filter(({ isRecorded }) => isRecorded).map(({ name }) => name));
    while (walkers.length > 0) {
      const walker = walkers[Math.floor(chance() * walkers.length)] as (typeof walkers)[number];
      const request = nextRequest(walker.seed, steps, walker.answers);
      if (request === undefined) {
        walkers = walkers.filter((each) => each !== walker);
        continue;
      }
      const response = wiki.answer(request);
      walker.answers.push(response);
      if (!walker.isRecorded) continue;
      const [startedAt, endedAt] = [wiki.now - chance() * overlapMs, wiki.now + chance() * overlapMs].map(
        Math.round,
      ) as [number, number];
      exchanges.push({ id: '', session: walker.name, origin: WIKI_ORIGIN, startedAt, endedAt, request, response });
    }
  }
  return {
    formatVersion: 1,
    toolVersion: 'fixture',
    createdAt: exchanges[0]?.startedAt ?? 0,
    sessions: names.map((name) => ({ name, start: 'continues' })),
    exchanges: exchanges
      .sort((a, b) => a.endedAt - b.endedAt)
      .map((exchange, index) => ({ ...exchange, id: `1.${index + 1}` })),
  };
}

/** What a walk asks next, after these answers; undefined at its end. */
function nextRequest(seed: number, steps: number, answers: readonly HttpResponse[]): HttpRequest | undefined {
  const asked: HttpRequest[] = [];
  try {
    walkWiki(
      (request) => {
        asked.push(request);
        const answer = answers[asked.length - 1];
        if (answer === undefined) throw new Unanswered();
        return answer;
      },
      seed,
      steps,
    );
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return asked.at(-1);
  }
  return undefined;
}

class Unanswered extends Error {}
