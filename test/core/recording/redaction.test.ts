import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Exchange, Header } from '../../../src/core/exchange/exchange.ts';
import { createKnownSecrets } from '../../../src/core/recording/known-secrets.ts';
import { DEFAULT_REDACTION_RULES } from '../../../src/core/recording/redaction-rules.ts';
import { redactExchange, redactRequest } from '../../../src/core/recording/redaction.ts';
import { exchangeOf, sketchHash as hash, type Sketch } from '../../support/redaction-sketch.ts';

function redacted(sketch: Sketch) {
  const { exchange, counts, originals } = redactExchange(exchangeOf(sketch), hash);
  const header = (name: string) => exchange.request.headers.find(([each]) => each === name)?.[1];
  const text = (body: Exchange['request']['body']) => (body && 'text' in body ? body.text : undefined);
  return {
    header,
    counts,
    originals,
    exchange,
    target: exchange.request.target,
    body: text(exchange.request.body),
    answer: text(exchange.response?.body),
  };
}

const json: readonly Header[] = [['content-type', 'application/json']];
const form: readonly Header[] = [['content-type', 'application/x-www-form-urlencoded']];

describe('redaction of credentials in the head', () => {
  test('the scheme of Authorization stays and its token becomes a pseudonym of the same form', () => {
    const { header, counts } = redacted({ headers: [['authorization', 'Bearer sk_test_51HabcDEF0123456789xyz']] });
    expect(header('authorization')).toMatch(/^Bearer sk_test_[0-9A-Za-z]{22}$/);
    expect(header('authorization')).not.toContain('51HabcDEF0123456789xyz');
    expect(counts).toEqual({ authorization: 1 });
  });

  test('an Authorization value without a scheme is the secret itself', () => {
    expect(redacted({ headers: [['authorization', '*:*.admin-token-value']] }).header('authorization')).toMatch(
      /^\*:\*\.[a-z]{5}-[a-z]{5}-[a-z]{5}$/,
    );
  });

  test('Basic keeps the user name and replaces the password, also for another user with the same one', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const shown = (text: string) =>
      Buffer.from(
        (redacted({ headers: [['authorization', basic(text)]] }).header('authorization') ?? '').slice(6),
        'base64',
      ).toString();
    expect(shown('alice:correct-horse-1')).toMatch(/^alice:[a-z]{7}-[a-z]{5}-\d$/);
    expect(shown('bob:correct-horse-1').split(':')[1]).toBe(shown('alice:correct-horse-1').split(':')[1]);
    expect(shown('sk_live_0123456789abcdef:')).toMatch(/^sk_live_[0-9a-f]{16}:$/);
  });

  test('Digest and signed requests keep their public parameters', () => {
    const digest = redacted({
      headers: [
        [
          'authorization',
          'Digest username="Mufasa", realm="r", nonce="n0", uri="/x", response="6629fae49393a05397450978507c4ef1"',
        ],
      ],
    });
    expect(digest.header('authorization')).toMatch(
      /^Digest username="Mufasa", realm="r", nonce="n0", uri="\/x", response="[0-9a-f]{32}"$/,
    );
    expect(digest.header('authorization')).not.toContain('6629fae49393a05397450978507c4ef1');
  });

  test('values of cookies are replaced the same way when they are set and when they come back', () => {
    const { header, exchange } = redacted({
      headers: [['cookie', 'theme=dark; sid=a1b2c3d4e5f6']],
      responseHeaders: [['set-cookie', 'sid=a1b2c3d4e5f6; Path=/; HttpOnly']],
    });
    const value = /sid=(\w+)/.exec(header('cookie') ?? '')?.[1];
    expect(header('cookie')).toMatch(/^theme=dark; sid=[0-9a-f]{12}$/);
    expect(value).not.toBe('a1b2c3d4e5f6');
    expect(exchange.response?.headers).toEqual([['set-cookie', `sid=${value}; Path=/; HttpOnly`]]);
  });

  test.each([
    'x-api-key',
    'api-key',
    'x-auth-token',
    'private-token',
    'x-acme-api-key',
    'x-csrf-token',
    'x-session-token',
  ])('%s is a header with a secret', (name) => {
    const { header } = redacted({ headers: [[name, 'k3y-0123456789']] });
    expect(header(name)).toHaveLength('k3y-0123456789'.length);
    expect(header(name)).not.toBe('k3y-0123456789');
  });

  test('other headers stay as they are', () => {
    const headers: readonly Header[] = [
      ['user-agent', 'client/1.0'],
      ['idempotency-key', 'order-7'],
      ['if-match', '"3-967a00dff5e02add41819138abb3284d"'],
      ['x-request-id', '0f8fad5b-d9cb-469f-a165-70867728950e'],
    ];
    expect(redacted({ headers }).exchange.request.headers).toEqual(headers);
  });

  test('secrets in query parameters are replaced and other parameters stay byte for byte', () => {
    const { target } = redacted({ target: '/v1/a%20b?q=x+y&api_key=abc123def456&page_token=c2Vjb25k&limit=3' });
    expect(target).toMatch(/^\/v1\/a%20b\?q=x\+y&api_key=[0-9a-f]{12}&page_token=c2Vjb25k&limit=3$/);
    expect(target).not.toContain('abc123def456');
  });

  test('proof keys stay proof keys: the pseudonym of a verifier has the pseudonym of its challenge', () => {
    const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const asked = exchangeOf({
      target: `/authorize?client_id=a&code_challenge=${challengeOf(verifier)}&code_challenge_method=S256`,
    });
    const redeemed = exchangeOf({
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: `grant_type=authorization_code&code=abcdefgh12345678&code_verifier=${verifier}`,
    });
    const target = redactExchange(asked, hash).exchange.request.target;
    const { body } = redactExchange(redeemed, hash).exchange.request;
    const [challenge, proof] = [target, body !== undefined && 'text' in body ? body.text : ''].map(
      (text) => /code_(?:challenge|verifier)=([^&]*)/.exec(text)?.[1] ?? '',
    ) as [string, string];
    expect(proof).not.toBe(verifier);
    expect(challenge).not.toBe(challengeOf(verifier));
    expect(challengeOf(proof)).toBe(challenge);
  });

  test('the code of an OAuth answer is a secret, a field called code elsewhere is not', () => {
    expect(redacted({ target: '/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz' }).target).not.toContain(
      'SplxlOBeZQQYbYS6WxSbIA',
    );
    expect(redacted({ target: '/rates?code=EUR' }).target).toBe('/rates?code=EUR');
    const location: readonly Header[] = [['location', 'https://app.test/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz']];
    expect(JSON.stringify(redacted({ responseHeaders: location }).exchange)).not.toContain('SplxlOBeZQQYbYS6WxSbIA');
  });
});

