import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { findIssuedValues, locationParameters } from '../../../../src/core/compiler/sign-in/issued.ts';
import { TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

const made = (name: string, number: number) => `${name}-8fA3kq0Z9x-${number}-mUe7`;
const found = (lines: readonly Line[]) => findIssuedValues(normaliseCalls([recordingOf(lines)], TOY_ORIGIN));

/** A code in an address, redeemed for tokens, of which one is shown as a credential. */
const round = (number: number, header: Record<string, string>): Line[] => [
  {
    ask: 'POST /agree',
    body: {},
    status: 302,
    answerHeaders: { location: `https://app.example/?code=${made('code', number)}&s=1` },
  },
  {
    ask: 'POST /token',
    body: { code: made('code', number) },
    answer: { access: made('access', number), refresh: made('refresh', number), id: made('id', number) },
  },
  { ask: 'GET /me', headers: header, answer: { ok: true } },
  { ask: 'POST /token', body: { refresh: made('refresh', number) }, answer: { access: made('later', number) } },
];
const lines = (header: (number: number) => Record<string, string>) =>
  [1, 2].flatMap((number) => round(number, header(number)));

describe('issued values', () => {
  it('are those that come back as credentials, and those that came back where these were made', () => {
    const values = found(lines((number) => ({ authorization: `Bearer ${made('access', number)}` })));
    expect(values?.kinds.map(({ route, place, name }) => `${route} ${place}.${name}`).sort()).toEqual([
      'POST /agree location.code',
      'POST /token body.access',
      'POST /token body.refresh',
    ]);
    expect([values?.header, values?.prefix, [...(values?.tokens ?? [])].map(({ name }) => name)]).toEqual([
      'authorization',
      'Bearer ',
      ['access'],
    ]);
  });

  it('may be shown in a header of their own', () => {
    const values = found(lines((number) => ({ 'x-auth-token': made('access', number) })));
    expect([values?.header, values?.prefix]).toEqual(['x-auth-token', '']);
  });

  it('are none where credentials were there before, or where one was shown once only', () => {
    expect(found(lines(() => ({ authorization: 'Bearer an-old-credential-1' })))).toBeUndefined();
    expect(found(round(1, { authorization: `Bearer ${made('access', 1)}` }))).toBeUndefined();
    expect(found(lines(() => ({})))).toBeUndefined();
  });
});

describe('parameters of the address that an answer leads to', () => {
  it.each([
    [
      'https://app.example/?code=a%20b+c&s=1',
      [
        ['code', 'a b c'],
        ['s', '1'],
      ],
    ],
    [
      '/done?token=QUJD==&next=a=b',
      [
        ['token', 'QUJD=='],
        ['next', 'a=b'],
      ],
    ],
    ['/done?next=/a?b#c=d', [['next', '/a?b']]],
    [
      '/done?code=%zz&=1&empty&',
      [
        ['code', '%zz'],
        ['empty', ''],
      ],
    ],
    ['/done', []],
  ])('of %s are %j', (location, parameters) => {
    const lines = [{ ask: 'POST /agree', status: 302, answerHeaders: { location } }];
    const [call] = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
    expect(call === undefined ? undefined : locationParameters(call)).toEqual(parameters);
  });
});
