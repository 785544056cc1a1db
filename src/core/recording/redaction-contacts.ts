// Personal contact data in text: e-mail addresses, telephone and card numbers. Their pseudonyms are of the same kind and
// lead nowhere: addresses at a reserved domain, numbers that keep their country or issuer and pass the same checks.
import { pseudonymOf, type KeyedHash } from './pseudonym.ts';

/** Told of each replacement; gives what stands in its place. */
export type Replace = (kind: 'email' | 'phone' | 'card', original: string, pseudonym: () => string) => string;

/** Domains that nobody can receive mail at (RFC 2606, RFC 6761), and addresses of services: not personal. */
const NOBODYS_DOMAIN = /(?:^|\.)(?:example(?:\.(?:com|org|net|edu))?|test|invalid|localhost|local)$/i;
/** Local parts that name a function or a machine, not a person. */
const ROLE =
  /^(?:git|hg|svn|root|admin|administrator|postmaster|webmaster|hostmaster|mailer-daemon|no-?reply|do-?not-?reply|info|contact|support|help|hello|sales|billing|security|abuse|notifications?|team|office|bot)$/i;
const ROLE_DOMAIN = /(?:^|\.)noreply\.|(?:^|\.)gserviceaccount\.com$/i;
const FILE_ENDING = /\.(?:png|jpe?g|gif|svg|webp|css|m?js|ts|json|map|html?)$/i;

const LOCAL_MAX = 64;
const DOMAIN_MAX = 253;

/** Replaces e-mail addresses. Time is linear in the text: each `@` is looked at once, with bounded surroundings. */
export function redactEmails(text: string, hash: KeyedHash, replace: Replace): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const local = /[A-Za-z0-9._%+-]+$/.exec(text.slice(Math.max(done, at - LOCAL_MAX), at))?.[0];
    const domain = domainAt(text, at + 1);
    if (!local || !domain || !isPersonal(local, domain) || isUserInfo(text, at - local.length)) continue;
    const address = `${local}@${domain}`;
    result += text.slice(done, at - local.length) + replace('email', address, () => emailPseudonym(address, hash));
    done = at + 1 + domain.length;
  }
  return result + text.slice(done);
}

/** The domain name that stands at an index, without punctuation after it; undefined when there is none. */
function domainAt(text: string, index: number): string | undefined {
  const run = /^[A-Za-z0-9.-]+/.exec(text.slice(index, index + DOMAIN_MAX))?.[0] ?? '';
  const domain = run.replace(/[.-]+$/, '');
  const labels = domain.split('.');
  const followedByMore = run === domain && /^[\w@]/.test(text.slice(index + run.length, index + run.length + 1));
  const isName =
    labels.length > 1 && labels.every((label) => label !== '') && /^[A-Za-z]{2,24}$/.test(labels.at(-1) ?? '');
  return isName && !followedByMore ? domain : undefined;
}

/** In `https://user:x@host/` what stands before the host is no mailbox. */
function isUserInfo(text: string, start: number): boolean {
  return /:\/\/[^\s/?#@]*$/.test(text.slice(Math.max(0, start - LOCAL_MAX), start));
}

function isPersonal(local: string, domain: string): boolean {
  return !NOBODYS_DOMAIN.test(domain) && !ROLE.test(local) && !ROLE_DOMAIN.test(domain) && !FILE_ENDING.test(domain);
}

/** An address of the same form in a reserved domain; letter case does not tell addresses apart. */
function emailPseudonym(address: string, hash: KeyedHash): string {
  const [local = '', domain = ''] = address.toLowerCase().split('@');
  const name = pseudonymOf(`${local}`, (text) => hash(`email:${domain}:${text}`));
  return `${name}.${hash(`email:${local}@${domain}`).slice(0, 6)}@example.com`;
}

/** Numbers in the international form; `+1 555 01xx` are kept for fiction. */
const PHONE = /(?<![\w+.%-])\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){1,4}(?![\w-]|\.\d)/g;
const FICTION = /^\+?1[ .-]?\(?\d{3}\)?[ .-]?555[ .-]?01\d\d$|^\+?1[ .-]?\(?555/;

export function redactPhones(text: string, hash: KeyedHash, replace: Replace): string {
  if (!text.includes('+')) return text;
  return text.replace(PHONE, (number) => {
    const digits = number.replace(/\D/g, '');
    if (digits.length < 8 || digits.length > 15 || FICTION.test(number)) return number;
    return replace('phone', number, () => phonePseudonym(number, digits, hash));
  });
}

/** A national number in a field that is named for one; numbers of fewer than seven digits are extensions. */
export function redactPhoneField(value: string, hash: KeyedHash, replace: Replace): string {
  const digits = value.replace(/\D/g, '');
  if (digits.length < 7 || digits.length > 15 || !/^[+\d][\d ()./-]*$/.test(value) || FICTION.test(value)) return value;
  return replace('phone', value, () => phonePseudonym(value, digits, hash));
}

/** Keeps the first three digits (country) and how the number is written. */
function phonePseudonym(number: string, digits: string, hash: KeyedHash): string {
  const fresh = pseudonymOf(digits.slice(3), (text) => hash(`phone:${digits}:${text}`));
  const all = digits.slice(0, 3) + fresh;
  let index = 0;
  return number.replace(/\d/g, () => all[index++] as string);
}

const CARD =
  /(?<![\w.+-])(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|65\d{2})(?:[ -]?\d{4}){3}(?![\w-]|\.\d)|(?<![\w.+-])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\w-]|\.\d)/g;
/** Numbers that payment services publish for tests. */
const TEST_CARD =
  /^(?:4242|4000|4111|4012|4222|5555555555554444|5105105105105100|5200828282828210|2223|6011111111111117|6011000990139424|378282246310005|371449635398431)/;

export function redactCards(text: string, hash: KeyedHash, replace: Replace): string {
  return text.replace(CARD, (number) => {
    const digits = number.replace(/\D/g, '');
    if (!passesLuhn(digits) || TEST_CARD.test(digits)) return number;
    return replace('card', number, () => cardPseudonym(number, digits, hash));
  });
}

/** Keeps issuer (six digits), the last four, which services show, and the check digit's truth. */
function cardPseudonym(number: string, digits: string, hash: KeyedHash): string {
  const middle = pseudonymOf(digits.slice(6, -4), (text) => hash(`card:${digits}:${text}`));
  let all = digits;
  for (let digit = 0; digit <= 9; digit++) {
    all = digits.slice(0, 6) + middle.slice(0, -1) + digit + digits.slice(-4);
    if (passesLuhn(all)) break;
  }
  let index = 0;
  return number.replace(/\d/g, () => all[index++] as string);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9;
  }
  return sum % 10 === 0;
}
