// The wiki and its clone under one contract: the same client, sent to both on walks that were never recorded.
import { describe, expect, it } from 'vitest';
import { recordWiki, walkWiki } from '../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN, WikiService } from '../../fixtures/wiki-service.ts';
import { compileServices } from '../../src/core/build/compile-services.ts';
import type { HttpRequest, HttpResponse } from '../../src/core/exchange/exchange.ts';
import { viewBody } from '../../src/core/exchange/request-view.ts';
import { compareExchange, type Comparison } from '../../src/core/fidelity/compare-exchange.ts';
import { Correspondence } from '../../src/core/fidelity/correspondence.ts';
import { initialWorld, step } from '../../src/core/runtime/step.ts';

const { loaded } = compileServices([recordWiki({ sessions: 12, steps: 40 })]);

interface Step {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** What a client asks and gets; ids in its requests are those that its own side gave out. */
function walk(seed: number, answer: (request: HttpRequest) => HttpResponse): readonly Step[] {
  const steps: Step[] = [];
  walkWiki(
    (request) => {
      const response = answer(request);
      steps.push({ request, response });
      return response;
    },
    seed,
    40,
  );
  return steps;
}

function compareWalks(seed: number): readonly (Comparison & { readonly asked: string })[] {
  const wiki = new WikiService(seed);
  let world = initialWorld(loaded, seed);
  const there = walk(seed, (request) => wiki.answer(request));
  const here = walk(seed, (request) => {
    const result = step(loaded, world, { ...request, origin: WIKI_ORIGIN });
    world = result.world;
    return result.response;
  });
  const correspondence = new Correspondence();
  return there.map(({ request, response }, index) => {
    const comparison = compareExchange(response, here[index]?.response as HttpResponse, {
      correspondence,
      aroundMs: wiki.now,
    });
    correspondence.noteServed(viewBody(response.body, response.headers).body);
    return { ...comparison, asked: `${request.method} ${request.target}` };
  });
}

describe('the clone of the wiki', () => {
  const steps = [501, 502, 503, 504, 505].flatMap(compareWalks);

  it('answers sequences that were never recorded with the right status', () => {
    expect(steps.filter(({ status }) => !status).map(({ asked }) => asked)).toEqual([]);
  });

  it('answers nearly all of them right to the last value', () => {
    const misses = steps.filter(({ body }) => !body).map(({ asked, differences: [first] }) => ({ asked, ...first }));
    expect(misses.length / steps.length, JSON.stringify(misses.slice(0, 5))).toBeLessThanOrEqual(0.03);
  });
});
