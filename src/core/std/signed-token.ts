// JSON Web Tokens in compact form (RFC 7519, RFC 7515 section 3.1): two JSON objects and a signature, each base64url.
import { base64DecodeText } from './encoding.ts';
import { isObject, tryParseJson, type JsonObject } from './json.ts';

export interface SignedToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** The readable parts of a token; undefined for a text that is none. The signature is not checked, and may be empty. */
export function readSignedToken(text: string): SignedToken | undefined {
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return undefined;
  const [header, claims] = text.split('.', 2).map((part) => tryParseJson(base64DecodeText(part) ?? ''));
  return isObject(header) && isObject(claims) ? { header, claims } : undefined;
}
