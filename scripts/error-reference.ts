// Prints docs/reference/errors.md from the table of error codes. Run `npm run docs` after changing the table; a test compares.
import { writeFileSync } from 'node:fs';
import { ERROR_CODES, type ErrorSpec } from '../src/core/std/error-codes.ts';

/** The page, with one row a code, sorted by code. */
export function errorReference(codes: Readonly<Record<string, ErrorSpec>>): string {
  const rows = Object.entries(codes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { exit, status, title }]) => `| \`${code}\` | ${exit} | ${status ?? ''} | ${title} |`);
  return `# Errors

Made from \`src/core/std/error-codes.ts\` by \`npm run docs\`; do not edit.

A command that fails prints one line, \`mynah: CODE: what, which value, what to do next\`, and exits with the code of the table.
A server answers with the status, on the control plane as problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) whose
\`code\` is the code. Codes are stable: a script may rely on them, not on the text.

Exit codes: 0 done, 1 a finding or a failed check, 2 usage, configuration, unusable input or environment, 3 inconclusive, 130
interrupted, 70 a defect of Mynah.

| code | exit | status | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

if (import.meta.filename === process.argv[1]) {
  writeFileSync(new URL('../docs/reference/errors.md', import.meta.url), errorReference(ERROR_CODES));
}
