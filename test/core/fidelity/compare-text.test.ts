import { describe, expect, it } from 'vitest';
import { isSameClockValue, sameText, type Moment } from '../../../src/core/fidelity/compare-text.ts';
import { Correspondence } from '../../../src/core/fidelity/correspondence.ts';
import { base64Encode } from '../../../src/core/std/encoding.ts';

const AROUND = Date.UTC(2026, 0, 5, 9);

function moment(prepare: (correspondence: Correspondence) => void = () => undefined): Moment {
  const correspondence = new Correspondence();
  prepare(correspondence);
  return { correspondence, aroundMs: AROUND };
}

describe('texts agree', () => {
  it.each([
    ['when they are equal', 'open', 'open'],
    ['in ids that both sides made up', 'cus_Zj69Oo3ZlqnK8ZHl', 'cus_q0PaX81LmVb27cTe'],
    ['in the ids inside an address', '/c/cus_Zj69Oo3ZlqnK8ZHl/x', '/c/cus_q0PaX81LmVb27cTe/x'],
    ['in revisions behind a number', '3-967a00dff5e02add41819138abb3284d', '3-0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
    ['in the instant of a time', '2026-01-05T09:00:01.250Z', '2026-01-05T09:07:00.000Z'],
    ['in the instant of a time in a sentence', 'done 2026-01-05T09:00:01Z, ok', 'done 2026-01-05T09:00:09Z, ok'],
    ['in base64 of text with ids', base64Encode('0:User:8f3kd02ls9ab'), base64Encode('0:User:1a2b3c4d5e6f')],
  ])('%s', (_what, expected, actual) => expect(sameText(expected, actual, moment())).toBe(true));

  it.each([
    ['words', 'open', 'closed'],
    ['numbers in sentences', 'found 3 rows', 'found 4 rows'],
    ['the number before a revision', '3-967a00dff5e02add41819138abb3284d', '2-0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
    ['the length of an id', 'cus_Zj69Oo3ZlqnK8ZHl', 'cus_q0PaX81LmVb27cTe9'],
    ['the prefix of an id', 'cus_Zj69Oo3ZlqnK8ZHl', 'con_q0PaX81LmVb27cTe'],
    ['the format of a time', '2026-01-05T09:00:01Z', '2026-01-05 09:00:01'],
    ['whether a time has a fraction', '2026-01-05T09:00:01Z', '2026-01-05T09:00:01.000Z'],
    ['a time that is no reading of the clock', '2019-01-05T09:00:01Z', '2026-01-05T09:00:01Z'],
    ['base64 of other text', base64Encode('0:User:1'), base64Encode('0:User:2')],
    ['what stands between words', 'a/b', 'a-b'],
  ])('but not in %s', (_what, expected, actual) => expect(sameText(expected, actual, moment())).toBe(false));

  it('only one way: an id that stands for one stands for no other', () => {
    const here = moment();
    expect(sameText('id_Zj69Oo3ZlqnK', 'id_q0PaX81LmVb2', here)).toBe(true);
    expect(sameText('id_Zj69Oo3ZlqnK', 'id_77aa88bb99cc', here)).toBe(false);
    expect(sameText('id_00aa11bb22cc', 'id_q0PaX81LmVb2', here)).toBe(false);
    expect(sameText('id_Zj69Oo3ZlqnK', 'id_q0PaX81LmVb2', here)).toBe(true);
  });

  it('never in place of what the client chose', () => {
    const chosen = moment((correspondence) => correspondence.noteSent('key_Zj69Oo3ZlqnK 2026-01-05T10:00:00Z'));
    expect(sameText('key_Zj69Oo3ZlqnK', 'key_q0PaX81LmVb2', chosen)).toBe(false);
    expect(sameText('2026-01-05T10:00:00Z', '2026-01-05T10:00:09Z', chosen)).toBe(false);
    expect(sameText('key_Zj69Oo3ZlqnK', 'key_Zj69Oo3ZlqnK', chosen)).toBe(true);
  });
});

describe('readings of a clock', () => {
  it.each([
    [1767603601, 1767603700, true],
    [1767603601000, 1767603700000, true],
    [1767603601, 1767603700000, false],
    [42, 43, false],
    ['1767603601', '1767603700', true],
  ])('%j and %j: %s', (expected, actual, agree) => expect(isSameClockValue(expected, actual, moment())).toBe(agree));
});

describe('addresses', () => {
  it.each([
    ['https://a.example/cb?code=Zj69-O3Zl_qnK8&state=s1', 'https://a.example/cb?code=q0P_aX81LmVb2-&state=s1', true],
    ['https://a.example/cb?code=Zj69-O3Zl_qnK8&state=s1', 'https://a.example/cb?code=q0P_aX81LmVb2-&state=s2', false],
    ['https://a.example/cb?code=Zj69-O3Zl_qnK8', 'https://b.example/cb?code=q0P_aX81LmVb2-', false],
    ['/cb?code=Zj69-O3Zl_qnK8', '/cb?code=q0P_aX81LmVb2-&state=s1', false],
  ])('%s and %s agree parameter by parameter: %s', (expected, actual, agree) =>
    expect(sameText(expected, actual, moment())).toBe(agree),
  );
});

describe('signed tokens', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (claims: object, seal: string) => `${part({ alg: 'HS256' })}.${part(claims)}.${seal}`;

  it('agree in what they say, up to the clock, whoever signed', () => {
    const here = moment();
    const own = token({ sub: 'ada', iat: 1767603601 }, 'c2lnbmVkLWJ5LW9uZQ');
    expect(sameText(own, token({ sub: 'ada', iat: 1767603605 }, 'c2lnbmVkLWJ5LWFub3RoZXI'), here)).toBe(true);
    expect(sameText(own, token({ sub: 'bob', iat: 1767603601 }, 'c2lnbmVkLWJ5LWFub3RoZXI'), moment())).toBe(false);
    expect(sameText(own, token({ sub: 'ada' }, 'c2lnbmVkLWJ5LWFub3RoZXI'), moment())).toBe(false);
  });

  it.each([
    ['numbers that are no times', { uid: 3 }, { uid: 7 }, false],
    ['a time and another number', { exp: 1767603601 }, { exp: 7000 }, false],
    ['equal numbers', { uid: 3 }, { uid: 3 }, true],
    ['ends that are years ahead', { exp: 2082963601 }, { exp: 2082963605 }, true],
    ['times with a fraction', { iat: 1767603601.25 }, { iat: 1767603605 }, true],
    ['times that are far apart', { exp: 1767603601 }, { exp: 1799139601 }, false],
  ])('with %s, %j and %j: %s', (_what, expected, actual, agree) =>
    expect(sameText(token(expected, 'c2lnbmVkLWJ5LW9uZQ'), token(actual, 'c2lnbmVkLWJ5LW9uZQ'), moment())).toBe(agree),
  );
});
