// A client that logs in through an authorization server on another host (RFC 6749 with PKCE, RFC 7636, and rotating refresh
// tokens) and then calls the API: recorded whole, every token the same pseudonym wherever it went, and none on the disk.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Exchange } from '../../src/core/exchange/exchange.ts';
import { bytesFromBody } from '../../src/store/body-bytes.ts';
import { callMynah } from '../support/mynah-command.ts';
import { recordClient } from '../support/recorded-client.ts';
import { startUpstream } from '../support/recorder.ts';
import { decodedArchive, foundSecrets } from '../support/secret-search.ts';

const CLIENT_SECRET = 'cl1ent-s3cret-Zx81';
const PASSWORD = 'correct horse battery';

/** The two servers, and every secret that they made or were told. */
function createServers() {
  const secrets: Record<string, string> = { clientSecret: CLIENT_SECRET, password: PASSWORD };
  const challenges = new Map<string, string>();
  const [access, refresh] = [new Set<string>(), new Set<string>()];
  const made = (kind: string) => {
    const token = randomBytes(24).toString('base64url');
    secrets[`${kind} ${Object.keys(secrets).length}`] = token;
    return token;
  };
  const idToken = () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256' })}.${part({ sub: 'ada', email: 'ada@navy.example' })}.${randomBytes(32).toString('base64url')}`;
    secrets['id token'] = token;
    return token;
  };
  const tokens = () => {
    const issued = { access_token: made('access'), refresh_token: made('refresh'), id_token: idToken() };
    access.add(issued.access_token);
    refresh.add(issued.refresh_token);
    return { ...issued, token_type: 'Bearer', expires_in: 3600 };
  };
  const reading = (answer: (body: string, ...rest: Parameters<RequestListener>) => void): RequestListener => {
    return (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.once('end', () => answer(body, request, response));
    };
  };
  const authorization = reading((body, request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const form = new URLSearchParams(body);
    const json = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (url.pathname === '/login') {
      if (form.get('password') !== PASSWORD) return json(401, { error: 'access_denied' });
      response.setHeader('set-cookie', `session=${made('cookie')}; HttpOnly; Secure`);
      return response.writeHead(303, { location: `/authorize?${form.get('continue')}` }).end();
    }
    if (url.pathname === '/authorize') {
      if (!Object.values(secrets).some((secret) => request.headers.cookie === `session=${secret}`))
        return json(401, { error: 'login_required' });
      const code = made('code');
      challenges.set(code, url.searchParams.get('code_challenge') ?? '');
      const query = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' }).toString();
      return response.writeHead(302, { location: `${url.searchParams.get('redirect_uri')}?${query}` }).end();
    }
    const basic = `Basic ${Buffer.from(`app:${CLIENT_SECRET}`).toString('base64')}`;
    if (request.headers.authorization !== basic) return json(401, { error: 'invalid_client' });
    if (form.get('grant_type') === 'refresh_token') {
      // Each is good for once.
      return refresh.delete(form.get('refresh_token') ?? '')
        ? json(200, tokens())
        : json(400, { error: 'invalid_grant' });
    }
    const [code, verifier] = [form.get('code') ?? '', form.get('code_verifier') ?? ''];
    secrets['verifier'] = verifier;
    const isGood = challenges.get(code) === createHash('sha256').update(verifier).digest('base64url');
    challenges.delete(code);
    return isGood ? json(200, tokens()) : json(400, { error: 'invalid_grant' });
  });
  const api = reading((_body, request, response) => {
    const isGood = access.has(/^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isGood ? { login: 'ada', items: [1, 2, 3] } : { message: 'Bad credentials' }));
  });
  return { authorization, api, secrets };
}

const CLIENT = `
import { createHash, randomBytes } from 'node:crypto';
const auth = 'https://login.example.test';
const form = (path, fields, headers = {}) => fetch(auth + path, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });
const basic = { authorization: 'Basic ' + Buffer.from('app:${CLIENT_SECRET}').toString('base64') };
const verifier = randomBytes(32).toString('base64url');
const ask = new URLSearchParams({
  response_type: 'code', client_id: 'app', redirect_uri: 'https://app.example.test/callback', scope: 'openid items', state: 'xyz',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
});
const login = await form('/login', { username: 'ada', password: ${JSON.stringify(PASSWORD)}, continue: String(ask) });
const cookie = login.headers.get('set-cookie').split(';')[0];
const agreed = await fetch(auth + login.headers.get('location'), { headers: { cookie }, redirect: 'manual' });
const code = new URL(agreed.headers.get('location')).searchParams.get('code');
const redirect_uri = 'https://app.example.test/callback';
const first = await (await form('/token', { grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier }, basic)).json();
const items = async (token) => (await fetch('https://api.example.test/items', { headers: { authorization: 'Bearer ' + token } })).status;
const statuses = [await items(first.access_token), await items('not-a-token-that-anybody-made')];
const renew = (refresh_token) => form('/token', { grant_type: 'refresh_token', refresh_token }, basic);
const second = await (await renew(first.refresh_token)).json();
statuses.push(await items(second.access_token), (await renew(first.refresh_token)).status, (await renew(second.refresh_token)).status);
console.log(statuses.join(' '));
`;

it('records a login through another host whole, and leaves nothing of its tokens on the disk', async () => {
  const { authorization, api, secrets } = createServers();
  const { code, stdout, stderr, differences, recording, folder } = await recordClient(
    { 'login.example.test': await startUpstream(authorization), 'api.example.test': await startUpstream(api) },
    [process.execPath, '--input-type=module', '-e', CLIENT],
  );
  expect([code, differences], stderr).toEqual([0, []]);
  expect(stdout).toBe('200 401 200 400 200\n');

  const { exchanges } = recording;
  expect(exchanges).toHaveLength(9);
  const answered = (index: number) => JSON.parse(bodyText(exchanges[index]?.response)) as Record<string, string>;
  const [agreed, exchanged, called] = [exchanges[1], exchanges[2], exchanges[3]];
  const codeGiven = new URL(header(agreed?.response, 'location')).searchParams.get('code');
  expect(new URLSearchParams(bodyText(exchanged?.request)).get('code')).toBe(codeGiven);
  expect(header(called?.request, 'authorization')).toBe(`Bearer ${answered(2)['access_token']}`);
  expect(new URLSearchParams(bodyText(exchanges[5]?.request)).get('refresh_token')).toBe(answered(2)['refresh_token']);
  expect(header(exchanges[6]?.request, 'authorization')).toBe(`Bearer ${answered(5)['access_token']}`);
  expect(new Set([2, 5, 8].map((index) => answered(index)['access_token'])).size).toBe(3);

  const path = join(folder, 'recording.mynah');
  const archive = join(folder, 'out.har');
  expect(await callMynah(['export', path, '--har', '--out', archive])).toMatchObject({ code: 0 });
  const places = {
    'the file': readFileSync(path, 'latin1'),
    'the log': stderr,
    'the archive': decodedArchive(readFileSync(archive, 'utf8')),
  };
  expect(Object.keys(secrets).length).toBeGreaterThan(10);
  expect(foundSecrets(secrets, places)).toEqual([]);
});

function bodyText(message: Exchange['request'] | Exchange['response']): string {
  return bytesFromBody(message?.body).toString();
}

function header(message: Exchange['request'] | Exchange['response'], name: string): string {
  return message?.headers.find(([key]) => key === name)?.[1] ?? '';
}
