// Pseudonyms: what stands in a recording in place of a secret. One secret always has the same pseudonym under one key, in
// the secret's own format: separators, length, alphabets and a readable prefix such as `sk_test_` stay, so that whatever
// tells tokens by their form still does.

/** Keyed one-way function (HMAC under the user's key), in lower-case hexadecimal, at least 32 bytes long. */
export type KeyedHash = (text: string) => string;

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** First words of secrets in well-known formats: kept even before a short rest. */
const KNOWN_WORD =
  /^(?:gh[pousr]|pat|glpat|sk|pk|rk|whsec|live|test|proj|ant|xox[a-z]|xapp|npm|pypi|dop|shp[a-z]{2}|hf|SG|AKIA|ASIA|AIza|ya29)$/;

/** A run of letters and digits this long is taken for the random part, so that words before it are a prefix. */
const RANDOM_RUN_MIN = 16;

/** Hashes tried for a pseudonym that is not the secret itself: one character may meet itself, all of many may not. */
const ATTEMPTS = 8;

/** The pseudonym of a secret. Equal secrets, equal pseudonyms; never the secret itself unless it has no letter or digit. */
export function pseudonymOf(secret: string, hash: KeyedHash): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rendered = render(secret, randomIndexes(`${attempt}:${secret}`, hash));
    if (rendered !== secret) return rendered;
  }
  return render(secret, () => 0);
}

/** The pseudonym of a name or of free text: letters and digits become others of their kind, one by one. */
export function textPseudonym(text: string, hash: KeyedHash): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const draw = randomIndexes(`${attempt}:text:${text}`, hash);
    const rendered = text.replace(/\p{L}|\p{N}/gu, (character) => {
      if (/\p{N}/u.test(character)) return DIGITS[draw(10)] as string;
      return (/\p{Lu}/u.test(character) ? UPPER : LOWER)[draw(26)] as string;
    });
    if (rendered !== text) return rendered;
  }
  return text.replace(/\p{L}|\p{N}/gu, 'x');
}

/** Characters that depend on the text and the key, drawn one after another: an index below `size`. */
function randomIndexes(text: string, hash: KeyedHash): (size: number) => number {
  let hex = '';
  let block = 0;
  let at = 0;
  return (size) => {
    if (at + 4 > hex.length) {
      hex = hash(`${block++}:${text}`);
      at = 0;
    }
    at += 4;
    return Number.parseInt(hex.slice(at - 4, at), 16) % size;
  };
}

function render(secret: string, draw: (size: number) => number): string {
  if (UUID.test(secret)) return renderUuid(secret, draw);
  // Runs of letters and digits stand at odd places.
  const parts = secret.split(/([A-Za-z0-9]+)/);
  const kept = prefixLength(parts);
  return parts
    .map((part, index) => (index % 2 === 1 && index >= kept ? renderRun(part, draw) : asciiOnly(part, draw)))
    .join('');
}

/** How many leading parts are a readable prefix and not the secret itself. */
function prefixLength(parts: readonly string[]): number {
  const longest = parts.reduce((length, part, index) => (index % 2 === 1 ? Math.max(length, part.length) : length), 0);
  let index = 1;
  for (; index < parts.length - 2; index += 2) {
    const word = parts[index] as string;
    if (KNOWN_WORD.test(word)) continue;
    if (
      longest < RANDOM_RUN_MIN ||
      !/^(?:[a-z]{1,12}|[A-Z]{1,6}|\d{1,6})$/.test(word) ||
      !/^[_.:-]+$/.test(parts[index + 1] as string)
    )
      break;
  }
  return index;
}

function renderRun(run: string, draw: (size: number) => number): string {
  const word = /^(?:AKIA|ASIA|AIza)(?=.{12})/.exec(run)?.[0] ?? '';
  const rest = run.slice(word.length);
  const alphabet = alphabetOf(rest);
  let rendered = word;
  for (let i = 0; i < rest.length; i++) {
    // A number keeps its count of digits: no leading zero where there was none.
    const leading = i === 0 && alphabet === DIGITS && rest[0] !== '0' && rest.length > 1;
    rendered += leading ? DIGITS[1 + draw(9)] : alphabet[draw(alphabet.length)];
  }
  return rendered;
}

function alphabetOf(run: string): string {
  const hasDigit = /[0-9]/.test(run);
  if (run.length >= 8 && hasDigit && /^[0-9a-f]+$/.test(run) && /[a-f]/.test(run)) return `${DIGITS}abcdef`;
  if (run.length >= 8 && hasDigit && /^[0-9A-F]+$/.test(run) && /[A-F]/.test(run)) return `${DIGITS}ABCDEF`;
  return (hasDigit ? DIGITS : '') + (/[a-z]/.test(run) ? LOWER : '') + (/[A-Z]/.test(run) ? UPPER : '');
}

/** Letters beyond ASCII are as secret as others; separators and punctuation are format. */
function asciiOnly(part: string, draw: (size: number) => number): string {
  return part.replace(/[^\x00-\x7f]/gu, () => LOWER[draw(26)] as string);
}

function renderUuid(uuid: string, draw: (size: number) => number): string {
  const alphabet = /[A-F]/.test(uuid) ? `${DIGITS}ABCDEF` : `${DIGITS}abcdef`;
  // Version and variant are format.
  return uuid.replace(/[0-9a-f]/gi, (digit, at: number) =>
    at === 14 || at === 19 ? digit : (alphabet[draw(16)] as string),
  );
}
