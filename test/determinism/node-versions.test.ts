// Equal bytes on every version of Node that is supported, through `mynah/core`, which loads without SQLite.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { printCloneFiles } from '../../src/core/model/files-print.ts';
import { sha256Hex } from '../../src/core/std/hashing.ts';
import { nodeProgram } from '../support/node-versions.ts';
import { shopModel } from '../support/shop-model.ts';
import { shopRequests } from '../support/shop-requests.ts';

const script = fileURLToPath(new URL('play-episodes.mjs', import.meta.url));
const input = join(mkdtempSync(join(tmpdir(), 'mynah-versions-')), 'input.json');

function play(program: string): string {
  return execFileSync(program, [script, input], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

describe('the logs of 64 episodes side by side', () => {
  beforeAll(() => {
    const files = Object.fromEntries(printCloneFiles(shopModel));
    const seeds = Array.from({ length: 64 }, (_none, seed) => seed);
    const origin = shopModel.services[0]?.origins[0];
    writeFileSync(input, JSON.stringify({ files, origin, requests: shopRequests, seeds }));
  });

  it('are those that earlier versions gave', () => {
    const logs = play(process.execPath);
    expect(logs.split('\n\n')).toHaveLength(64);
    // But for the digest of the model, which says how files are printed.
    expect(sha256Hex(logs.replaceAll(/"model":"[0-9a-f]{64}"/g, ''))).toBe(
      '4d38979df6a42f045d945765adc01a1663f515e5f5e2454f06c72f6146e9048e',
    );
  });

  it.each([22, 24] as const)('are byte-equal on Node %d', { timeout: 300_000 }, (major) => {
    const program = nodeProgram(major);
    expect(execFileSync(program, ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${major}\\.`));
    expect(sha256Hex(play(program))).toBe(sha256Hex(play(process.execPath)));
  });
});
