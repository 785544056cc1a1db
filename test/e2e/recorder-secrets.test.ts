// Forty secrets of every kind are sent through the recorder and come back in answers, events and messages; none of them may be
// found on the disk, in what is logged or in an export, in any spelling, while what the client meets is untouched. What was
// recorded still makes a clone that tells the good token from a bad one.
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { callMynah, printedLine, runMynah, startMynah } from '../support/mynah-command.ts';
import { ask, portOf, temporaryFolder, type Question } from '../support/recorder.ts';
import { decodedArchive, foundSecrets } from '../support/secret-search.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const jwtOf = (claims: object, signature: string) =>
  [{ alg: 'HS256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') +
  `.${signature}`;

const SECRETS = {
  bearer: 'sk_test_51HG8qKJ2eZvKYlo2C',
  schemeless: '*:development.3f7b1c9ad0e24e5f8a6b',
  basicPassword: 'correct horse/battery+staple',
  apiKeyHeader: '0123456789abcdef0123456789abcdef01234567',
  privateToken: 'glpat-zzYYxx998877wwVV',
  csrfHeader: 'kQ8vX2pL9mN4bR7t',
  authTokenHeader: 'Zx81-header-token-5544332211',
  subscriptionKey: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  sessionCookie: 's%3Aq1w2e3r4t5y6.u7i8o9p0',
  setCookie: 'f00dfacecafebeef0042',
  queryToken: 'ya29.a0AfH6SMBx7yTqWz9kL3mN',
  queryApiKey: 'AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY',
  querySignature: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  oauthCode: 'SplxlOBeZQQYbYS6WxSbIA',
  jsonPassword: 'Tr0ub4dor&3"\\quoted',
  jsonRefreshToken: '1//0gLongRefreshTokenWithSlashes-abc',
  jsonApiKey: 'ak_9f8e7d6c5b4a3210',
  jsonSecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLE',
  webhookSecret: 'whsec_4f3e2d1c0b9a8877665544332211',
  formSecret: 'form secret & more = 100%',
  formPassword: 'pässwörd in a form',
  clientAssertion: jwtOf({ iss: 'app', jti: '7' }, 'YXNzZXJ0aW9uLXNpZ25hdHVyZQ'),
  jwt: jwtOf({ sub: '42', email: 'grace@navy.mil', exp: 1_900_000_000 }, 'c2lnbmF0dXJlLWJ5dGVzLTAx'),
  multipartPassword: 'multi part pass 77',
  multipartApiKey: 'mp-key-00112233445566778899',
  hostedToken: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  awsKey: 'AKIAIOSFODNN7EXAMPLE',
  chatToken: 'xoxb-123456789012-abcdefABCDEF',
  urlPassword: 'p4ss-in-url-9981',
  issued: 'dGhpcy1pcy1hLXNlcnZlci1tYWRlLXRva2Vu',
  eventToken: 'token-of-an-event-8899aabb',
  linePassword: 'pässword-of-a-line-42',
  socketToken: 'socket-token-0a1b2c3d4e5f',
  socketIssued: 'issued-over-a-socket-99887766',
  socketPassword: 'sockets have passwords too',
  badToken: 'not-a-token-that-was-ever-good-31',
  expiredToken: 'it-was-good-once-77665544332211',
  email: 'ada.lovelace@analytical.engine.io',
  phone: '+44 20 7946 0958',
  card: '5425 2334 3010 9903',
} as const;

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();

/** What is asked, in order. */
function questions(): readonly (readonly [target: string, question: Question])[] {
  const part = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const post = (headers: Question['headers'], body: string | Buffer): Question => ({
    method: 'POST',
    headers: headers ?? {},
    body,
  });
  const headers = {
    'x-api-key': SECRETS.apiKeyHeader,
    'private-token': SECRETS.privateToken,
    'x-csrf-token': SECRETS.csrfHeader,
    'x-auth-token': SECRETS.authTokenHeader,
    'ocp-apim-subscription-key': SECRETS.subscriptionKey,
  };
  const query = form({
    access_token: SECRETS.queryToken,
    api_key: SECRETS.queryApiKey,
    'X-Amz-Signature': SECRETS.querySignature,
  });
  return [
    ['/me', bearer(SECRETS.bearer)],
    ['/me', bearer(SECRETS.badToken)],
    ['/me', {}],
    ['/me', bearer(SECRETS.bearer)],
    ['/me', bearer(SECRETS.expiredToken)],
    ['/headers', { headers }],
    ['/plain', { headers: { authorization: SECRETS.schemeless } }],
    ['/basic', { headers: { authorization: `Basic ${base64(`ada:${SECRETS.basicPassword}`)}` } }],
    [
      '/cookies',
      {
        headers: {
          cookie: `connect.sid=${SECRETS.sessionCookie}; theme=dark`,
        },
      },
    ],
    [`/query?${query}&page=2`, {}],
    [`/callback?code=${SECRETS.oauthCode}&state=xyz`, {}],
    [
      '/json',
      post(
        JSON_TYPE,
        JSON.stringify({
          password: SECRETS.jsonPassword,
          refresh_token: SECRETS.jsonRefreshToken,
          apiKey: SECRETS.jsonApiKey,
          nested: [{ secretAccessKey: SECRETS.jsonSecretAccessKey, webhook_secret: SECRETS.webhookSecret }],
        }),
      ),
    ],
    ['/form', post(FORM_TYPE, form({ client_secret: SECRETS.formSecret, password: SECRETS.formPassword }))],
    ['/token', post(FORM_TYPE, form({ client_assertion: SECRETS.clientAssertion, grant_type: 'client_credentials' }))],
    [
      '/multipart',
      post(
        { 'content-type': 'multipart/form-data; boundary=b' },
        Buffer.from(
          `${part('password', SECRETS.multipartPassword)}${part('f"; filename="x', '\0\xff')}${part('api_key', SECRETS.multipartApiKey)}--b--\r\n`,
          'latin1',
        ),
      ),
    ],
    [`/tokens/${encodeURIComponent(SECRETS.issued)}`, { method: 'DELETE' }],
    ['/jwt', post(JSON_TYPE, JSON.stringify({ id_token: SECRETS.jwt }))],
    ['/events', {}],
    ['/lines', {}],
  ];
}

/** Tells the good token from others, and talks carelessly. `seen` holds what arrived. */
function careless(seen: string[]): RequestListener {
  return (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.once('end', () => {
      seen.push(JSON.stringify(request.rawHeaders) + String(request.url) + body);
      switch (request.url) {
        case '/me': {
          const isGood = request.headers.authorization === `Bearer ${SECRETS.bearer}`;
          response.writeHead(isGood ? 200 : 401, JSON_TYPE);
          return response.end(JSON.stringify(isGood ? { login: 'ada', plan: 'gold' } : { message: 'Bad credentials' }));
        }
        case '/events':
          response.setHeader('content-type', 'text/event-stream');
          return response.end(`data: ${JSON.stringify({ access_token: SECRETS.eventToken })}\n\ndata: done\n\n`);
        case '/lines':
          response.setHeader('content-type', 'application/x-ndjson');
          return response.end(`{"id":1}\n${JSON.stringify({ id: 2, password: SECRETS.linePassword })}\n`);
        default:
          response.setHeader('set-cookie', `session=${SECRETS.setCookie}; HttpOnly`);
          response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
          return response.end(
            gzipSync(
              JSON.stringify({
                access_token: SECRETS.issued,
                mail: SECRETS.email,
                call: `at ${SECRETS.phone}`,
                card: SECRETS.card,
                clone_url: `https://bot:${SECRETS.urlPassword}@git.test/x.git`,
                log: `used ${SECRETS.hostedToken}, ${SECRETS.awsKey}, ${SECRETS.chatToken} and ${SECRETS.jwt}`,
                again: body.includes(SECRETS.jsonApiKey) ? SECRETS.jsonApiKey : '',
                echo: { password: SECRETS.jsonPassword },
              }),
            ),
          );
      }
    });
  };
}

async function startCareless(seen: string[]): Promise<string> {
  const server = createServer(careless(seen));
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      seen.push(String(data));
      socket.send(JSON.stringify({ access_token: SECRETS.socketIssued, login: 'ada' }));
    });
  });
  return `http://127.0.0.1:${await portOf(server)}`;
}

