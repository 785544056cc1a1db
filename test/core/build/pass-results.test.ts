import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN } from '../../../fixtures/wiki-service.ts';
import { PASS_NAMES, passResults } from '../../../src/core/build/pass-results.ts';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { printYaml } from '../../../src/core/model/yaml-text.ts';
import type { Json } from '../../../src/core/std/json.ts';
import { failureOf } from '../../support/failure.ts';

const wiki = recordWiki({ sessions: 4, steps: 30 });
const after = (pass: string): Json => passResults([wiki], pass)[WIKI_ORIGIN] as Json;

describe('the result of a pass', () => {
  it.each(PASS_NAMES)('%s can be read as text and as JSON', (pass) => {
    const result = after(pass);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(printYaml(result).length).toBeGreaterThan(2);
  });

  it('shows what the pass found', () => {
    expect(after('normalise')).toHaveLength(wiki.exchanges.length);
    expect(after('routes')).toHaveProperty(['GET /users'], { calls: expect.any(Number) as number, paths: ['/users'] });
    expect(after('entities')).toContainEqual(expect.objectContaining({ name: 'Page', key: ['id'] }));
    expect(after('timeline')).toContainEqual(expect.objectContaining({ type: 'Page', key: '1', origin: 'seed' }));
    expect(after('principals')).toHaveLength(3);
    expect(after('outcomes')).toHaveProperty(['POST /pages']);
    expect(after('model')).toMatchObject({ origins: [WIKI_ORIGIN] });
  });

  it('is one for each service', () => {
    const other = { ...(wiki.exchanges[0] as Exchange), id: 'o', origin: 'http://other.example' };
    const results = passResults([{ ...wiki, exchanges: [...wiki.exchanges, other] }], 'routes');
    expect(Object.keys(results)).toEqual([WIKI_ORIGIN, 'http://other.example']);
  });

  it('of a pass that does not exist names those that do', () => {
    const failure = failureOf(() => passResults([wiki], 'constructor'));
    expect(failure.code).toBe('ERR_USAGE');
    expect(failure.message).toContain('normalise, routes');
  });
});
