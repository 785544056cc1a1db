// Which texts look as if a machine had made them up (ids, tokens, revisions), and which of those are of one make. Judged by
// the text; that it stands where an id stands only tips the balance for texts without any digit.

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ULID = /(?:^|_)[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;

/** `user12`, `0User1`: a name with numbers at its ends. */
const NUMBERED_WORD = /^\d*[A-Za-z]{3,}\d+$|^\d+[A-Za-z]{3,}$/;

const LENGTH_MIN = 6;
/** Fewer digits than this are a count, a sequence or a time. */
const DIGITS_MIN = 12;
/** Without any digit only a long text in mixed case can be told from words. */
const LETTERS_MIN = 14;
const CASE_CHANGES_MIN = 0.4;
const CASE_CHANGES_OF_ID_MIN = 3;
/** Hashes and signatures may differ in length by what their encoding leaves out. */
const LONG_MIN = 40;
const LONG_SLACK = 0.15;

/**
 * Looks random: digits among letters, or letters in mixed case, without long words in it.
 * @param isId the text stands where an id stands
 */
export function looksMadeUp(text: string, isId = false): boolean {
  if (text.length < LENGTH_MIN || /\s/.test(text)) return false;
  if (UUID.test(text) || ULID.test(text)) return true;
  const bare = text.replace(/[^A-Za-z0-9]/g, '');
  if (bare.length < LENGTH_MIN) return false;
  if (/^\d+$/.test(bare)) return bare.length >= DIGITS_MIN;
  const isMixed = caseChanges(bare) >= bare.length * CASE_CHANGES_MIN;
  if ((NUMBERED_WORD.test(bare) && !isMixed) || longestWord(bare) > wordMax(bare.length)) return false;
  if (/\d/.test(bare)) return true;
  const changesMin = isId ? CASE_CHANGES_OF_ID_MIN : bare.length * CASE_CHANGES_MIN;
  return bare.length >= LETTERS_MIN && caseChanges(bare) >= changesMin;
}

/** Two made-up texts that one generator could have made. */
export function isSameMake(a: string, b: string): boolean {
  const longest = Math.max(a.length, b.length);
  if (a.length !== b.length && (longest < LONG_MIN || Math.abs(a.length - b.length) > longest * LONG_SLACK))
    return false;
  // By chance one text may lack the letters that show its alphabet; only digits alone can be told from the rest.
  return isDigits(a) === isDigits(b) && UUID.test(a) === UUID.test(b);
}

export const isDigits = (text: string): boolean => /^\d+$/.test(text);

function longestWord(text: string): number {
  return Math.max(0, ...(text.match(/[a-z]+|[A-Z]+/g) ?? []).map((run) => run.length));
}

/** The longer a random text is, the longer its longest run of letters of one case becomes. */
function wordMax(length: number): number {
  return length >= 20 ? 12 : length >= 12 ? 9 : LENGTH_MIN;
}

function caseChanges(text: string): number {
  return (text.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g) ?? []).length;
}
