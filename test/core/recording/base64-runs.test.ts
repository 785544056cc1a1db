import { expect, it } from 'vitest';
import { redactBase64Runs } from '../../../src/core/recording/base64-runs.ts';

const hide = (text: string) => text.replaceAll('secret', 'public');
const encoded = (text: string, how: BufferEncoding = 'base64') => Buffer.from(text).toString(how);

it('text within base64 is redacted, and encoded again as it was', () => {
  for (const text of ['my secret text', 'a secret, ü?>', 'the secret is it']) {
    for (const how of ['base64', 'base64url'] as const)
      expect(redactBase64Runs(`<${encoded(text, how)}>`, hide)).toBe(`<${encoded(hide(text), how)}>`);
    const bare = encoded(text).replace(/=+$/, '');
    expect(redactBase64Runs(`:${bare};`, hide)).toBe(`:${encoded(hide(text)).replace(/=+$/, '')};`);
  }
});

it('what is no text, or is not changed, stays byte for byte', () => {
  const kept = [
    encoded('nothing to see here'),
    'd0c4a1b2c3d4e5f60718293a4b5c6d7e8f901234',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    Buffer.from([1, 2, 3, 250, 251, 252, 0, 9, 9, 9, 9, 9, 9, 9]).toString('base64'),
    `eyJhbGciOiJIUzI1NiJ9.${encoded('{"a":"secret"}', 'base64url')}.c2VjcmV0LXNpZ25hdHVyZQ`,
    'VGhpcyBpcyBub3QgYSB3aG9sZSBydW4gb2Yg!',
  ];
  for (const text of kept) expect(redactBase64Runs(text, hide)).toBe(text);
});
