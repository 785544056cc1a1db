// What the parts of one redaction share: the key, the rules, what is remembered, and the account of what was replaced.
import { redactCards, redactEmails, redactPhoneField, redactPhones } from './redaction-contacts.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { pseudonymOf, textPseudonym, type KeyedHash } from './pseudonym.ts';
import type { RedactionKind, RedactionRules } from './redaction-rules.ts';
import { ruleTextsOf, type RuleTexts } from './rule-texts.ts';
import { base64UrlEncode } from '../std/encoding.ts';
import { sha256 } from '../std/hashing.ts';
import { looksLikeToken, secrecyOfName, type Secrecy } from './secret-names.ts';
import { hintsOf, type TextHints } from './text-hints.ts';
import {
  hasTokenHint,
  isJwt,
  jwtPseudonym,
  redactJwts,
  redactTokenFormats,
  type ClaimRules,
} from './token-patterns.ts';

export interface ScopeOptions {
  readonly hash: KeyedHash;
  readonly rules: RedactionRules;
  /** Secrets met before; what is met now is added. */
  readonly known?: KnownSecrets;
  /** Values that stay as they are: pseudonyms already, or handles that a clone made itself. */
  readonly isPlain?: (value: string) => boolean;
}

/** Where a value stands: error messages stand in answers under the names of the fields they are about. */
export type Direction = 'request' | 'response';

const VERIFIER_NAME = /^code_?verifier$/i;

const CONSTANT = /^(?:true|false|null|none|undefined|yes|no|string)$/i;

export class RedactionScope {
  readonly hash: KeyedHash;
  readonly #options: ScopeOptions;
  readonly #secretNames: ReadonlySet<string>;
  readonly #plainNames: ReadonlySet<string>;
  readonly #textNames: ReadonlySet<string>;
  readonly #claims: ClaimRules;
  readonly #ruleTexts: RuleTexts | undefined;
  /** False where only what the rules name is replaced. */
  readonly builtIn: boolean;
  readonly counts = new Map<RedactionKind, number>();
  /** What stands for what: pseudonym to original. */
  readonly originals = new Map<string, string>();
  /** Pseudonyms of what was found wherever it stood. */
  readonly #placed = new Set<string>();

  constructor(options: ScopeOptions) {
    this.#options = options;
    this.hash = options.hash;
    this.#secretNames = new Set(options.rules.secretNames.map((name) => name.toLowerCase()));
    this.#plainNames = new Set(options.rules.plainNames.map((name) => name.toLowerCase()));
    this.#textNames = new Set(options.rules.textNames.map((name) => name.toLowerCase()));
    const { claims, plainClaims, builtIn } = options.rules;
    this.#claims = { replaced: claims, plain: plainClaims, builtIn };
    this.#ruleTexts = ruleTextsOf(options.rules, options.hash);
    this.builtIn = builtIn;
  }

  /** The pseudonym of a value that its place says is secret. */
  secret(kind: RedactionKind, value: string): string {
    if (!/[A-Za-z0-9\u0080-\uffff]/.test(value) || CONSTANT.test(value)) return value;
    return this.#replace(kind, value, () =>
      isJwt(value) ? jwtPseudonym(value, this.hash, this.#claims) : pseudonymOf(value, this.hash),
    );
  }

  /**
   * The two halves of a proof key (RFC 7636): a verifier is as secret as a code. Their pseudonyms are verifier and challenge
   * again, so that a right verifier can still be told from a wrong one.
   */
  verifier(kind: RedactionKind, value: string): string {
    return this.#replace(kind, value, () => pseudonymOf(challengeOf(value), this.hash));
  }

  challenge(kind: RedactionKind, value: string): string {
    return this.#replace(kind, value, () => challengeOf(pseudonymOf(value, this.hash)));
  }

