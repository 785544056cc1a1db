// Which names of headers, parameters and fields say that their value is a secret.

/** Words of a name: `clientSecret`, `client_secret` and `Client-Secret` are all `client`, `secret`. */
export function wordsOfName(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/**
 * What a name says about its value: secret however it looks, a credential or handle where it looks like one, a telephone
 * number, or nothing.
 */
export type Secrecy = 'secret' | 'token' | 'phone' | 'none';

/** Names, as their words run together, whose value is secret however it looks. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  (
    'password passwd pwd passphrase passcode userpassword newpassword oldpassword currentpassword passwordconfirmation ' +
    'confirmpassword plainpassword secret clientsecret appsecret apisecret sharedsecret consumersecret webhooksecret ' +
    'signingsecret secretkey secretaccesskey privatekey signingkey encryptionkey masterkey ' +
    'apikey xapikey apitoken appkey applicationkey authkey accesskey authorization ' +
    'accesstoken refreshtoken idtoken authtoken authenticationtoken sessiontoken bearertoken securitytoken privatetoken ' +
    'csrftoken xsrftoken authenticitytoken xcsrftoken resettoken invitetoken verificationtoken onetimetoken ' +
    'jwt sessionid sessionkey sid phpsessid jsessionid codeverifier clientassertion devicecode assertion ' +
    'otp totp mfacode cvv cvc cvv2 securitycode xamzsignature xamzsecuritytoken xamzcredential xgoogsignature'
  ).split(' '),
);

/** Last words that make a longer name one of a secret: `db_password`, `billing_secret`. */
const SECRET_LAST_WORDS: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'apikey',
  'jwt',
]);

/** Words before `key` with which it lets somebody in: `Ocp-Apim-Subscription-Key`, `x-functions-key`. */
const KEY_WORDS: ReadonlySet<string> = new Set(['api', 'secret', 'private', 'access', 'subscription', 'functions']);

/** Words before `token` with which it is a place in a list or a count, and no credential. */
const PLACE_WORDS: ReadonlySet<string> = new Set(
  (
    'next page continuation sync cursor prev previous start end marker skip pagination paging resume snapshot last first ' +
    'change position list scroll watch delta max min total input output prompt completion stop pad eos bos ' +
    'cancel idempotency request client'
  ).split(' '),
);

const PHONE_WORDS: ReadonlySet<string> = new Set(['phone', 'mobile', 'telephone', 'phonenumber', 'fax', 'cellphone']);

/** Names are few and come again and again. */
const judged = new Map<string, Secrecy>();
const JUDGED_MAX = 10_000;

/** What the name of a header, parameter, cookie or field says about its value. */
export function secrecyOfName(name: string): Secrecy {
  let secrecy = judged.get(name);
  if (secrecy === undefined) {
    if (judged.size >= JUDGED_MAX) judged.clear();
    secrecy = judgeName(name);
    judged.set(name, secrecy);
  }
  return secrecy;
}

function judgeName(name: string): Secrecy {
  const words = wordsOfName(name);
  if (words.length === 0 || words.length > 8) return 'none';
  if (SECRET_NAMES.has(words.join(''))) return 'secret';
  const last = words.at(-1) as string;
  if (SECRET_LAST_WORDS.has(last)) return 'secret';
  const before = words.slice(0, -1);
  if (last === 'key' && KEY_WORDS.has(before.at(-1) ?? '')) return 'secret';
  if (PHONE_WORDS.has(last) || words.slice(-2).join('') === 'phonenumber') return 'phone';
  if (last === 'token' || last === 'tokens') return before.some((word) => PLACE_WORDS.has(word)) ? 'none' : 'token';
  return 'none';
}

/** A value of a field called token is a credential or a handle; shorter ones and plain words are settings. */
export function looksLikeToken(value: string): boolean {
  return value.length >= 8 && !/\s/.test(value) && !/^[a-z]+$/i.test(value) && !/^https?:/.test(value);
}

/** Cookies that hold settings: short words without digits under a name that is not about sessions. */
export function isSecretCookie(name: string, value: string): boolean {
  if (value === '' || value === 'deleted') return false;
  if (/sess|sid|auth|token|csrf|xsrf|jwt|remember|login|secret|key|user|id$/i.test(name)) return true;
  return value.length >= 8 || /^(?=.*\d)(?=.*[A-Za-z]).{6,}$/.test(value);
}
