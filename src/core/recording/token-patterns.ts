// Secrets that are known by their own form, wherever they stand in a text: JSON Web Tokens, keys in published formats,
// private keys, and credentials in URLs.
import { base64DecodeText, base64UrlEncode } from '../std/encoding.ts';
import { tryParseJson, isObject, printJson, type Json } from '../std/json.ts';
import { pseudonymOf, type KeyedHash } from './pseudonym.ts';

/** Formats whose makers publish them, so that scanners find leaked ones. */
const PUBLISHED = new RegExp(
  [
    'gh[pousr]_[A-Za-z0-9]{16,255}',
    '[a-z]{2,12}_pat_[A-Za-z0-9_]{20,255}',
    'glpat-[A-Za-z0-9_-]{16,}',
    '(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}',
    'whsec_[A-Za-z0-9+/=]{16,}',
    'sk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}',
    'xox[abeoprs]-[A-Za-z0-9-]{10,}',
    'xapp-[A-Za-z0-9-]{10,}',
    '(?:AKIA|ASIA)[A-Z0-9]{16}',
    'AIza[A-Za-z0-9_-]{35}',
    'ya29\\.[A-Za-z0-9_-]{20,}',
    'SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}',
    'npm_[A-Za-z0-9]{36}',
    'pypi-[A-Za-z0-9_-]{50,}',
    'dop_v1_[a-f0-9]{64}',
    'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
    'hf_[A-Za-z0-9]{30,}',
  ]
    .map((format) => `(?:${format})`)
    .join('|'),
  'g',
);
/** How published formats begin, but for those that name their maker first, which contain `_pat_`. */
export const TOKEN_BEGINNINGS: readonly string[] = (
  'ghp_ gho_ ghu_ ghs_ ghr_ glpat- sk_live_ sk_test_ pk_live_ pk_test_ rk_live_ rk_test_ whsec_ sk- xox xapp- ' +
  'AKIA ASIA AIza ya29. SG. npm_ pypi- dop_v1_ shpat_ shpca_ shppa_ shpss_ hf_'
).split(' ');
/** To pass by ordinary text quickly. */
const PUBLISHED_HINT = new RegExp(['_pat_', ...TOKEN_BEGINNINGS].map((text) => text.replace('.', '\\.')).join('|'));

/** What the first line of every private key ends with. */
export const PRIVATE_KEY_MARK = 'PRIVATE KEY-----';
const PRIVATE_KEY = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)([A-Za-z0-9+/=\s\\]+)(-----END)/g;
const USER_INFO = /(:\/\/[^\s/?#:@"'<>]*:)([^\s/?#:@"'<>]+)(?=@)/g;

const JWT = /eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/y;

/** True when the text may hold a secret of a known form, but for one in a URL. */
export function hasTokenHint(text: string): boolean {
  return text.includes('eyJ') || text.includes(PRIVATE_KEY_MARK) || PUBLISHED_HINT.test(text);
}

/** Told of each replacement; gives what stands in its place. */
export type ReplaceToken = (kind: 'jwt' | 'token-format', original: string, pseudonym: () => string) => string;

/** Replaces every secret that its form gives away. */
export function redactTokenFormats(
  text: string,
  hash: KeyedHash,
  replace: ReplaceToken,
  claims: ClaimRules = BUILT_IN_CLAIMS,
): string {
  let result = redactJwts(text, hash, replace, claims);
  if (PUBLISHED_HINT.test(result)) {
    result = result.replace(PUBLISHED, (token, at: number, all: string) =>
      /[A-Za-z0-9]/.test(all[at - 1] ?? '') ? token : replace('token-format', token, () => pseudonymOf(token, hash)),
    );
  }
  if (result.includes(PRIVATE_KEY_MARK)) {
    result = result.replace(PRIVATE_KEY, (_all, begin: string, key: string, end: string) => {
      return begin + replace('token-format', key, () => keyPseudonym(key, hash)) + end;
    });
  }
  if (result.includes('@') && result.includes('://')) {
    result = result.replace(USER_INFO, (_all, before: string, password: string) => {
      return before + replace('token-format', password, () => pseudonymOf(password, hash));
    });
  }
  return result;
}

/** Line breaks of a key in PEM, also as JSON writes them, stay. */
function keyPseudonym(key: string, hash: KeyedHash): string {
  return key.replace(/[A-Za-z0-9+/=]+/g, (line, at: number) =>
    key[at - 1] === '\\' ? `${line[0]}${pseudonymOf(line.slice(1), hash)}` : pseudonymOf(line, hash),
  );
}

/** A whole JSON Web Token. */
export function isJwt(text: string): boolean {
  return matchAt(JWT, text, 0)?.length === text.length;
}

/** Replaces every JSON Web Token. */
export function redactJwts(text: string, hash: KeyedHash, replace: ReplaceToken, claims: ClaimRules): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf('eyJ'); at >= 0;) {
    const token = matchAt(JWT, text, at);
    if (token === undefined) {
      // A token that began later in this run of characters would end with it too.
      at = text.indexOf('eyJ', at + (matchAt(TOKEN_RUN, text, at)?.length ?? 1));
      continue;
    }
    result += text.slice(done, at) + replace('jwt', token, () => jwtPseudonym(token, hash, claims));
    done = at + token.length;
    at = text.indexOf('eyJ', done);
  }
  return result + text.slice(done);
}

const TOKEN_RUN = /[A-Za-z0-9_-]+/y;

function matchAt(sticky: RegExp, text: string, at: number): string | undefined {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0];
}

/** Claims that name a person or are credentials themselves. */
const PRIVATE_CLAIM =
  /^(?:email|preferred_username|upn|unique_name|name|given_name|family_name|nickname|phone_number|jti|nonce|sid|at_hash|c_hash|password|secret)$/;

/** Which claims are replaced, beside those that name a person anyway. */
export interface ClaimRules {
  readonly replaced: readonly string[];
  readonly plain: readonly string[];
  readonly builtIn: boolean;
}

const BUILT_IN_CLAIMS: ClaimRules = { replaced: [], plain: [], builtIn: true };

/** A token of the same structure: header, times, issuer and rights stay; who it is about and the signature do not. */
export function jwtPseudonym(token: string, hash: KeyedHash, rules: ClaimRules = BUILT_IN_CLAIMS): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = tryParseJson(base64DecodeText(payload) ?? '');
  // A payload that does not parse keeps the three characters by which a token is known.
  const fresh = isObject(claims)
    ? base64UrlEncode(printJson(redactClaims(claims, hash, rules)))
    : payload.slice(0, 3) + pseudonymOf(payload.slice(3), hash);
  // The signature depends on the whole token, so that tokens that differ in anything stay different.
  const seal = pseudonymOf(signature, (text) => hash(`${header}.${payload}:${text}`));
  return `${header}.${fresh}.${seal}`;
}

function redactClaims(claims: { readonly [name: string]: Json }, hash: KeyedHash, rules: ClaimRules): Json {
  const isReplaced = (name: string, value: string) => {
    if (rules.plain.includes(name)) return false;
    return rules.replaced.includes(name) || (rules.builtIn && (PRIVATE_CLAIM.test(name) || value.includes('@')));
  };
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      typeof value === 'string' && isReplaced(name, value) ? pseudonymOf(value, hash) : value,
    ]),
  );
}
