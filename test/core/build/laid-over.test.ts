import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN } from '../../../fixtures/wiki-service.ts';
import { buildClone, type CloneBuild } from '../../../src/core/build/clone-build.ts';
import { applyOverrides, rulesOf } from '../../../src/core/model/overrides.ts';
import { initialWorld, loadModel, step } from '../../../src/core/runtime/step.ts';

const wiki = recordWiki({ sessions: 6, steps: 30 });

function build(present: ReadonlyMap<string, string> = new Map()): CloneBuild {
  const stages = buildClone([wiki], { folds: 0, present });
  for (;;) {
    const next = stages.next();
    if (next.done === true) return next.value;
  }
}

const first = build();
const override = (text: string, files: ReadonlyMap<string, string> = first.files): ReadonlyMap<string, string> =>
  new Map([...files, ['overrides/mine.yaml', text]]);

/** Id of the rule that answers that request in the world at reset. */
function ruleFor(method: string, target: string): string {
  const loaded = loadModel(first.model);
  const headers = [['authorization', 'Bearer token-of-ada']] as const;
  const request = { origin: WIKI_ORIGIN, method, target, headers };
  return step(loaded, initialWorld(loaded, 1), request).transition.rules[0] ?? '';
}

const unknownUser = ruleFor('GET', '/users/eve');

describe('an override', () => {
  it('is not written into the compiled files, and measured as it will be served', () => {
    const wrong = build(override(`- rule: ${unknownUser}\n  reply: { status: 418 }\n`));
    expect([...wrong.files].filter(([path]) => path.includes('routes/'))).toEqual(
      [...first.files].filter(([path]) => path.includes('routes/')),
    );
    const reproduced = (built: CloneBuild): number | null | undefined =>
      built.report.routes.find(({ route }) => route === 'GET /users/{user}')?.reproduced;
    expect(reproduced(first)).toBe(1);
    expect(reproduced(wrong)).toBeLessThan(1);
    expect(wrong.report.diagnostics).toEqual([]);
  });

  it('that is locked and that recorded exchanges contradict is told, with the exchanges', () => {
    const { report } = build(override(`- rule: ${unknownUser}\n  reply: { status: 418 }\n  locked: true\n`));
    expect(report.diagnostics).toMatchObject([
      {
        code: 'lock-contradicted',
        severity: 'warning',
        service: 'wiki.example',
        exchanges: expect.any(Array) as unknown,
      },
    ]);
    const ids = new Set(wiki.exchanges.map(({ id }) => id));
    expect(report.diagnostics[0]?.exchanges?.every((id) => ids.has(id))).toBe(true);
  });

  it('of a rule that the clone does not have any more is an error that says where it stands', () => {
    const { report } = build(override('- rule: GET /nothing 200\n  locked: true\n'));
    expect(report.diagnostics).toMatchObject([{ code: 'override-unmatched', severity: 'error' }]);
    expect(report.diagnostics[0]?.message).toContain('overrides/mine.yaml:1:');
  });
});

describe('a rule that is locked without saying how it is', () => {
  const lock = `- rule: ${unknownUser}\n  locked: true\n`;

  it('stays as the last compile wrote it, though recordings say otherwise', () => {
    const edited = new Map(
      [...first.files].map(([path, text]) => [path, text.replaceAll('no user ', 'nobody is called ')]),
    );
    const again = build(override(lock, edited));
    const rule = again.model.services.flatMap(rulesOf).find(({ id }) => id === unknownUser);
    expect(JSON.stringify(rule)).toContain('nobody is called ');
    expect(again.report.diagnostics).toMatchObject([{ code: 'lock-contradicted' }]);
    expect(applyOverrides(again.model, override(lock)).services.flatMap(rulesOf)).toContainEqual(
      expect.objectContaining({ id: unknownUser, locked: true }),
    );
  });

  it('changes nothing where the recordings still say so', () => {
    const again = build(override(lock));
    expect([...again.files].filter(([path]) => path.includes('routes/'))).toEqual(
      [...first.files].filter(([path]) => path.includes('routes/')),
    );
    expect(again.report.diagnostics).toEqual([]);
  });
});
