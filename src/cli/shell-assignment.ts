// Lines by which a shell sets environment variables, in the language of that shell.

const LINES = {
  sh: (name: string, value: string) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  fish: (name: string, value: string) => `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
  powershell: (name: string, value: string) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
} as const;

export type Shell = keyof typeof LINES;

export const SHELLS = Object.keys(LINES) as readonly Shell[];

/** The shell that a login shell's path names; `sh` stands for all that read its language. */
export function shellOf(path: string | undefined): Shell {
  if (path?.endsWith('/fish')) return 'fish';
  return path?.endsWith('/pwsh') ? 'powershell' : 'sh';
}

/** One line each, ready to be evaluated. */
export function shellAssignments(shell: Shell, variables: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(variables)
    .map(([name, value = '']) => `${LINES[shell](name, value)}\n`)
    .join('');
}
