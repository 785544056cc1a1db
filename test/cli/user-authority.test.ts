import { expect, it } from 'vitest';
import { userAuthority } from '../../src/cli/user-authority.ts';
import { temporaryFolder } from '../support/recorder.ts';

it("the user's authority is made on first use, and is the same for every verb", async () => {
  const home = temporaryFolder();
  const first = await userAuthority(home);
  expect((await userAuthority(home)).certificate).toBe(first.certificate);
  expect((await first.leafFor('a.test')).certificate).toContain('BEGIN CERTIFICATE');
});