describe('redaction of bodies', () => {
  test('only the values of secret fields change in JSON, all else stays byte for byte', () => {
    const { body } = redacted({
      headers: json,
      body: '{ "user" : "ada",\n "password":"hunter2!", "n": 1.0, "tags":["password"], "max_tokens": 256 }',
    });
    expect(body).toMatch(
      /^\{ "user" : "ada",\n "password":"[a-z0-9]{7}!", "n": 1\.0, "tags":\["password"\], "max_tokens": 256 \}$/,
    );
    expect(body).not.toContain('hunter2');
  });

  test('a secret has one pseudonym in header, JSON, form, query and cookie', () => {
    const secret = 'Zx81-Spectrum-48k-plus';
    const { exchange } = redacted({
      target: `/x?access_token=${secret}`,
      headers: [['authorization', `Bearer ${secret}`], ['cookie', `session=${secret}`], ...form],
      body: `a=1&client_secret=${secret}`,
      responseHeaders: json,
      responseBody: `{"access_token":"${secret}"}`,
    });
    const text = JSON.stringify(exchange);
    const pseudonym = /"Bearer ([^"]+)"/.exec(text)?.[1] as string;
    expect(text).not.toContain(secret);
    expect(text.split(pseudonym)).toHaveLength(6);
  });

  test('a handle that a server calls token stays one value wherever it goes, and keeps its separators and number', () => {
    const made = redactExchange(
      exchangeOf({
        responseHeaders: json,
        responseBody: '{"upload":{"id":7,"token":"7.d6f0a1b2c3d4e5f60718293a4b5c6d7e"}}',
      }),
      hash,
    );
    const used = redactRequest(
      {
        method: 'POST',
        target: '/issues',
        headers: json,
        body: { text: '{"uploads":[{"token":"7.d6f0a1b2c3d4e5f60718293a4b5c6d7e"}]}' },
      },
      hash,
    );
    const [pseudonym] = made.originals.keys();
    expect(pseudonym).toMatch(/^7\.[0-9a-f]{32}$/);
    expect(used.request.body).toEqual({ text: `{"uploads":[{"token":"${pseudonym}"}]}` });
  });

  test('cursors and page tokens stay as they are', () => {
    const body =
      '{"next_token":"eyJvIjoxMH0aaaa","nextPageToken":"CAUQAA1234567","continuation_token":"a8b7c6d5e4","cursor":"b2Zmc2V0OjEw"}';
    expect(redacted({ responseHeaders: json, responseBody: body }).answer).toBe(body);
  });

  test('what an answer says about a field called password is no password', () => {
    const body = '{"errors":{"password":["is too short"],"token":["can\'t be blank"]}}';
    expect(redacted({ responseHeaders: json, responseBody: body }).answer).toBe(body);
  });

  test('ordinary values stay: names, titles, revisions, hashes, ids, times, addresses nobody has', () => {
    const body = JSON.stringify({
      id: 'cus_NffrFeUfNV2Hib',
      sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e',
      rev: '3-967a00dff5e02add41819138abb3284d',
      email: 'octocat@example.com',
      login: 'octocat',
      title: 'Fix the +1 button at 12:30',
      key: 'PROJ-12',
      token_type: 'bearer',
      big: 4485090715960753726n.toString(),
      ssh_url: 'git@github.com:octocat/hello.git',
      date: '2024-02-29T23:59:60+02:00',
      has_password: true,
      url: 'https://api.test/items?page=2&per_page=10',
    });
    expect(redacted({ responseHeaders: json, responseBody: body }).answer).toBe(body);
  });

  test('JSON inside a JSON string and JSON lines are looked into', () => {
    const { answer } = redacted({
      responseHeaders: json,
      responseBody: JSON.stringify({ log: JSON.stringify({ api_key: 'abcdef012345' }) }),
    });
    expect(answer).not.toContain('abcdef012345');
    expect(JSON.parse(JSON.parse(answer as string).log)).toEqual({ api_key: expect.stringMatching(/^[0-9a-f]{12}$/) });
  });

  test('a secret in a URL within a text is replaced once, so that it has the pseudonym that it has elsewhere', () => {
    const signed =
      'https://s3.test/f?X-Amz-Credential=ASIAWYLNJGWWCXCR4V7V&api_key=ghp_16C7e42F292c6912E7710c838347Ae178B4a';
    const { answer, originals } = redacted({
      responseHeaders: json,
      responseBody: JSON.stringify({ url: signed, note: `see ${signed}`, key: 'ASIAWYLNJGWWCXCR4V7V' }),
    });
    expect(new Set(originals.values())).toEqual(
      new Set(['ASIAWYLNJGWWCXCR4V7V', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a']),
    );
    for (const pseudonym of originals.keys()) expect((answer as string).split(pseudonym).length).toBeGreaterThan(2);
  });

  test('multipart parts and inputs of HTML pages are known by their names', () => {
    const multipart =
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nopen sesame\r\n--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nopen sesame\r\n--b--';
    const { body } = redacted({ headers: [['content-type', 'multipart/form-data; boundary=b']], body: multipart });
    expect(body).toMatch(
      /name="password"\r\n\r\n[a-z]{4} [a-z]{6}\r\n--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nopen sesame\r\n--b--$/,
    );
    expect(body?.match(/open sesame/g)).toHaveLength(1);
    const page =
      '<meta name="csrf-token" content="q8Yw/2Lk0Zp9+dA=="><input type="hidden" name="authenticity_token" value="q8Yw/2Lk0Zp9+dA==">';
    expect(redacted({ responseHeaders: [['content-type', 'text/html']], responseBody: page }).answer).not.toContain(
      'q8Yw',
    );
  });

  test('what a rule finds has one pseudonym, wherever it stands', () => {
    const rules = { ...DEFAULT_REDACTION_RULES, patterns: ['[A-Z]-\\d\\d'] };
    const value = 'A-12';
    const shown = (sketch: Sketch) => JSON.stringify(redactExchange(exchangeOf(sketch), hash, { rules }).exchange);
    const [pseudonym = ''] = /[A-Z]-\d\d/.exec(shown({ headers: [['x-badge', value]] })) ?? [];
    expect(pseudonym).not.toBe(value);
    const sketches: readonly Sketch[] = [
      { headers: form, body: `badge=${value}&b=1` },
      { headers: form, body: `b=1&${value}` },
      { headers: json, body: `{"badge":"${value}","url":"https://h.test/?badge=${value}&b=2"}` },
      { headers: [['cookie', `a=1; badge=${value}`]] },
      { responseHeaders: [['set-cookie', `badge=${value}; Path=/`]] },
      { headers: [['content-type', 'multipart/form-data; boundary=b']], body: `--b\r\n\r\n${value}\r\n--b--\r\n` },
      { target: `/badges/${value}?badge=${value}` },
      { headers: [['x-note', btoa(`this is the badge ${value}`)]] },
    ];
    for (const sketch of sketches) {
      const found = shown(sketch).replace(/[A-Za-z0-9+/]{20,}={0,2}/g, (run) => atob(run));
      expect(found).toContain(pseudonym);
      expect(found.match(/[A-Z]-\d\d/g)?.every((each) => each === pseudonym)).toBe(true);
    }
  });

  test('bytes that are no text stay as they are', () => {
    const base64 = Buffer.from([0xff, 0xd8, 0x40, 0x61, 0x2e, 0x63, 0x6f, 0x00, 0x80]).toString('base64');
    const exchange = {
      ...exchangeOf({}),
      response: { status: 200, headers: [['content-type', 'image/jpeg']] as const, body: { base64 } },
    };
    expect(redactExchange(exchange, hash).exchange.response?.body).toEqual({ base64 });
  });
});

