// What is replaced by pseudonyms, beside what is known to be secret everywhere.

export interface RedactionRules {
  /** Replace personal contact data of these kinds. */
  readonly email: boolean;
  readonly phone: boolean;
  readonly card: boolean;
  /** Further names of fields, parameters, cookies and headers whose values are secret; compared in lower case. */
  readonly secretNames: readonly string[];
  /** Names whose values are left as they are, whatever else says that they are secret; compared in lower case. */
  readonly plainNames: readonly string[];
  /** Names of fields and parameters whose values are people's names or free text: replaced letter by letter. */
  readonly textNames: readonly string[];
  /** Texts that are replaced wherever they stand, also within words, in any encoding that a message has them in. */
  readonly texts: readonly string[];
  /** What matches these regular expressions (RE2) is replaced wherever it stands. */
  readonly patterns: readonly string[];
  /** Further claims of JSON Web Tokens whose values are replaced. */
  readonly claims: readonly string[];
  /** Claims that stay as they are. */
  readonly plainClaims: readonly string[];
  /** False: nothing is replaced but what the rules above name, as in a recording that was redacted before. */
  readonly builtIn: boolean;
}

export const DEFAULT_REDACTION_RULES: RedactionRules = {
  email: true,
  phone: true,
  card: true,
  secretNames: [],
  plainNames: [],
  textNames: [],
  texts: [],
  patterns: [],
  claims: [],
  plainClaims: [],
  builtIn: true,
};

/** Kinds of what was replaced, by where and how it was found. */
export type RedactionKind =
  | 'authorization'
  | 'cookie'
  | 'header'
  | 'parameter'
  | 'field'
  | 'jwt'
  | 'token-format'
  | 'seen-before'
  | 'rule'
  | 'email'
  | 'phone'
  | 'card';