  /** A value under the name of a field, parameter or header. */
  named(kind: RedactionKind, name: string, value: string, direction: Direction, hints?: TextHints): string {
    switch (this.secrecy(name)) {
      case 'secret':
        if (VERIFIER_NAME.test(name)) return this.verifier(kind, value);
        // An answer may say under `password` what is wrong with it.
        return direction === 'response' && /\s/.test(value) ? this.text(value, hints) : this.secret(kind, value);
      case 'token':
        return looksLikeToken(value) ? this.secret(kind, value) : this.text(value, hints);
      case 'phone':
        return this.#options.rules.phone ? redactPhoneField(value, this.hash, this.#replace) : value;
      case 'text':
        return this.#replace('rule', value, () => textPseudonym(value, this.hash));
      case 'none':
        return this.text(value, hints);
    }
  }

  /** What the name of a value says about it. */
  secrecy(name: string): Secrecy | 'text' {
    const named = this.#secretNames.size + this.#plainNames.size + this.#textNames.size;
    if (named === 0) return this.builtIn ? secrecyOfName(name) : 'none';
    const lower = name.toLowerCase();
    if (this.#plainNames.has(lower)) return 'none';
    if (this.#textNames.has(lower)) return 'text';
    if (this.#secretNames.has(lower)) return 'secret';
    return this.builtIn ? secrecyOfName(name) : 'none';
  }

  /** True when values under this name are secret, at least where they look it. */
  isSecretName(name: string): boolean {
    const secrecy = this.secrecy(name);
    return secrecy === 'secret' || secrecy === 'token';
  }

  isPlainName(name: string): boolean {
    return this.#plainNames.has(name.toLowerCase());
  }

  /**
   * Text in which secrets and contacts are known by their form only.
   * @param hints of the text, or of a longer one that it is a part of
   */
  text(value: string, hints: TextHints = hintsOf(value)): string {
    if (value.length < 6) return value;
    const { rules } = this.#options;
    let result = value;
    if (hints.token && this.builtIn) result = redactTokenFormats(value, this.hash, this.#replace, this.#claims);
    else if (hints.token && this.#claims.replaced.length > 0)
      result = redactJwts(value, this.hash, this.#replace, this.#claims);
    if (hints.at && rules.email) result = redactEmails(result, this.hash, this.#replace);
    if (hints.plus && rules.phone) result = redactPhones(result, this.hash, this.#replace);
    if (hints.card && rules.card) result = redactCards(result, this.hash, this.#replace);
    return result;
  }

  /** There is nothing that seenBefore would look for. */
  get remembersNothing(): boolean {
    return this.#ruleTexts === undefined && this.#options.known?.isEmpty !== false;
  }

  /** Text in which secrets that were met before, and texts that the rules name, are looked for. */
  seenBefore(text: string): string {
    const found = (kind: RedactionKind) => (pseudonym: string) => {
      this.#count(kind);
      this.#placed.add(pseudonym);
    };
    const known = this.#options.known?.replaceIn(text, found('seen-before')) ?? text;
    // What is encoded is looked at twice, decoded and as it stands; what the first look placed is not to be replaced again.
    const isMade = (match: string) => this.#placed.has(match) || this.originals.has(match);
    return this.#ruleTexts?.replaceIn(known, found('rule'), isMade) ?? known;
  }

  /**
   * Bytes that are no text, one character each: what was met before, and secrets whose form leaves no doubt. Lengths stay,
   * because formats of bytes count them.
   */
  binary(bytes: string): string {
    const redacted =
      this.builtIn && hasTokenHint(bytes)
        ? redactTokenFormats(bytes, this.hash, (kind, original, pseudonym) =>
            this.#replace(kind, original, () => {
              const made = pseudonym();
              return made.length === original.length ? made : pseudonymOf(original, this.hash);
            }),
          )
        : bytes;
    return this.seenBefore(redacted);
  }

  readonly #replace = (kind: RedactionKind, original: string, pseudonym: () => string): string => {
    if (this.originals.has(original) || this.#options.isPlain?.(original)) return original;
    const { known } = this.#options;
    const isContact = kind === 'email' || kind === 'phone' || kind === 'card';
    const made = known && !isContact ? known.pseudonym(original, pseudonym) : pseudonym();
    if (made === original) return original;
    this.#count(kind);
    this.originals.set(made, original);
    return made;
  };

  #count(kind: RedactionKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }
}

const challengeOf = (verifier: string): string => base64UrlEncode(sha256(verifier));
