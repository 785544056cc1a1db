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
}

export const DEFAULT_REDACTION_RULES: RedactionRules = {
  email: true,
  phone: true,
  card: true,
  secretNames: [],
  plainNames: [],
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
  | 'email'
  | 'phone'
  | 'card';
