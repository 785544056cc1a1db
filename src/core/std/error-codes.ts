// Every failure a user can meet: a stable code, its exit code, its HTTP status on the control plane, and what it means.
// docs/reference/errors.md is made from this table.

export interface ErrorSpec {
  /** Exit code of the command: 2 usage, configuration, unusable input or environment; 3 inconclusive. */
  readonly exit: 1 | 2 | 3;
  /** HTTP status where a server answers with it. */
  readonly status?: number;
  readonly title: string;
}

export const ERROR_CODES = {
  ERR_USAGE: { exit: 2, title: 'The command line is not understood.' },
  ERR_FILE_NOT_FOUND: { exit: 2, title: 'A file that was named does not exist.' },
  ERR_FILE_UNWRITABLE: { exit: 2, title: 'A file or folder cannot be written.' },
  ERR_PORT_IN_USE: { exit: 2, title: 'Another process listens on this address already.' },
  ERR_EXPRESSION_SYNTAX: { exit: 2, title: 'A CEL expression does not parse.' },
  ERR_ROUTE_PATH: { exit: 2, title: 'The path of a route is malformed.' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERROR_CODES;
