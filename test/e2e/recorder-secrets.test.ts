// Secrets of every kind are sent through the recorder and come back in answers; none of them may be found on the disk or
// in an export, in any spelling, while what the client meets is untouched.
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { harOf } from '../../src/core/recording/har-export.ts';
import { ask, startRecorder, startUpstream } from '../support/recorder.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const jwt = [{ alg: 'HS256' }, { sub: '42', email: 'grace@navy.mil', exp: 1_900_000_000 }].map((part) =>
  Buffer.from(JSON.stringify(part)).toString('base64url'),
);

const SECRETS = {
  bearer: 'sk_test_51HG8qKJ2eZvKYlo2C',
  schemeless: '*:development.3f7b1c9ad0e24e5f8a6b',
  basicPassword: 'correct horse/battery+staple',
  apiKeyHeader: '0123456789abcdef0123456789abcdef01234567',
  privateToken: 'glpat-zzYYxx998877wwVV',
  sessionCookie: 's%3Aq1w2e3r4t5y6.u7i8o9p0',
  setCookie: 'f00dfacecafebeef0042',
  csrfHeader: 'kQ8vX2pL9mN4bR7t',
  queryToken: 'ya29.a0AfH6SMBx7yTqWz9kL3mN',
  queryApiKey: 'AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY',
  jsonPassword: 'Tr0ub4dor&3"\\quoted',
  jsonRefreshToken: '1//0gLongRefreshTokenWithSlashes-abc',
  jsonApiKey: 'ak_9f8e7d6c5b4a3210',
  formSecret: 'form secret & more = 100%',
  oauthCode: 'SplxlOBeZQQYbYS6WxSbIA',
  jwt: `${jwt.join('.')}.c2lnbmF0dXJlLWJ5dGVzLTAx`,
  multipartPassword: 'multi part pass 77',
  hostedToken: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  awsKey: 'AKIAIOSFODNN7EXAMPLE',
  urlPassword: 'p4ss-in-url-9981',
  issued: 'dGhpcy1pcy1hLXNlcnZlci1tYWRlLXRva2Vu',
  email: 'ada.lovelace@analytical.engine.io',
  phone: '+44 20 7946 0958',
  card: '5425 2334 3010 9903',
} as const;

it('leaves nothing secret on the disk or in an export, and the traffic as it was', async () => {
  const seen: string[] = [];
  const reverse = await startUpstream((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.once('end', () => {
      seen.push(JSON.stringify(request.rawHeaders) + String(request.url) + body);
      response.setHeader('set-cookie', `session=${SECRETS.setCookie}; HttpOnly`);
      response.setHeader('content-type', 'application/json');
      response.setHeader('content-encoding', 'gzip');
      response.end(
        gzipSync(
          JSON.stringify({
            access_token: SECRETS.issued,
            mail: SECRETS.email,
            call: `at ${SECRETS.phone}`,
            card: SECRETS.card,
            clone_url: `https://bot:${SECRETS.urlPassword}@git.test/x.git`,
            log: `used ${SECRETS.hostedToken}, ${SECRETS.awsKey} and ${SECRETS.jwt}; again ${body.includes(SECRETS.jsonApiKey) ? SECRETS.jsonApiKey : ''}`,
            echo: { password: SECRETS.jsonPassword },
          }),
        ),
      );
    });
  });
  const recorder = await startRecorder({ reverse });
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const multipart = `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${SECRETS.multipartPassword}\r\n--b--\r\n`;
  const query = new URLSearchParams({
    access_token: SECRETS.queryToken,
    api_key: SECRETS.queryApiKey,
    page: '2',
  }).toString();
  const questions = [
    [
      '/a',
      {
        headers: {
          authorization: `Bearer ${SECRETS.bearer}`,
          'x-api-key': SECRETS.apiKeyHeader,
          'private-token': SECRETS.privateToken,
        },
      },
    ],
    [
      '/b',
      {
        headers: {
          authorization: SECRETS.schemeless,
          cookie: `connect.sid=${SECRETS.sessionCookie}; theme=dark`,
          'x-csrf-token': SECRETS.csrfHeader,
        },
      },
    ],
    ['/c', { headers: { authorization: `Basic ${base64(`ada:${SECRETS.basicPassword}`)}` } }],
    [`/d?${query}`, {}],
    [`/callback?code=${SECRETS.oauthCode}&state=xyz`, {}],
    [
      '/e',
      {
        method: 'POST',
        headers: json,
        body: JSON.stringify({
          password: SECRETS.jsonPassword,
          refresh_token: SECRETS.jsonRefreshToken,
          apiKey: SECRETS.jsonApiKey,
        }),
      },
    ],
    [
      '/f',
      {
        method: 'POST',
        headers: form,
        body: new URLSearchParams({ client_secret: SECRETS.formSecret, grant_type: 'x' }).toString(),
      },
    ],
    ['/g', { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: multipart }],
    [`/tokens/${encodeURIComponent(SECRETS.issued)}`, { method: 'DELETE' }],
    ['/h', { headers: { authorization: `Bearer ${SECRETS.jwt}` } }],
  ] as const;
  for (const [target, question] of questions) {
    const answer = JSON.parse(
      gunzipSync((await ask(`${recorder.origin}${target}`, question)).bytes).toString(),
    ) as Record<string, unknown>;
    expect(answer['access_token']).toBe(SECRETS.issued);
  }
  const sent = seen.join('\n');
  for (const secret of [SECRETS.bearer, SECRETS.apiKeyHeader, SECRETS.multipartPassword, SECRETS.oauthCode])
    expect(sent).toContain(secret);

  const whileRecording = recorder.rawFile();
  const recording = await recorder.finish();
  expect(recording.exchanges).toHaveLength(questions.length);
  // Every body is text in the archive, so that nothing hides in an encoding.
  const places = {
    'the file while recording': whileRecording,
    'the file': recorder.rawFile(),
    'the export': JSON.stringify(harOf(recording)),
  };
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(SECRETS).flatMap(([name, secret]) =>
      spellings(secret)
        .filter((spelling) => text.includes(spelling))
        .map((spelling) => `${name} as ${spelling} in ${place}`),
    ),
  );
  expect(found).toEqual([]);
  expect(whileRecording).toContain('theme=dark');
});

/** A secret as it is, as JSON, URLs and forms write it, and in base64 at each of the three places it can begin. */
function spellings(secret: string): readonly string[] {
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = base64('\0'.repeat(shift) + secret);
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice(2),
      ...shifted,
    ]),
  ];
}
