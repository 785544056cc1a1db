// Bodies of many parts, some of bytes: the secrets in the others are not on the disk, however long the body is and whoever sent
// it, and what goes over the wire is untouched.
import { expect, it } from 'vitest';
import { ask, startRecorder, startUpstream } from '../support/recorder.ts';
import { foundSecrets } from '../support/secret-search.ts';

const SECRETS = {
  password: 'multi-part-pass-77',
  apiKey: 'mp-key-00112233445566778899',
  nested: 'nested-in-json-aabbccdd',
  unnamed: 'in-a-part-without-a-name-1',
  inRequest: 'bearer-of-a-batched-request-9',
  asked: 'said-in-the-head-0a1b2c3d4e',
};

const text = (head: string, value: string) => Buffer.from(`--b\r\n${head}\r\n\r\n${value}\r\n`);
const named = (name: string, value: string) => text(`Content-Disposition: form-data; name="${name}"`, value);

/** Text before and after a file of so many bytes. */
const bodyOf = (fileBytes: number) =>
  Buffer.concat([
    named('title', 'the roof'),
    named('password', SECRETS.password),
    named('settings', JSON.stringify({ deep: [{ client_secret: SECRETS.nested }] })),
    text('Content-Disposition: form-data; name="f"; filename="x.jpg"\r\nContent-Type: image/jpeg', ''),
    Buffer.from(Array.from({ length: fileBytes }, (_none, at) => (at * 7919) & 0xff)),
    Buffer.from('\r\n'),
    named('api_key', SECRETS.apiKey),
    text('Content-Type: application/json', JSON.stringify({ password: SECRETS.unnamed })),
    text('Content-Type: application/http', `GET /me HTTP/1.1\r\nAuthorization: Bearer ${SECRETS.inRequest}\r\n\r\n`),
    text('Content-Type: text/plain', `once more: ${SECRETS.asked}`),
    Buffer.from('--b--\r\n'),
  ]);

it.each([
  ['short', 1000],
  ['stored as it comes', 300_000],
])('a body of many parts that is %s leaves no secret of its parts', async (_what, fileBytes) => {
  const body = bodyOf(fileBytes);
  const type = { 'content-type': 'multipart/form-data; boundary=b' };
  const recorder = await startRecorder({
    heldMax: 50_000,
    reverse: await startUpstream((request, response) => {
      response.writeHead(200, type);
      request.pipe(response);
    }),
  });
  const question = { method: 'POST', headers: { ...type, authorization: `Bearer ${SECRETS.asked}` }, body };
  expect((await ask(recorder.origin, question)).bytes.equals(body)).toBe(true);
  const raw = recorder.rawFile();
  expect(foundSecrets(SECRETS, { 'the file': raw })).toEqual([]);
  expect(raw).toContain('the roof');
  expect(raw).toContain(body.subarray(2000, 2900).toString('latin1').slice(0, 200));
});
