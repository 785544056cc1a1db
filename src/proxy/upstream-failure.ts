// What went wrong on the way to the upstream, as a stable code with a message for the client and the recording.
import type { ErrorCode } from '../core/std/error-codes.ts';

export interface UpstreamFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

const BY_CODE: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'ERR_UPSTREAM_REFUSED',
  ENOTFOUND: 'ERR_UPSTREAM_REFUSED',
  EAI_AGAIN: 'ERR_UPSTREAM_REFUSED',
  EHOSTUNREACH: 'ERR_UPSTREAM_REFUSED',
  ENETUNREACH: 'ERR_UPSTREAM_REFUSED',
  ERR_UPSTREAM_TUNNEL: 'ERR_UPSTREAM_REFUSED',
  ETIMEDOUT: 'ERR_UPSTREAM_TIMEOUT',
  UND_ERR_CONNECT_TIMEOUT: 'ERR_UPSTREAM_TIMEOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ERR_UPSTREAM_TIMEOUT',
  UND_ERR_BODY_TIMEOUT: 'ERR_UPSTREAM_TIMEOUT',
  ERR_HTTP2_ERROR: 'ERR_UPSTREAM_MALFORMED',
  UND_ERR_HEADERS_OVERFLOW: 'ERR_UPSTREAM_MALFORMED',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ERR_UPSTREAM_RESET',
};

const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS|ERR_SSL|EPROTO/;

const MEANING: Partial<Record<ErrorCode, string>> = {
  ERR_UPSTREAM_REFUSED: 'cannot be reached; is it running, and is its address right?',
  ERR_UPSTREAM_RESET: 'closed the connection before its answer was whole',
  ERR_UPSTREAM_MALFORMED: 'sent what is not HTTP',
  ERR_UPSTREAM_CERTIFICATE:
    'has a certificate that cannot be trusted; if you know why, allow it with --insecure-upstream HOST',
  ERR_UPSTREAM_TIMEOUT: 'did not answer in time; --upstream-timeout SECONDS changes how long to wait',
};

/** Says what an error of a request to `origin` means. */
export function upstreamFailure(error: unknown, origin: string): UpstreamFailure {
  const detail = innermost(error);
  const code = failureCode(detail);
  return { code, message: `${origin} ${MEANING[code] ?? 'failed'} (${detail.message || detail.code || 'no detail'})` };
}

function failureCode({ code = '', name }: NodeJS.ErrnoException): ErrorCode {
  const known = BY_CODE[code];
  if (known) return known;
  if (CERTIFICATE_CODE.test(code)) return 'ERR_UPSTREAM_CERTIFICATE';
  return code.startsWith('HPE_') || name === 'HTTPParserError' ? 'ERR_UPSTREAM_MALFORMED' : 'ERR_UPSTREAM_RESET';
}

/** A host with several addresses fails with an AggregateError; the first failure speaks for all. */
function innermost(error: unknown): NodeJS.ErrnoException {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  return error instanceof Error ? error : new Error(String(error));
}
