// docs/guide/compile.md names what there is.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EVIDENCE_FILE } from '../../src/core/build/evidence-lines.ts';
import { PASS_NAMES } from '../../src/core/build/pass-results.ts';
import { REPORT_FILE } from '../../src/core/build/report-page.ts';
import { SHAPES_FILE } from '../../src/core/model/shapes-file.ts';

const page = readFileSync(new URL('../../docs/guide/compile.md', import.meta.url), 'utf8');

it('the guide to compiling names every pass that can be looked at, in order', () => {
  expect(page).toMatch(new RegExp(PASS_NAMES.map((name) => `\`${name}\``).join(',\\s+')));
});

it('the guide to compiling names every file beside the model', () => {
  for (const file of [REPORT_FILE, EVIDENCE_FILE, SHAPES_FILE]) expect(page).toContain(`| \`${file}\``);
});
