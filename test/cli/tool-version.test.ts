import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { TOOL_VERSION } from '../../src/cli/tool-version.ts';

it('the version is that of the package', () => {
  expect(TOOL_VERSION).toBe(manifest.version);
});
