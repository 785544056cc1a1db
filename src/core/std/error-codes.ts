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
  ERR_JSON_SYNTAX: { exit: 2, status: 400, title: 'A text is not valid JSON.' },
  ERR_EXPRESSION_SYNTAX: { exit: 2, title: 'A CEL expression does not parse.' },
  ERR_TEMPLATE_SHAPE: { exit: 2, title: 'A template has a form that means nothing.' },
  ERR_ROUTE_PATH: { exit: 2, title: 'The path of a route is malformed.' },
  ERR_CLONE_FILE: { exit: 2, title: 'A file of a clone is malformed.' },
  ERR_CLONE_NOT_FOUND: { exit: 2, title: 'A folder that was named is not a clone.' },
  ERR_MODEL_NAME: {
    exit: 2,
    title: 'A rule of a clone names an entity type or a document that the clone does not have.',
  },
  ERR_MODEL_SEED: { exit: 2, title: 'The initial state of a clone holds one entity twice.' },
  ERR_LIMIT_ENTITIES: { exit: 2, status: 507, title: 'A world would hold more entities than it may.' },
  ERR_CLONE_FORMAT: { exit: 2, title: 'A clone has a format version that this Mynah does not read.' },
  ERR_RECORDING_NOT_FOUND: { exit: 2, title: 'There is no recording at this path.' },
  ERR_RECORDING_DAMAGED: { exit: 2, title: 'A file is not a readable recording.' },
  ERR_RECORDING_FORMAT: {
    exit: 2,
    title: 'A recording was written by a version of mynah that this one does not know.',
  },
  ERR_HAR_SHAPE: { exit: 2, title: 'A file is not an HTTP Archive.' },
  ERR_UPSTREAM_REFUSED: {
    exit: 2,
    status: 502,
    title: 'The server being recorded refused the connection, or its name is unknown.',
  },
  ERR_UPSTREAM_RESET: {
    exit: 2,
    status: 502,
    title: 'The server being recorded closed the connection before its answer was whole.',
  },
  ERR_UPSTREAM_MALFORMED: { exit: 2, status: 502, title: 'The server being recorded sent what is not HTTP.' },
  ERR_UPSTREAM_CERTIFICATE: {
    exit: 2,
    status: 502,
    title: 'The certificate of the server being recorded cannot be trusted.',
  },
  ERR_UPSTREAM_TIMEOUT: { exit: 2, status: 504, title: 'The server being recorded did not answer in time.' },
  ERR_CLIENT_CLOSED: {
    exit: 2,
    status: 499,
    title: 'The client closed the connection before it had the whole answer.',
  },
  ERR_REQUEST_MALFORMED: {
    exit: 2,
    status: 400,
    title: 'A request is not valid HTTP, or not one that this listener can pass on.',
  },
  ERR_REQUEST_TIMEOUT: { exit: 2, status: 408, title: 'A client took too long to send a request.' },
  ERR_REQUEST_TOO_LARGE: { exit: 2, status: 413, title: 'The body of a request is over the limit.' },
  ERR_HEADERS_TOO_LARGE: { exit: 2, status: 431, title: 'The headers of a request are over the limit.' },
  ERR_KEY_DAMAGED: { exit: 2, title: 'The key behind the pseudonyms of the user cannot be used.' },
  ERR_CERTIFICATE_AUTHORITY: { exit: 2, title: 'The certificate authority in the folder of the user cannot be used.' },
  ERR_COMMAND_NOT_FOUND: { exit: 2, title: 'A command that was to be run cannot be started.' },
  ERR_TRUST_STORE: { exit: 2, title: 'The certificates that the system trusts cannot be changed.' },
  ERR_PROXY_LOOP: { exit: 2, status: 508, title: 'A request would make the recorder ask itself.' },
  ERR_WRITE_REFUSED: {
    exit: 2,
    status: 403,
    title: 'The write guard of the recorder keeps a request from its server.',
  },
  ERR_REDACTION_RULES: { exit: 2, title: 'A file of rules about secrets is malformed.' },
  ERR_BUDGET_SPENT: { exit: 2, status: 429, title: 'The recorder has passed on as many requests as it may.' },
  ERR_PROBE_FILE: { exit: 2, title: 'A file of probes is malformed.' },
  ERR_TASK_FILE: { exit: 2, title: 'A file of tasks is malformed.' },
  ERR_TASK_NOT_FOUND: { exit: 2, status: 404, title: 'The clone has no task of that name.' },
  ERR_EPISODE_LOG: { exit: 2, title: 'A text is not an episode log.' },
  ERR_EPISODE_STORE: { exit: 2, status: 500, title: 'Episode logs cannot be read or written.' },
  ERR_EPISODE_NOT_FOUND: { exit: 2, status: 404, title: 'There is no episode of that id.' },
  ERR_EPISODE_EXISTS: { exit: 2, status: 409, title: 'An episode of that id is live.' },
  ERR_EPISODE_ENDED: { exit: 2, status: 409, title: 'The episode has ended.' },
  ERR_LIMIT_EPISODES: { exit: 2, status: 429, title: 'As many episodes are under way as the server allows.' },
  ERR_MODEL_MISMATCH: { exit: 2, status: 409, title: 'A log was made by another model than the one at hand.' },
  ERR_REPLAY_DIFFERS: { exit: 1, title: 'Executing a log again gave other answers.' },
  ERR_CALL_INVALID: { exit: 2, status: 400, title: 'A call of the control plane is malformed.' },
  ERR_CALL_UNKNOWN: { exit: 2, status: 404, title: 'The control plane has no such resource.' },
  ERR_CALL_METHOD: { exit: 2, status: 405, title: 'The resource does not have that method.' },
  ERR_CALL_UNAUTHORIZED: { exit: 2, status: 401, title: 'The control plane wants its token.' },
  ERR_CALL_FORBIDDEN: { exit: 2, status: 403, title: 'The control plane does not serve pages of other sites.' },
  ERR_TOOL_ARGUMENTS: { exit: 2, status: 400, title: 'A tool was called with arguments that it does not take.' },
  ERR_BODY_TOO_LARGE: { exit: 2, status: 413, title: 'A request body is over the limit.' },
  ERR_EXTERN: { exit: 2, title: 'A function that was to be lent to a clone cannot be used.' },
  ERR_NO_EXCHANGES: { exit: 2, title: 'Recordings hold no exchange that could be learnt from.' },
  ERR_COMPILE_FAILED: { exit: 2, title: 'No service of the recordings could be compiled.' },
  ERR_WORKER_DIED: {
    exit: 2,
    status: 503,
    title: 'A process of a server with several has ended; another one takes its place.',
  },
  ERR_WORKERS_CHANGED: { exit: 2, title: 'Episode logs were made by another number of workers.' },
  ERR_TOKEN_REQUIRED: { exit: 2, title: 'A control plane that other machines can reach needs a token.' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERROR_CODES;
