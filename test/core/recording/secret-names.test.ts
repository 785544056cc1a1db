import { describe, expect, it } from 'vitest';
import {
  isSecretCookie,
  looksLikeToken,
  secrecyOfName,
  wordsOfName,
} from '../../../src/core/recording/secret-names.ts';

describe('a name', () => {
  it('is the same however its words are joined', () => {
    for (const name of ['clientSecret', 'client_secret', 'Client-Secret', 'CLIENT.SECRET'])
      expect(wordsOfName(name)).toEqual(['client', 'secret']);
  });

  it.each([
    'password',
    'userPassword',
    'db_password',
    'client_secret',
    'stripe_webhook_secret',
    'apiKey',
    'x-api-key',
    'X-Acme-Api-Key',
    'Ocp-Apim-Subscription-Key',
    'x-functions-key',
    'private_key',
    'access_token',
    'refreshToken',
    'id_token',
    'csrf_token',
    'sessionId',
    'cvv',
  ])('%s is of a secret', (name) => {
    expect(secrecyOfName(name)).toBe('secret');
  });

  it.each(['token', 'tokens', 'upload_token', 'deviceToken'])('%s is of a token', (name) => {
    expect(secrecyOfName(name)).toBe('token');
  });

  it.each([
    'next_token',
    'nextPageToken',
    'continuationToken',
    'sync_token',
    'max_tokens',
    'total_tokens',
    'token_type',
    'tokenName',
    'key',
    'keys',
    'secretary',
    'passwordless',
    'has_secret_at',
    'idempotency_key',
    'public_key',
    'id',
    '',
    '___',
  ])('%s is of nothing secret', (name) => {
    expect(secrecyOfName(name)).toBe('none');
  });

  it.each(['phone', 'phoneNumber', 'home_phone', 'mobile'])('%s is of a telephone number', (name) => {
    expect(secrecyOfName(name)).toBe('phone');
  });
});

describe('a value', () => {
  it('of a field called token looks like one, or is a setting', () => {
    expect(['a1b2c3d4e5', '7.d6f0a1b2c3', 'ab-cd-ef-gh'].filter(looksLikeToken)).toHaveLength(3);
    expect(
      ['bearer', 'short1', 'is not valid here', 'https://x.test/token', 'development'].filter(looksLikeToken),
    ).toEqual([]);
  });

  it('of a cookie is secret unless it is a short word under a plain name', () => {
    expect([
      isSecretCookie('sid', 'a'),
      isSecretCookie('_x', 'abc123'),
      isSecretCookie('prefs', 'dGhlbWU9ZGFyaw'),
    ]).toEqual([true, true, true]);
    expect([
      isSecretCookie('theme', 'dark'),
      isSecretCookie('lang', 'en-US'),
      isSecretCookie('sid', ''),
      isSecretCookie('sid', 'deleted'),
    ]).toEqual([false, false, false, false]);
  });
});
