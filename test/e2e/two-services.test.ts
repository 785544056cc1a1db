// Two services in one episode: an SDK works on GitHub and tells Slack of it, recorded by one proxy and compiled into one clone,
// which a client then asks for both hosts. The originals are two emulators, which are stopped before the clone is.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startEmulator } from '../support/emulated.ts';
import { callMynah, runMynah } from '../support/mynah-command.ts';
import { recordClient } from '../support/recorded-client.ts';

const TOKENS = { github: 'token-octocat', slack: 'xoxb-of-the-release-bot' };

/** Clients of both, as any program has them. */
const CLIENTS = `
import { Octokit } from 'octokit';
const log = { debug() {}, info() {}, warn() {}, error() {} };
const octokit = new Octokit({ auth: '${TOKENS.github}', log, throttle: { enabled: false }, retry: { enabled: false } });
const { issues, repos } = octokit.rest;
const slack = async (method, body) => {
  const headers = { authorization: 'Bearer ${TOKENS.slack}', 'content-type': 'application/json' };
  return (await fetch('https://slack.com/api/' + method, { method: 'POST', headers, body: JSON.stringify(body) })).json();
};
const statusOf = (request) => request.then(({ status }) => status, ({ status }) => status);
`;

/** Six repositories with a channel each, no two alike. */
const WORK = `${CLIENTS}
const owner = 'octocat';
const words = ['roof', 'door', 'nest', 'egg', 'song', 'wing', 'beak', 'moss'];
for (let week = 1; week <= 6; week++) {
  const repo = words[week] + '-house';
  await repos.createForAuthenticatedUser({ name: repo, description: words[week + 1] + ' and more' });
  const { channel } = await slack('conversations.create', { name: repo });
  for (let i = 1; i <= 2 + (week % 3); i++) {
    const { data } = await issues.create({ owner, repo, title: words[(week * i) % 8] + ' ' + i, ...(i % 2 ? { body: words[i] } : {}) });
    await slack('chat.postMessage', { channel: channel.id, text: 'new: ' + data.title });
    await slack('conversations.history', { channel: channel.id });
    await issues.get({ owner, repo, issue_number: i });
    await repos.get({ owner, repo });
  }
  await slack('conversations.info', { channel: channel.id });
  await issues.listForRepo({ owner, repo });
  await issues.update({ owner, repo, issue_number: 1 + (week % 2), state: 'closed' });
  await issues.listForRepo({ owner, repo });
  await issues.listForRepo({ owner, repo, state: 'closed' });
  await repos.get({ owner, repo });
  await slack('conversations.create', { name: repo });
  await slack('chat.postMessage', { channel: 'C0NONE' + week, text: 'lost' });
  await statusOf(issues.get({ owner, repo, issue_number: 90 + week }));
}
`;

/** Another repository, other titles, another order; the answer says what the two services said. */
const AGENT = `${CLIENTS}
import { writeFileSync } from 'node:fs';
const here = { owner: 'octocat', repo: 'birdhouse' };
await repos.createForAuthenticatedUser({ name: 'birdhouse', description: 'for one bird' });
for (const title of ['Leaks', 'Creaks', 'Too high']) await issues.create({ ...here, title });
const { channel } = await slack('conversations.create', { name: 'carpenters' });
const { data: closed } = await issues.update({ ...here, issue_number: 2, state: 'closed' });
for (const text of ['closed Creaks', 'two to go']) await slack('chat.postMessage', { channel: channel.id, text });
const { data: open } = await issues.listForRepo(here);
const { messages } = await slack('conversations.history', { channel: channel.id });
const { error } = await slack('conversations.create', { name: 'carpenters' });
const answer = {
  open: open.map(({ number, title }) => number + ' ' + title), closed: [closed.state, closed.title],
  said: messages.map(({ text }) => text), error, missing: await statusOf(issues.get({ ...here, issue_number: 9 })),
};
writeFileSync(process.env.ANSWER, JSON.stringify(answer));
`;

/** None of them can be satisfied by one service alone. */
const PROBES = `
probes:
  - id: closed
    on: { service: api.github.com, method: PATCH, status: 200 }
    when: changes.exists(c, c.type == 'Issue' && c.after.state == 'closed')
    reward: 0.5
  - id: told-after-closing
    on: { service: slack.com, route: POST /api/chat.postMessage }
    when: response.body.ok && after.Issue.exists(i, i.state == 'closed' && request.body.text == 'closed ' + i.title)
    after: closed
    reward: 1
  - id: told-of-nothing
    kind: event
    on: { service: slack.com, route: POST /api/chat.postMessage }
    when: '!before.Issue.exists(i, i.state == "closed")'
    reward: -1
`;

const program = (source: string) => [process.execPath, '--input-type=module', '-e', source];

it('serves both services of a recording in one episode, with one log and probes that need both', async () => {
  const github = await startEmulator('github', 'https://api.github.com', {
    tokens: { [TOKENS.github]: { login: 'octocat', scopes: ['repo', 'user'] } },
    github: { users: [{ login: 'octocat', name: 'The Octocat' }] },
  });
  const slack = await startEmulator('slack', 'https://slack.com', {
    tokens: { [TOKENS.slack]: { login: 'admin', scopes: [] } },
    slack: { team: { name: 'Acme', domain: 'acme' } },
  });
  const recorded = await recordClient({ 'api.github.com': github.origin, 'slack.com': slack.origin }, program(WORK));
  expect([recorded.code, recorded.differences], recorded.stderr).toEqual([0, []]);
  github.stop();
  slack.stop();

  const { folder } = recorded;
  const [recording, clone, home, log, answer] = ['recording.mynah', 'clone', 'home', 'log.jsonl', 'answer.json'].map(
    (name) => join(folder, name),
  ) as [string, string, string, string, string];
  const compiled = await callMynah(['compile', recording, '--out', clone, '--folds', '0'], { MYNAH_DATA: home });
  expect(compiled).toMatchObject({ code: 0, stdout: expect.stringContaining('10 routes:') as string });
  writeFileSync(join(clone, 'probes.yaml'), PROBES);

  const run = await runMynah(['run', clone, '--log', log, '--answer', answer, '--json', '--', ...program(AGENT)], {
    MYNAH_DATA: home,
    ANSWER: answer,
  });
  expect(run.code, run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({
    rewards: { closed: 0.5, 'told-after-closing': 1 },
    reward_total: 1.5,
    truncated: false,
  });
  expect(JSON.parse(readFileSync(answer, 'utf8'))).toEqual({
    open: ['3 Too high', '1 Leaks'],
    closed: ['closed', 'Creaks'],
    said: ['two to go', 'closed Creaks'],
    error: 'name_taken',
    missing: 404,
  });
  const lines = readFileSync(log, 'utf8').trim().split('\n').slice(1, -1);
  const steps = lines.map((line) => JSON.parse(line) as { service: string; time: number; provenance: string });
  expect(new Set(steps.map(({ service }) => service))).toEqual(new Set(['api.github.com', 'slack.com']));
  expect(steps.map(({ time }) => time)).toEqual(steps.map(({ time }) => time).sort((a, b) => a - b));
  expect(steps.filter(({ provenance }) => provenance === 'unknown')).toEqual([]);
  expect(await callMynah(['replay', log], { MYNAH_DATA: home })).toMatchObject({ code: 0 });
});
