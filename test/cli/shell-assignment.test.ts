import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellAssignments, shellOf } from '../../src/cli/shell-assignment.ts';

const AWKWARD = { A: `it's "$HOME" \\ \`x\``, B: '', C: 'a b' };

describe('assignments of a shell', () => {
  it('give sh the values as they are', () => {
    const shown = execFileSync('sh', ['-c', `${shellAssignments('sh', AWKWARD)}printf '%s|' "$A" "$B" "$C"`], {
      encoding: 'utf8',
    });
    expect(shown).toBe(`${AWKWARD.A}||a b|`);
  });

  it('are in the language of fish and PowerShell too', () => {
    expect(shellAssignments('fish', { A: `it's \\` })).toBe("set -gx A 'it\\'s \\\\'\n");
    expect(shellAssignments('powershell', { A: "it's" })).toBe("$env:A = 'it''s'\n");
  });

  it('are those of the login shell', () => {
    expect(['/usr/bin/fish', '/opt/pwsh', '/bin/zsh', undefined].map(shellOf)).toEqual([
      'fish',
      'powershell',
      'sh',
      'sh',
    ]);
  });
});
