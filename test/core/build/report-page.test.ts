import { describe, expect, it } from 'vitest';
import type { CloneReport } from '../../../src/core/build/clone-report.ts';
import { printReportPage } from '../../../src/core/build/report-page.ts';
import { routeReport } from '../../support/reports.ts';

const miss = {
  exchange: '1.4',
  session: 'one',
  request: 'GET /a?q=x|y',
  provenance: 'synthesised',
  rules: ['GET /a 200'],
  path: '$.total',
  expected: '3',
  actual: '`4`',
} as const;

const report: CloneReport = {
  format_version: 1,
  services: [{ name: 'api.example', origins: ['https://api.example'], routes: 2 }],
  sessions: 1,
  totals: {
    exchanges: 12,
    reproduced: 0.9167,
    reproduced_status: 1,
    by_session: 0.95,
    held_out_exchanges: 4,
    held_out: 0.5,
    held_out_status: 0.75,
    routes: 2,
    silently_wrong: 0.25,
    unknown: 0.25,
    folds: 1,
  },
  routes: [
    routeReport('GET /a', { 200: 10 }, { reproduced: 0.9, held_out: 0.5, held_out_exchanges: 4, misses: [miss] }),
    routeReport('GET /b|c', { 200: 2 }, { pooled_rules: 1 }),
  ],
  hints: ['Ask `GET /a` again.'],
  diagnostics: [{ code: 'truncated', severity: 'warning', message: '1 exchange was cut.' }],
};

describe('the page of a report', () => {
  const page = printReportPage(report);

  it('says at once how much is right', () => {
    expect(page.split('\n').slice(0, 9)).toEqual([
      '# What this clone knows',
      '',
      'Compiled from 12 answered exchanges of 1 session with https://api.example: 2 routes.',
      '',
      '- reproduced from the start: **91.7 %** (status alone 100.0 %)',
      '- reproduced session by session: **95.0 %**',
      '- right on 4 held-out exchanges: **50.0 %** (status alone 75.0 %)',
      '- wrong without saying so: 25.0 % · said to be unknown: 25.0 %',
      '',
    ]);
  });

  it('has a row for each route, whatever is in its path', () => {
    expect(page).toContain('| `GET /a` | 10 | 90.0 % | 100.0 % | 50.0 % of 4 | 200 ×10 |');
    expect(page).toContain('| `GET /b\\|c` | 2 | 100.0 % | 100.0 % | – | 200 ×2 |');
  });

  it('names what is thin, pooled, wrong and worth recording', () => {
    expect(page).toContain(
      '## Thin evidence\n\nAnswers seen fewer than 3 times: what they depend on is a guess.\n\n- `GET /b\\|c` 200: 2\n',
    );
    expect(page).toContain('- `GET /b\\|c`: 1 rule\n');
    expect(page).toContain('- 1.4 `GET /a?q=x\\|y` at `$.total`: recorded `3`, clone `` `4` ``\n');
    expect(page).toContain('- Ask `GET /a` again.\n');
    expect(page).toContain('- warning: 1 exchange was cut.\n');
  });

  it('leaves out sections with nothing in them', () => {
    const bare = printReportPage({ ...report, routes: [], hints: [], diagnostics: [] });
    expect(bare).not.toMatch(/## (?:Thin|Answers|Not|What|Diagnostics)/);
    expect(bare).toContain('## How to read this');
  });

  it('says that nothing was measured where nothing was', () => {
    expect(printReportPage({ ...report, totals: { ...report.totals, held_out: null } })).toContain('not measured');
  });
});
