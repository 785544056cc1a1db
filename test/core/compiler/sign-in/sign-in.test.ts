import { describe, expect, it } from 'vitest';
import { compileServices } from '../../../../src/core/build/compile-services.ts';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { inferSignIn } from '../../../../src/core/compiler/sign-in/sign-in.ts';
import { CloneClient } from '../../../support/clone-client.ts';
import { TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

const token = (number: number) =>
  `tok${String(number * 7919 + 104_729)
    .repeat(4)
    .slice(0, 17)}`;
const bearer = (number: number) => ({ authorization: `Bearer ${token(number)}` });
const login = (user: string, password: string) => ({ ask: 'POST /login', body: { user, password } });
const refused = { status: 401, answer: { error: 'no' } };

/** Two users sign in, look at themselves and leave; tokens are good until then. */
const LINES: Line[] = [1, 2, 3, 4, 5, 6].flatMap((number): Line[] => {
  const user = number % 2 === 0 ? 'ada' : 'bob';
  return [
    { ...login(user, 'wrong'), ...refused },
    { ...login(user, `${user}-pass`), answer: { token: token(number), kind: 'bearer' } },
    { ask: 'GET /me', headers: bearer(number), answer: { login: user } },
    { ask: 'POST /logout', body: { token: token(number) }, answer: { ok: true } },
    { ask: 'GET /me', headers: bearer(number), ...refused },
    { ask: 'GET /me', headers: { authorization: 'Bearer nobody-gave-this-one' }, ...refused },
    { ask: 'GET /me', ...refused },
  ];
});

const signInOf = (lines: readonly Line[]) => inferSignIn(normaliseCalls([recordingOf(lines)], TOY_ORIGIN));
const cloneOf = (lines: readonly Line[]) => new CloneClient(compileServices([recordingOf(lines)]).loaded);
const me = (clone: CloneClient, value: string) => {
  const { status, body } = clone.send('GET', '/me', undefined, [['authorization', `Bearer ${value}`]]);
  return [status, body as unknown];
};

describe('a service that issues credentials', () => {
  it('gives new ones to who signs in, each for its user, until they are given back', () => {
    const clone = cloneOf(LINES);
    const given = ['ada', 'bob'].map(
      (user) => clone.post('/login', { user, password: `${user}-pass` }).body as { token: string },
    );
    const [ada, bob] = given.map((each) => each.token) as [string, string];
    expect(LINES.some(({ answer }) => JSON.stringify(answer)?.includes(ada))).toBe(false);
    expect([me(clone, ada), me(clone, bob)]).toEqual([
      [200, { login: 'ada' }],
      [200, { login: 'bob' }],
    ]);
    expect(clone.post('/logout', { token: ada }).body).toEqual({ ok: true });
    expect([me(clone, ada)[0], me(clone, bob)[0]]).toEqual([401, 200]);
  });

  it('refuses wrong passwords, also those of others, and tokens of the recording or of nobody', () => {
    const clone = cloneOf(LINES);
    for (const password of ['wrong', 'bob-pass'])
      expect(clone.post('/login', { user: 'ada', password }).status).toBe(401);
    for (const value of [token(1), 'made-up-by-the-agent', 'ada']) expect(me(clone, value)[0]).toBe(401);
    expect(clone.get('/me').status).toBe(401);
  });

  it('tells later passes whom a token stands for', () => {
    const found = signInOf(LINES);
    expect(found?.issued).toEqual({
      header: 'authorization',
      prefix: 'Bearer ',
      type: 'IssuedToken',
      subject: 'subject',
      accounts: { type: 'Account', fields: ['user', 'password'] },
    });
    expect(['x3', 'x5', 'x6', 'x7'].map((id) => found?.headerOf(id))).toEqual([
      'Bearer bob',
      'Bearer (not issued)',
      'Bearer (not issued)',
      undefined,
    ]);
    expect(['x2', 'x3', 'x4'].map((id) => found?.isTaken(id))).toEqual([true, false, true]);
  });

  it('is not seen where nothing that was issued came back, or where it does not explain what was answered', () => {
    expect(signInOf(LINES.filter(({ ask }) => ask !== 'GET /me'))).toBeUndefined();
    const arbitrary = LINES.map((line): Line =>
      line.headers !== undefined && line.status === undefined ? { ...line, ...refused } : line,
    );
    expect(signInOf(arbitrary)).toBeUndefined();
    expect(signInOf([])).toBeUndefined();
  });
});

describe('sessions in a cookie', () => {
  const sid = (number: number): string => `s%3A${token(number)}.${'ab'.repeat(8)}`;
  const cookie = (number: number) => ({ cookie: `theme=dark; sid=${sid(number)}` });
  const set = (value: string) => ({ 'set-cookie': `sid=${value}; Path=/; HttpOnly` });
  const lines = [1, 2, 3, 4, 5, 6].flatMap((number): Line[] => {
    const user = number % 2 === 0 ? 'ada' : 'bob';
    return [
      { ...login(user, 'wrong'), ...refused },
      { ...login(user, `${user}-pass`), answer: { login: user }, answerHeaders: set(sid(number)) },
      { ask: 'GET /me', headers: cookie(number), answer: { login: user } },
      { ask: 'POST /leave', headers: cookie(number), status: 204, answerHeaders: { 'set-cookie': 'sid=; Max-Age=0' } },
      { ask: 'GET /me', headers: cookie(number), ...refused },
      { ask: 'GET /me', ...refused },
    ];
  });
  const ask = (clone: CloneClient, method: string, path: string, value: string) =>
    clone.send(method, path, undefined, [['cookie', `sid=${value}`]]);

  it('are begun by signing in, and ended by the call that ends the cookie it carries', () => {
    const clone = cloneOf(lines);
    const begun = clone.post('/login', { user: 'ada', password: 'ada-pass' }).headers['set-cookie'] ?? '';
    expect(begun).toMatch(/^sid=s%3Atok\d+\.[0-9a-f]+; Path=\/; HttpOnly$/);
    const value = /^sid=([^;]+)/.exec(begun)?.[1] ?? '';
    expect(ask(clone, 'GET', '/me', value).body).toEqual({ login: 'ada' });
    expect(clone.send('GET', '/me', undefined, [['cookie', `lang=en; sid=${value}`]]).body).toEqual({ login: 'ada' });
    const left = ask(clone, 'POST', '/leave', value);
    expect([left.status, left.headers['set-cookie']]).toEqual([204, 'sid=; Max-Age=0']);
    expect(ask(clone, 'GET', '/me', value).status).toBe(401);
    expect(ask(clone, 'GET', '/me', sid(1)).status).toBe(401);
    expect(clone.get('/me').status).toBe(401);
  });
});

describe('tokens that are signed', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = (user: string, at: number) =>
    `${part({ alg: 'HS256' })}.${part({ sub: user, iat: at, exp: at + 60 })}.c2lnbmF0dXJlLW9mLXRva2Vu`;

  it('say of whom they are and when, under a key of the clone', () => {
    const start = Math.floor(Date.UTC(2026, 2, 1, 9) / 1000);
    const lines = ['ada', 'bob', 'ada', 'bob'].flatMap((user, index): Line[] => {
      const issued = jwt(user, start + index * 2);
      return [
        { ...login(user, `${user}-pass`), answer: { token: issued } },
        { ask: 'GET /me', headers: { authorization: `Bearer ${issued}` }, answer: { login: user } },
      ];
    });
    const clone = cloneOf(lines);
    const { token: given } = clone.post('/login', { user: 'bob', password: 'bob-pass' }).body as { token: string };
    const [, claims = '', signature = ''] = given.split('.');
    const { sub, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number>;
    expect([sub, exp === (iat ?? 0) + 60, signature.length]).toEqual(['bob', true, 43]);
    expect(me(clone, given)).toEqual([200, { login: 'bob' }]);
    expect(me(clone, `${given}x`)[1]).not.toEqual({ login: 'bob' });
  });
});