describe('redaction by form', () => {
  const jwt = (claims: object) =>
    ['{"alg":"HS256"}', JSON.stringify(claims), 'signature-bytes']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');

  test('a JWT keeps its structure, times and rights, and loses its signature and the person', () => {
    const token = jwt({ sub: 'u1', email: 'ada@acme.io', exp: 1700000000, scope: 'read' });
    const { answer } = redacted({ responseHeaders: [['content-type', 'text/plain']], responseBody: `see ${token}.` });
    const [header, payload, signature] = (answer as string).slice(4, -1).split('.') as [string, string, string];
    expect(header).toBe(token.split('.')[0]);
    expect(signature).not.toBe(token.split('.')[2]);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
      sub: 'u1',
      email: expect.not.stringContaining('ada'),
      exp: 1700000000,
      scope: 'read',
    });
  });

  test.each([
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'github_pat_11ABCDEFG0abcdefghijkl_0123456789',
    'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
    'xoxb-1234567890-abcdefghijklmno',
    'AKIAIOSFODNN7EXAMPLE',
    'AIzaSyA1234567890abcdefghijklmnopqrstuv',
    'glpat-ABCdef123456ghiJKL78',
  ])('%s is known anywhere', (token) => {
    const { answer, counts } = redacted({ responseHeaders: json, responseBody: `{"message":"bad key ${token} used"}` });
    expect(answer).not.toContain(token);
    expect(answer).toHaveLength(`{"message":"bad key ${token} used"}`.length);
    expect(counts).toEqual({ 'token-format': 1 });
  });

  test('e-mail, telephone and card numbers become others that lead nowhere and pass the same checks', () => {
    const { answer, counts } = redacted({
      responseHeaders: json,
      responseBody: '{"to":"Ada.Lovelace@acme.io","tel":"call +44 20 7946 0958","card":"5425 2334 3010 9903"}',
    });
    const shown = JSON.parse(answer as string);
    expect(shown.to).toMatch(/^[a-z]{3}\.[a-z]{8}\.[0-9a-f]{6}@example\.com$/);
    expect(shown.tel).toMatch(/^call \+44 2\d \d{4} \d{4}$/);
    expect(shown.card).toMatch(/^5425 23\d\d \d{4} 9903$/);
    expect(counts).toEqual({ email: 1, phone: 1, card: 1 });
    expect(redacted({ headers: json, body: '{"q":"ada.lovelace@ACME.io"}' }).body).toContain(shown.to);
  });

  test('each kind of contact data can be left alone', () => {
    const body = '{"to":"ada@acme.io","phone":"+44 20 7946 0958"}';
    const rules = { ...DEFAULT_REDACTION_RULES, email: false, phone: false };
    const { exchange } = redactExchange(exchangeOf({ headers: json, body }), hash, { rules });
    expect(exchange.request.body).toEqual({ text: body });
  });

  test('rules name further secrets and exceptions', () => {
    const rules = { ...DEFAULT_REDACTION_RULES, secretNames: ['Badge'], plainNames: ['token'] };
    const { exchange } = redactExchange(
      exchangeOf({ headers: json, body: '{"badge":"b-1234","token":"abcdef123456"}' }),
      hash,
      { rules },
    );
    expect(exchange.request.body).toEqual({
      text: expect.stringMatching(/^\{"badge":"[a-z]-\d{4}","token":"abcdef123456"\}$/),
    });
    expect(JSON.stringify(exchange)).not.toContain('b-1234');
  });
});