/** Logs in over a WebSocket and says once more, in plain text and in bytes, what is known to be secret by then. */
async function talk(url: string): Promise<string> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const answer = once(socket, 'message');
  socket.send(JSON.stringify({ type: 'login', token: SECRETS.socketToken, password: SECRETS.socketPassword }));
  socket.send(`the token was ${SECRETS.bearer}`);
  socket.send(Buffer.from(`and in bytes ${SECRETS.jsonApiKey}`));
  const [text] = (await answer) as [Buffer];
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return String(text);
}

const AGENT = `
const status = async (token) => (await fetch(process.env.MYNAH_BASE_URL + '/me', { headers: token ? { authorization: 'Bearer ' + token } : {} })).status;
const tokens = [${JSON.stringify(SECRETS.bearer)}, ${JSON.stringify(SECRETS.badToken)}, ${JSON.stringify(SECRETS.expiredToken)}, undefined];
console.log((await Promise.all(tokens.map(status))).join(' '));
`;

it('leaves nothing secret behind, the traffic as it was, and a clone that tells good tokens from bad ones', async () => {
  expect(Object.keys(SECRETS)).toHaveLength(40);
  const seen: string[] = [];
  const reverse = await startCareless(seen);
  const folder = temporaryFolder();
  const [path, environment] = [join(folder, 'recording.mynah'), { MYNAH_DATA: join(folder, 'home') }];
  const recorder = startMynah(['record', '--reverse', reverse, '--listen', '127.0.0.1:0', '--out', path], environment);
  let log = '';
  for (const stream of [recorder.stdout, recorder.stderr])
    stream?.on('data', (chunk: Buffer) => (log += String(chunk)));
  const [, origin = ''] = await printedLine(recorder, /on (http:\S+)/);

  for (const [target, question] of questions()) {
    const { bytes, headers } = await ask(`${origin}${target}`, question);
    if (headers['content-encoding'] !== 'gzip') continue;
    expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject({
      access_token: SECRETS.issued,
      card: SECRETS.card,
    });
  }
  expect(await talk(`${origin.replace('http', 'ws')}/socket`)).toContain(SECRETS.socketIssued);
  const sent = seen.join('\n');
  for (const name of [
    'bearer',
    'apiKeyHeader',
    'multipartPassword',
    'oauthCode',
    'socketToken',
    'querySignature',
  ] as const)
    expect(sent).toContain(SECRETS[name]);

  const rawFile = () =>
    [path, `${path}-wal`, `${path}-shm`].map((file) => (existsSync(file) ? readFileSync(file, 'latin1') : '')).join('');
  const whileRecording = rawFile();
  recorder.kill('SIGTERM');
  await once(recorder, 'close');
  const archive = join(folder, 'out.har');
  expect(await callMynah(['export', path, '--har', '--out', archive], environment)).toMatchObject({ code: 0 });
  const places = {
    'the file while recording': whileRecording,
    'the file': rawFile(),
    'the log': log,
    'the archive': readFileSync(archive, 'utf8'),
    'the decoded archive': decodedArchive(readFileSync(archive, 'utf8')),
  };
  expect(foundSecrets(SECRETS, places)).toEqual([]);
  // The search finds what is there.
  expect(whileRecording).toContain('theme=dark');
  expect(places['the decoded archive']).toContain('"type":"login"');

  const clone = join(folder, 'clone');
  expect(await callMynah(['compile', path, '--out', clone], environment)).toMatchObject({ code: 0 });
  const agent = join(folder, 'agent.mjs');
  writeFileSync(agent, AGENT);
  const { stdout, stderr } = await runMynah(['run', clone, '--', process.execPath, agent], environment);
  expect(stdout, stderr).toBe('200 401 401 401\n');
  expect(foundSecrets(SECRETS, { 'the log of the run': stderr })).toEqual([]);
});
