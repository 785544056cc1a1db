// A sign-in against a clone: authorization code with PKCE, refresh and revocation, learnt from a recorded authorization server and
// the API that its tokens open. The server is gone when the clone runs; codes, tokens and users' doings are others.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { callMynah, runMynah } from '../support/mynah-command.ts';
import { recordClient } from '../support/recorded-client.ts';
import { startUpstream } from '../support/recorder.ts';
import { CLIENT_ID, createSignInServer, REDIRECT, USERS } from '../support/sign-in-server.ts';

const ISSUER = 'https://id.example.test';

const CLIENT = `
import { createHash, randomBytes } from 'node:crypto';
const users = ${JSON.stringify(USERS)};
const post = (path, fields) => fetch('${ISSUER}' + path, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
const secret = () => randomBytes(32).toString('base64url');
let asked = 0;
async function agree(username, password = users[username]) {
  const verifier = secret();
  const code_challenge = createHash('sha256').update(verifier).digest('base64url');
  const state = 'state' + ++asked;
  const answer = await post('/authorize', { response_type: 'code', client_id: '${CLIENT_ID}', redirect_uri: '${REDIRECT}', state, code_challenge, code_challenge_method: 'S256', username, password });
  const location = answer.headers.get('location') === null ? undefined : new URL(answer.headers.get('location'));
  return { status: answer.status, verifier, code: location?.searchParams.get('code'), isState: location?.searchParams.get('state') === state, to: location?.origin };
}
const token = async (fields) => {
  const answer = await post('/token', { client_id: '${CLIENT_ID}', ...fields });
  return { status: answer.status, ...(await answer.json()) };
};
const redeem = ({ code, verifier }) => token({ grant_type: 'authorization_code', redirect_uri: '${REDIRECT}', code, code_verifier: verifier });
const renew = (refresh_token) => token({ grant_type: 'refresh_token', refresh_token });
const call = async (bearer, method, path, body) => {
  const headers = { ...(bearer ? { authorization: 'Bearer ' + bearer } : {}), ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch('${ISSUER}' + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
};
`;

/** Some days of three users, with all that is refused. */
const WORK = `${CLIENT}
const things = ['milk', 'eggs', 'rope', 'nails', 'tea', 'salt', 'ink'];
for (let day = 0; day < 2; day++)
  for (const user of Object.keys(users)) {
    await agree(user, 'wrong' + day);
    const grant = await agree(user);
    const first = await redeem(grant);
    await redeem(grant);
    await call(first.access_token, 'GET', '/userinfo');
    await call(first.access_token, 'GET', '/items');
    await call(first.access_token, 'POST', '/items', { title: things[asked % 7] + ' ' + asked });
    await call(first.access_token, 'GET', '/items');
    const second = await renew(first.refresh_token);
    await renew(first.refresh_token);
    await call(second.access_token, 'GET', '/userinfo');
    await call(first.access_token, 'GET', '/userinfo');
    await post('/revoke', { token: second.access_token });
    await call(second.access_token, 'GET', '/userinfo');
    await call(undefined, 'GET', '/items');
    await call('nobody-issued-' + asked, 'GET', '/items');
    const stolen = await agree(user);
    await redeem({ ...stolen, verifier: secret() });
    await redeem(stolen);
  }
`;

const AGENT = `${CLIENT}
const wrong = await agree('bob', 'not his password');
const grant = await agree('bob');
const tokens = await redeem(grant);
const again = await redeem(grant);
const who = await call(tokens.access_token, 'GET', '/userinfo');
await call(tokens.access_token, 'POST', '/items', { title: 'ladder' });
const other = await redeem(await agree('cyd'));
const others = await call(other.access_token, 'GET', '/items');
const renewed = await renew(tokens.refresh_token);
const own = await call(renewed.access_token, 'GET', '/items');
const reused = await renew(tokens.refresh_token);
await post('/revoke', { token: renewed.access_token });
const revoked = await call(renewed.access_token, 'GET', '/userinfo');
const stolen = await agree('ada');
const thief = await redeem({ ...stolen, verifier: secret() });
const late = await redeem(stolen);
const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url'));
console.log(JSON.stringify({
  wrong: wrong.status, redirect: [grant.status, grant.to, grant.isState], tokens: [tokens.status, tokens.token_type, tokens.expires_in],
  again: again.error, who: who.body, others: others.body, own: own.body.map(({ title, owner }) => [title, owner]), renewed: renewed.status,
  reused: reused.error, revoked: revoked.status, thief: thief.error, late: late.error, made: (await call('made-up-token-123456', 'GET', '/items')).status,
  claims: [claims.iss, claims.sub, claims.aud, claims.exp - claims.iat], differs: new Set([tokens, other, renewed].map(({ access_token }) => access_token)).size,
}));
`;

/** Three programs are started, one after another. */
const TIMEOUT_MS = 120_000;

const program = (source: string) => [process.execPath, '--input-type=module', '-e', source];

it(
  'signs in against a clone: codes once, proof keys, refresh, revocation, and everyone their own',
  async () => {
    const server = await startUpstream(createSignInServer(ISSUER));
    const recorded = await recordClient({ 'id.example.test': server }, program(WORK));
    expect([recorded.code, recorded.differences], recorded.stderr).toEqual([0, []]);
    const { folder } = recorded;
    const environment = { MYNAH_DATA: join(folder, 'home') };
    const [recording, clone] = [join(folder, 'recording.mynah'), join(folder, 'clone')] as const;
    expect(await callMynah(['compile', recording, '--out', clone, '--folds', '0'], environment)).toMatchObject({
      code: 0,
    });

    const log = join(folder, 'log.jsonl');
    const run = await runMynah(['run', clone, '--log', log, '--', ...program(AGENT)], environment);
    expect(run.code, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toEqual({
      wrong: 401,
      redirect: [302, new URL(REDIRECT).origin, true],
      tokens: [200, 'Bearer', 3600],
      again: 'invalid_grant',
      who: { sub: 'bob' },
      others: [],
      own: [['ladder', 'bob']],
      renewed: 200,
      reused: 'invalid_grant',
      revoked: 401,
      thief: 'invalid_grant',
      late: 'invalid_grant',
      made: 401,
      claims: [ISSUER, 'bob', CLIENT_ID, 3600],
      differs: 3,
    });
    expect(run.stderr).not.toContain('truncated');
    expect(await callMynah(['replay', log], environment)).toMatchObject({ code: 0 });
  },
  TIMEOUT_MS,
);
