// Equal model, seed and requests give equal bytes: against a fixed run, and however many episodes run beside it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadModel, worldDigest, type World } from '../../src/core/runtime/step.ts';
import { sha256Hex } from '../../src/core/std/hashing.ts';
import { CloneClient } from '../support/clone-client.ts';
import { shopModel } from '../support/shop-model.ts';
import { shopRequests as requests, type Sent } from '../support/shop-requests.ts';

const shop = loadModel(shopModel);

/** One line a request: the answer, its transition, the digest of the world after it. */
function lineOf(client: CloneClient, [method, target, body]: Sent): string {
  const { status, headers, body: answer, transition } = client.send(method, target, body);
  return JSON.stringify([status, headers, answer, transition, worldDigest(client.loaded, client.world)]);
}

function play(seed: number): readonly string[] {
  const client = new CloneClient(shop, seed);
  return requests.map((request) => lineOf(client, request));
}

/** Any of the requests, at one of two episodes that began as one; which were forked from each other meanwhile. */
const arbitraryTurns = fc.array(
  fc.record({ request: fc.constantFrom(...requests), at: fc.nat(1), fork: fc.boolean() }),
  { minLength: 8, maxLength: 24 },
);

describe('a run', () => {
  it('is the one that earlier versions gave: another one needs another RUNTIME_VERSION', () => {
    expect(sha256Hex(play(42).join('\n'))).toBe('26a55a8b7823b0f2414e49d8a506000eb0a0006bba5d16cb3724e7d656ec909e');
  });

  it('is the same beside 63 others, in whatever order they take turns', () => {
    const clients = Array.from({ length: 64 }, (_, seed) => new CloneClient(shop, seed));
    const lines = clients.map((): string[] => []);
    requests.forEach((request, turn) => {
      clients.forEach((_, index) => {
        const at = (index * 37 + turn * 11) % clients.length;
        lines[at]?.push(lineOf(clients[at] as CloneClient, request));
      });
    });
    expect(lines).toEqual(clients.map((_, seed) => play(seed)));
  });

  it('does not depend on what is remembered of other steps', () => {
    fc.assert(
      fc.property(arbitraryTurns, (turns) => {
        const worlds = [shop.start, shop.start];
        for (const { request, at, fork } of turns) {
          const world = worlds[at] as World;
          const [warm, cold] = [shop, loadModel(shopModel)].map((loaded) => new CloneClient(loaded, 0, world));
          expect(lineOf(warm as CloneClient, request)).toBe(lineOf(cold as CloneClient, request));
          worlds[at] = (warm as CloneClient).world;
          if (fork) worlds[1 - at] = worlds[at];
        }
      }),
      { numRuns: 25 },
    );
  });
});