describe('what was met before', () => {
  test('a secret is found again where nothing gives it away: in a path, in a sentence', () => {
    const known = createKnownSecrets();
    redactExchange(exchangeOf({ responseHeaders: json, responseBody: '{"secret":"dev.9f8e7d6c5b4a39281706"}' }), hash, {
      known,
    });
    const { exchange } = redactExchange(
      exchangeOf({ target: '/tokens/dev.9f8e7d6c5b4a39281706', responseBody: 'no dev.9f8e7d6c5b4a39281706 here' }),
      hash,
      { known },
    );
    expect(JSON.stringify(exchange)).not.toContain('9f8e7d6c5b4a39281706');
    expect(exchange.request.target).toMatch(/^\/tokens\/dev\.[0-9a-f]{20}$/);
  });

  test('a weak password is not searched for in ordinary text', () => {
    const known = createKnownSecrets();
    redactExchange(exchangeOf({ headers: json, body: '{"password":"admin"}' }), hash, { known });
    const { exchange } = redactExchange(exchangeOf({ responseBody: 'the admin said' }), hash, { known });
    expect(exchange.response?.body).toEqual({ text: 'the admin said' });
  });
});

describe('redaction of what an agent sends', () => {
  test('pseudonyms and handles that the caller knows stay as they are', () => {
    const request = { method: 'GET', target: '/me', headers: [['authorization', 'Bearer klubf-stzwtyk']] as const };
    expect(redactRequest(request, hash, { isPlain: (value) => value === 'klubf-stzwtyk' }).request).toEqual(request);
    expect(redactRequest(request, hash).request).not.toEqual(request);
  });

  test('the account gives back what each pseudonym stands for', () => {
    const { request, originals } = redactRequest(
      { method: 'POST', target: '/users', headers: json, body: { text: '{"mail":"ada@acme.io"}' } },
      hash,
    );
    const [pseudonym, original] = [...originals][0] as [string, string];
    expect(original).toBe('ada@acme.io');
    expect(request.body).toEqual({ text: `{"mail":"${pseudonym}"}` });
  });
});

test('what a message says beside its head and body is redacted like its head', () => {
  const key = 'k3y-9f8e7d6c5b4a';
  const { exchange } = redactExchange(
    {
      ...{ id: '1', session: 's', origin: 'http://a', startedAt: 0, endedAt: 0 },
      request: { method: 'PUT', target: '/', headers: [], trailers: [['x-api-key', key]] },
      response: {
        status: 409,
        reason: `no ${key}`,
        headers: [],
        interim: [{ status: 103, headers: [['link', `</a?access_token=${key}>`]] }],
      },
    },
    hash,
    { known: createKnownSecrets() },
  );
  expect(JSON.stringify(exchange)).not.toContain(key);
  expect([exchange.response?.reason?.slice(0, 3), exchange.response?.interim?.length]).toEqual(['no ', 1]);
});
