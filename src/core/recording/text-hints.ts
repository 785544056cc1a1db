// What a text may contain, found in one quick look: ordinary text, nearly all there is, is then passed by.
import { hasTokenHint } from './token-patterns.ts';

export interface TextHints {
  /** Perhaps an e-mail address. */
  readonly at: boolean;
  /** Perhaps a telephone number in the international form. */
  readonly plus: boolean;
  /** Perhaps a card number. */
  readonly card: boolean;
  /** Perhaps a secret of a known form. */
  readonly token: boolean;
  /** Perhaps a URL with parameters. */
  readonly url: boolean;
}

const CARD_HINT = /[2-6]\d{3}[ -]?\d{4}/;

const USER_INFO_HINT = /:\/\/[^\s/?#"]{1,1000}@/;

export function hintsOf(text: string): TextHints {
  const at = text.includes('@');
  return {
    at,
    plus: text.includes('+'),
    card: CARD_HINT.test(text),
    token: (at && USER_INFO_HINT.test(text)) || hasTokenHint(text),
    url: text.includes('=') && (text.includes('?') || text.includes('#')),
  };
}

/** True when no part of the text can hold anything that is known by its form. */
export function isOrdinary(hints: TextHints): boolean {
  return !(hints.at || hints.plus || hints.card || hints.token || hints.url);
}
