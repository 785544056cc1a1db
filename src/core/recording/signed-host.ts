// Requests whose signature covers the host that the client asked: another host would make the signature wrong.

/**
 * @param authorization value of that header
 * @param signatureInput value of that header (RFC 9421)
 * @param target path and query
 */
export function signsHost(
  authorization: string | undefined,
  signatureInput: string | undefined,
  target: string,
): boolean {
  // AWS and those that follow it, in the header or in the query.
  if (/^[\w-]+-HMAC-SHA\d+\s.*SignedHeaders=[^,]*\bhost\b/i.test(authorization ?? '')) return true;
  if (/[?&]X-\w+-SignedHeaders=(?:[^&]*(?:;|%3B))?host(?:;|%3B|&|$)/i.test(target)) return true;
  // The drafts before RFC 9421 name headers in one list.
  if (/^Signature\s.*headers="[^"]*\bhost\b/i.test(authorization ?? '')) return true;
  return /"(?:host|@authority|@target-uri)"/i.test(signatureInput ?? '');
}
