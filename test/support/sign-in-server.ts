// A small authorization server with the API that its tokens open: authorization code with PKCE (RFC 6749, RFC 7636), rotating
// refresh tokens, revocation (RFC 7009), and an id token signed with a key of its own. State is in memory.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';

/** Who may sign in, with their passwords. */
export const USERS: Readonly<Record<string, string>> = {
  ada: 'Analytical-1843',
  bob: 'Builder-at-9',
  cyd: 'C1d-the-third',
};
export const CLIENT_ID = 'shopping-list';
export const REDIRECT = 'https://app.example.test/callback';

interface Grant {
  readonly user: string;
  readonly challenge: string;
}

interface Item {
  readonly id: number;
  readonly title: string;
  readonly owner: string;
}

export function createSignInServer(issuer: string): RequestListener {
  const key = randomBytes(32);
  const codes = new Map<string, Grant>();
  const [access, refresh] = [new Map<string, string>(), new Map<string, string>()];
  const items: Item[] = [];
  const made = (bytes: number) => randomBytes(bytes).toString('base64url');

  const signed = (claims: object) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const issue = (user: string) => {
    const issued = { access_token: made(24), refresh_token: made(30) };
    access.set(issued.access_token, user);
    refresh.set(issued.refresh_token, user);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, sub: user, aud: CLIENT_ID, iat: now, exp: now + 3600 };
    return { ...issued, token_type: 'Bearer', expires_in: 3600, id_token: signed(claims) };
  };
  /** What the token endpoint gives for a grant that is good, once. */
  const redeemed = (form: URLSearchParams): string | undefined => {
    if (form.get('grant_type') === 'refresh_token') return taken(refresh, form.get('refresh_token'));
    const grant = taken(codes, form.get('code'));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return grant?.challenge === challenge ? grant.user : undefined;
  };

  return (request, response) => {
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    void textOf(request).then((body) => {
      const url = new URL(request.url ?? '/', issuer);
      const user = access.get(/^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
      switch (`${request.method} ${url.pathname}`) {
        case 'POST /authorize': {
          const form = new URLSearchParams(body);
          const name = form.get('username') ?? '';
          if (USERS[name] === undefined || USERS[name] !== form.get('password'))
            return json(401, { error: 'access_denied' });
          const code = made(18);
          codes.set(code, { user: name, challenge: form.get('code_challenge') ?? '' });
          const query = new URLSearchParams({ code, state: form.get('state') ?? '' }).toString();
          return response.writeHead(302, { location: `${form.get('redirect_uri')}?${query}` }).end();
        }
        case 'POST /token': {
          const granted = redeemed(new URLSearchParams(body));
          return granted === undefined ? json(400, { error: 'invalid_grant' }) : json(200, issue(granted));
        }
        case 'POST /revoke': {
          access.delete(new URLSearchParams(body).get('token') ?? '');
          return json(200, {});
        }
      }
      if (user === undefined) return json(401, { error: 'invalid_token' });
      switch (`${request.method} ${url.pathname}`) {
        case 'GET /userinfo':
          return json(200, { sub: user });
        case 'GET /items':
          return json(
            200,
            items.filter(({ owner }) => owner === user),
          );
        case 'POST /items': {
          const { title } = JSON.parse(body) as { title: string };
          const item = { id: items.length + 1, title, owner: user };
          items.push(item);
          return json(201, item);
        }
        default:
          return json(404, { error: 'not_found' });
      }
    });
  };
}

function taken<T>(map: Map<string, T>, key: string | null): T | undefined {
  const value = map.get(key ?? '');
  map.delete(key ?? '');
  return value;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
