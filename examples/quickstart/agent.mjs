// An agent at work on GitHub with the same SDK. What it does was never recorded: other names, other numbers, another order.
// It checks every answer against what GitHub's API promises, so it runs the same against the original and against a clone.
//   node agent.mjs ANSWER_FILE
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { octokit } from './octokit.mjs';

const { issues, repos, users } = octokit('token-octocat').rest;
const hubot = octokit('token-hubot').rest;
const stranger = octokit(undefined).rest;

let checks = 0;
/** Asserts that both agree, and says so. */
function check(what, actual, expected) {
  assert.deepEqual(actual, expected, what);
  checks++;
  console.log(`  ok  ${what}: ${JSON.stringify(actual)}`);
}
const statusOf = (request) =>
  request.then(
    ({ status }) => status,
    ({ status }) => status,
  );
const titles = ({ data }) => data.map(({ title }) => title);

// Who am I, and is the name still free?
const here = { owner: 'octocat', repo: 'birdhouse' };
check('logged in', (await users.getAuthenticated()).data.login, 'octocat');
check('no such repository yet', await statusOf(repos.get(here)), 404);

// A repository with two labels.
const { data: made } = await repos.createForAuthenticatedUser({ name: here.repo, description: 'A house for one bird' });
check(
  'repository',
  [made.full_name, made.description, made.open_issues_count],
  ['octocat/birdhouse', 'A house for one bird', 0],
);
await issues.createLabel({ ...here, name: 'roof', color: 'd73a4a', description: 'what is above' });
await issues.createLabel({ ...here, name: 'door', color: '0075ca', description: 'what is in front' });
check(
  'a label cannot be made twice',
  await statusOf(issues.createLabel({ ...here, name: 'roof', color: 'ffffff' })),
  422,
);
check(
  'labels',
  (await issues.listLabelsForRepo(here)).data.map(({ name }) => name),
  ['door', 'roof'],
);

// Four issues; numbers count up from one.
const { data: spring } = await issues.createMilestone({ ...here, title: 'spring' });
const reports = [
  { title: 'Leaks when it rains', labels: ['roof'], assignees: ['hubot'] },
  { title: 'Too high', body: 'A cat would not mind.' },
  { title: 'Creaks', labels: ['door'], milestone: spring.number },
  { title: 'No light', labels: ['roof', 'door'] },
];
const numbers = [];
for (const report of reports) numbers.push((await issues.create({ ...here, ...report })).data.number);
check('numbers', numbers, [1, 2, 3, 4]);
check('open issues', (await repos.get(here)).data.open_issues_count, 4);
const first = (await issues.get({ ...here, issue_number: 1 })).data;
check(
  'labels of the first',
  first.labels.map(({ name, color }) => [name, color]),
  [['roof', 'd73a4a']],
);
check('reported by, for', [first.user.login, first.assignee.login, first.milestone], ['octocat', 'hubot', null]);
check('still open', [first.state, first.closed_at], ['open', null]);
check('updated since', Date.parse(first.updated_at) >= Date.parse(first.created_at), true);
check('milestone of the third', (await issues.get({ ...here, issue_number: 3 })).data.milestone.title, 'spring');
check('no such milestone', await statusOf(issues.create({ ...here, title: 'Cold', milestone: 2 })), 422);

// Lists: newest first, by label, by page.
check('newest first', titles(await issues.listForRepo(here)), [
  'No light',
  'Creaks',
  'Too high',
  'Leaks when it rains',
]);
check('with a label', titles(await issues.listForRepo({ ...here, labels: 'door' })), ['No light', 'Creaks']);
const oldestFirst = { ...here, state: 'all', sort: 'created', direction: 'asc', per_page: 3 };
check('for hubot', titles(await issues.listForRepo({ ...here, assignee: 'hubot' })), ['Leaks when it rains']);
check('second page', titles(await issues.listForRepo({ ...oldestFirst, page: 2 })), ['No light']);

// Talk, by two.
await issues.createComment({ ...here, issue_number: 1, body: 'I have a ladder.' });
const { data: reply } = await hubot.issues.createComment({ ...here, issue_number: 1, body: 'I have nails.' });
await issues.updateComment({ ...here, comment_id: reply.id, body: 'I have three nails.' });
const talk = await issues.listComments({ ...here, issue_number: 1 });
check(
  'comments',
  talk.data.map(({ user, body }) => [user.login, body]),
  [
    ['octocat', 'I have a ladder.'],
    ['hubot', 'I have three nails.'],
  ],
);
check('comments are counted', (await issues.get({ ...here, issue_number: 1 })).data.comments, 2);

// Close two, reopen one.
const closed = (await issues.update({ ...here, issue_number: 1, state: 'closed', state_reason: 'completed' })).data;
check('closed', [closed.state, closed.state_reason, closed.closed_by.login], ['closed', 'completed', 'octocat']);
check('closed at an instant', Date.parse(closed.closed_at) >= Date.parse(closed.created_at), true);
await issues.update({ ...here, issue_number: 3, state: 'closed' });
check('open issues', (await repos.get(here)).data.open_issues_count, 2);
const reopened = (await issues.update({ ...here, issue_number: 3, state: 'open' })).data;
check('reopened', [reopened.state, reopened.closed_at], ['open', null]);
check('closed ones', titles(await issues.listForRepo({ ...here, state: 'closed' })), ['Leaks when it rains']);

await repos.update({ ...here, description: 'A house for two birds' });
check('description', (await repos.get(here)).data.description, 'A house for two birds');

// What is refused.
check('unknown issue', await statusOf(issues.get({ ...here, issue_number: 77 })), 404);
check('an issue without a title', await statusOf(issues.create({ ...here, body: 'untitled' })), 422);
check('a stranger may not write', await statusOf(stranger.issues.create({ ...here, title: 'Hello' })), 401);
check(
  'nor may others change the repository',
  await statusOf(hubot.repos.update({ ...here, description: 'Mine' })),
  403,
);

// A deleted comment and a deleted label are gone everywhere.
await issues.deleteComment({ ...here, comment_id: reply.id });
check('comments left', (await issues.listComments({ ...here, issue_number: 1 })).data.length, 1);
await issues.deleteLabel({ ...here, name: 'door' });
check(
  'labels of the last',
  (await issues.get({ ...here, issue_number: 4 })).data.labels.map(({ name }) => name),
  ['roof'],
);

console.log(`${checks} checks passed`);
if (process.argv[2]) writeFileSync(process.argv[2], 'The roof is tight.');
