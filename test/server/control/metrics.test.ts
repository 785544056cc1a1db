import { describe, expect, it } from 'vitest';
import { printMetrics } from '../../../src/server/control/metrics.ts';

describe('metrics', () => {
  it('are lines of Prometheus text, each sample under its help and type', () => {
    const text = printMetrics({
      live: 2,
      created: 3,
      finished: 1,
      steps: { synthesised: 5, pooled: 4, replayed: 3, unknown: 2, injected: 1 },
    });
    expect(text.endsWith('\n')).toBe(true);
    const names = text
      .trimEnd()
      .split('\n')
      .map((line) => /^(?:# (HELP|TYPE) )?(\w+)/.exec(line)?.slice(1).join(' ').trim());
    expect(names).toEqual(
      ['live', 'created_total', 'finished_total']
        .flatMap((name) => ['HELP ', 'TYPE ', ''].map((kind) => `${kind}mynah_episodes_${name}`))
        .concat('HELP mynah_steps_total', 'TYPE mynah_steps_total', ...Array<string>(5).fill('mynah_steps_total')),
    );
    expect(text).toContain('mynah_steps_total{provenance="pooled"} 4\n');
  });
});
