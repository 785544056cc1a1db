// The secrets that an agent sends in one episode. They become pseudonyms before the clone looks at them or anything is
// stored, as they did when the original was recorded; in answers the agent gets its own values back. What the clone itself
// handed out (credentials, tokens it generated, addresses in its seed) is no secret of the agent and stays as it is.
import type { Header, HttpRequest, HttpResponse } from '../exchange/exchange.ts';
import { isDistinctive, type KnownSecrets } from './known-secrets.ts';
import type { KeyedHash } from './pseudonym.ts';
import { isOrdinaryPath } from './redaction-head.ts';
import { redactRequest, valuesAskedIn } from './redaction.ts';

export interface AgentSecretsOptions {
  readonly hash: KeyedHash;
  /** Did the clone hand this value out, before or in this episode? */
  readonly isIssued: (value: string) => boolean;
}

/** Of lists of headers that were looked at: what valuesAskedIn says of them. */
const askedIn = new WeakMap<readonly Header[], { readonly values: readonly string[] | undefined }>();

/** Never stored: after a restart, an agent's earlier secrets come back as pseudonyms. */
export class AgentSecrets {
  readonly #options: AgentSecretsOptions;
  /** Answers of isIssued; a value keeps the first one, so that it always means the same. */
  readonly #issued = new Map<string, boolean>();
  readonly #pseudonyms = new Map<string, string>();
  readonly #distinctive = new Replacements();
  readonly #originals = new Replacements();
  /** Small, because there is one for each of thousands of episodes. */
  readonly #known: KnownSecrets;

  constructor(options: AgentSecretsOptions) {
    this.#options = options;
    const distinctive = this.#distinctive;
    this.#known = {
      get isEmpty() {
        return distinctive.isEmpty;
      },
      pseudonym: (secret, make) => this.#pseudonymOf(secret, make),
      replaceIn: (text, found) => distinctive.replaceIn(text, found),
    };
  }

  /** The request with pseudonyms in place of the agent's secrets. */
  conceal(request: HttpRequest): HttpRequest {
    const isPlain = (value: string) => this.#isIssued(value);
    const headersStay = this.#headersStay(request.headers);
    if (headersStay && request.body === undefined && isOrdinaryPath(request.target)) return request;
    const redacted = redactRequest(request, this.#options.hash, { known: this.#known, isPlain, headersStay });
    for (const [pseudonym, original] of redacted.originals) this.#originals.set(pseudonym, original);
    return redacted.request;
  }

  /** The answer with the agent's own secrets in place of their pseudonyms. */
  reveal(response: HttpResponse): HttpResponse {
    if (this.#originals.isEmpty) return response;
    const headers = response.headers.map(([name, value]): Header => [name, this.#originals.replaceIn(value)]);
    const { body } = response;
    if (body === undefined || !('text' in body)) return { ...response, headers };
    return { ...response, headers, body: { text: this.#originals.replaceIn(body.text) } };
  }

  /** An agent that sends nothing but what the clone handed out sends the same list again and again. */
  #headersStay(headers: readonly Header[]): boolean {
    if (!this.#distinctive.isEmpty) return false;
    let asked = askedIn.get(headers);
    if (asked === undefined) {
      asked = { values: valuesAskedIn(headers, this.#options.hash) };
      askedIn.set(headers, asked);
    }
    return asked.values?.every((value) => this.#isIssued(value)) ?? false;
  }

  #pseudonymOf(secret: string, make: () => string): string {
    const known = this.#pseudonyms.get(secret);
    if (known !== undefined) return known;
    const made = make();
    this.#pseudonyms.set(secret, made);
    if (made !== secret && isDistinctive(secret)) this.#distinctive.set(secret, made);
    return made;
  }

  #isIssued(value: string): boolean {
    const known = this.#issued.get(value);
    if (known !== undefined) return known;
    const issued = this.#options.isIssued(value);
    this.#issued.set(value, issued);
    return issued;
  }
}

/** Words and what stands for them; few, so a text is searched for one after another. */
class Replacements {
  readonly #byWord = new Map<string, string>();

  get isEmpty(): boolean {
    return this.#byWord.size === 0;
  }

  set(word: string, replacement: string): void {
    this.#byWord.set(word, replacement);
  }

  /** Replaces words that stand alone, as they are and as JSON writes them. */
  replaceIn(text: string, found: (replacement: string) => void = () => undefined): string {
    let replaced = text;
    for (const [word, replacement] of this.#byWord) {
      replaced = replaceWord(replaced, word, replacement, found);
      const [escapedWord, escaped] = [escapeAsJson(word), escapeAsJson(replacement)];
      if (escapedWord !== word) replaced = replaceWord(replaced, escapedWord, escaped, found);
    }
    return replaced;
  }
}

function replaceWord(text: string, word: string, replacement: string, found: (replacement: string) => void): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const isPart = /[A-Za-z0-9]/.test(text[at - 1] ?? '') || /[A-Za-z0-9]/.test(text[at + word.length] ?? '');
    if (isPart || at < done) continue;
    found(replacement);
    result += text.slice(done, at) + replacement;
    done = at + word.length;
  }
  return done === 0 ? text : result + text.slice(done);
}

function escapeAsJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
