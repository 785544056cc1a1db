import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/core/exchange/exchange.ts';
import { AgentSecrets } from '../../../src/core/recording/agent-secrets.ts';
import { sha256Hex } from '../../../src/core/std/hashing.ts';

const TOKEN = 'tok_9f8e7d6c5b4a39281706';
const request = (headers: HttpRequest['headers'], target = '/', text?: string): HttpRequest => ({
  method: 'POST',
  target,
  headers,
  ...(text === undefined ? {} : { body: { text } }),
});
const secrets = (isIssued = (_value: string) => false) =>
  new AgentSecrets({ hash: (text) => sha256Hex(`key ${text}`), isIssued });
const bearer = (token: string) => [['authorization', `Bearer ${token}`]] as const;

describe("an agent's secrets", () => {
  it('become the same pseudonym wherever they stand, and come back in answers', () => {
    const agent = secrets();
    const sent = agent.conceal(
      request(bearer(TOKEN), `/sessions/${TOKEN}`, JSON.stringify({ token: TOKEN, note: `mine is ${TOKEN}` })),
    );
    const pseudonym = sent.headers[0]?.[1].slice('Bearer '.length) ?? '';
    expect(JSON.stringify(sent)).not.toContain(TOKEN);
    expect(pseudonym).toMatch(/^tok_[0-9a-f]{20}$/);
    expect(sent.target).toBe(`/sessions/${pseudonym}`);
    const answer = {
      status: 200,
      headers: [['x-token', pseudonym]] as const,
      body: { text: `{"token":"${pseudonym}","other":"${pseudonym}0"}` },
    };
    expect(agent.reveal(answer)).toEqual({
      status: 200,
      headers: [['x-token', TOKEN]],
      body: { text: `{"token":"${TOKEN}","other":"${pseudonym}0"}` },
    });
  });

  it('are found in a list of headers that was looked at before, for this episode or for another', () => {
    const [headers, other] = [bearer(TOKEN), [...bearer(TOKEN)]];
    const issuer = secrets(() => true);
    for (let time = 0; time < 2; time += 1) {
      expect(issuer.conceal(request(headers)).headers).toEqual(headers);
      expect(secrets().conceal(request(headers))).toEqual(secrets().conceal(request(other)));
    }
    // What was met in a body is looked for in headers that were plain before.
    const agent = secrets();
    const plain = [['x-note', `about ${TOKEN}`]] as const;
    expect(agent.conceal(request(plain)).headers).toEqual(plain);
    agent.conceal(request([], '/', JSON.stringify({ token: TOKEN })));
    expect(JSON.stringify(agent.conceal(request(plain)))).not.toContain(TOKEN);
  });

  it('stay pseudonyms for other episodes', () => {
    const [one, other] = [secrets(), secrets()];
    const pseudonym = one.conceal(request(bearer(TOKEN))).headers[0]?.[1] ?? '';
    const answer = { status: 200, headers: [], body: { text: pseudonym } };
    expect(other.reveal(answer)).toBe(answer);
  });

  it('are none where the clone handed the value out', () => {
    const agent = secrets((value) => value === TOKEN);
    const sent = request(bearer(TOKEN), '/', JSON.stringify({ password: 'swordfish-77' }));
    expect(agent.conceal(sent).headers).toEqual(bearer(TOKEN));
    expect(JSON.stringify(agent.conceal(sent))).not.toContain('swordfish-77');
  });

  it('mean the same for the whole episode, whatever is handed out later', () => {
    let issued = false;
    const agent = secrets(() => issued);
    const first = agent.conceal(request(bearer(TOKEN)));
    issued = true;
    expect(agent.conceal(request(bearer(TOKEN)))).toEqual(first);
  });

  it('survive the escapes of JSON', () => {
    const agent = secrets();
    const password = 'a"b\\c-1234-xyz';
    const sent = agent.conceal(request([['content-type', 'application/json']], '/', JSON.stringify({ password })));
    const body = sent.body !== undefined && 'text' in sent.body ? sent.body.text : '';
    expect(body).not.toContain('1234');
    const echoed = agent.reveal({ status: 200, headers: [], body: { text: body } }).body as { text: string };
    expect(JSON.parse(echoed.text)).toEqual({ password });
  });

  it('leave bytes and answers without them alone', () => {
    const agent = secrets();
    agent.conceal(request(bearer(TOKEN)));
    const bytes = { status: 200, headers: [], body: { base64: 'AAAA' } };
    expect(agent.reveal(bytes)).toEqual(bytes);
  });
});
