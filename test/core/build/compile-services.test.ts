import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN } from '../../../fixtures/wiki-service.ts';
import { compileServices, type Compiler } from '../../../src/core/build/compile-services.ts';
import { compile } from '../../../src/core/compiler/compile.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import { failureOf } from '../../support/failure.ts';

const wiki = recordWiki({ sessions: 2, steps: 20 });
const OTHER = 'http://other.example';

/** The wiki once more under another origin, in one recording. */
const both: Recording = {
  ...wiki,
  exchanges: [
    ...wiki.exchanges,
    ...wiki.exchanges.map((exchange) => ({ ...exchange, id: `o${exchange.id}`, origin: OTHER })),
  ],
};

/** The compiler, but for recordings that hold the origin. */
const brokenOn =
  (origin: string): Compiler =>
  (recordings) => {
    if (recordings.some(({ exchanges }) => exchanges.some((exchange) => exchange.origin === origin)))
      throw new TypeError('Cannot read properties of undefined');
    return compile(recordings);
  };

describe('compiling services', () => {
  it('gives a model, loaded, with nothing to say', () => {
    const { model, loaded, evidence, diagnostics } = compileServices([both]);
    expect(model.services.flatMap(({ origins }) => origins)).toEqual([WIKI_ORIGIN, OTHER]);
    expect(loaded.model).toBe(model);
    expect(evidence.length).toBeGreaterThan(10);
    expect(diagnostics).toEqual([]);
  });

  it('leaves out a service that the compiler fails on, and names it', () => {
    const { model, diagnostics } = compileServices([both], brokenOn(OTHER));
    expect(model.services.flatMap(({ origins }) => origins)).toEqual([WIKI_ORIGIN]);
    expect(diagnostics).toMatchObject([{ code: 'service-failed', severity: 'error', service: OTHER }]);
    expect(diagnostics[0]?.message).toContain('Cannot read properties of undefined');
    expect(diagnostics[0]?.exchanges?.[0]).toBe(`o${wiki.exchanges[0]?.id ?? ''}`);
  });

  it('leaves out a service whose model cannot be written or run', () => {
    const unprintable: Compiler = (recordings) => {
      const compilation = compile(recordings);
      const services = compilation.model.services.map((service) =>
        service.origins.includes(OTHER)
          ? { ...service, entities: [{ name: '', key: [], views: {} }, ...service.entities] }
          : service,
      );
      return { ...compilation, model: { ...compilation.model, services } };
    };
    const { model, diagnostics } = compileServices([both], unprintable);
    expect(model.services.flatMap(({ origins }) => origins)).toEqual([WIKI_ORIGIN]);
    expect(diagnostics).toMatchObject([{ code: 'service-failed', service: OTHER }]);
  });

  it('fails with a message of its own when nothing is left', () => {
    const failure = failureOf(() => compileServices([wiki], brokenOn(WIKI_ORIGIN)));
    expect(failure.code).toBe('ERR_COMPILE_FAILED');
    expect(failure.message).toContain(WIKI_ORIGIN);
  });
});
