// A working day of two people on GitHub, with the SDK as anybody would use it: nothing here knows that somebody listens.
// They set up a repository and then do whatever comes to mind; the number of the day decides what, so that a day can be
// repeated and no two are alike.
//   node work-on-github.mjs DAY
import { octokit } from './octokit.mjs';

const day = Number(process.argv[2] ?? 1);
const THINGS_TO_DO = 110;

const octocat = octokit('token-octocat');
const hubot = octokit('token-hubot');
const stranger = octokit(undefined);
const { issues, repos, users } = octocat.rest;

// ---- chance

let seed = day * 7919;
/** A whole number from 0 to n - 1, by mulberry32. */
function draw(n) {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
}
const oneOf = (list) => list[draw(list.length)];
const maybe = (percent, fields) => (draw(100) < percent ? fields : {});
const WORDS = 'nest wing song twig egg moss branch feather beak seed crumb dawn puddle berry worm breeze'.split(' ');
const words = (count) => Array.from({ length: count }, () => oneOf(WORDS)).join(' ');
const fresh = () => `${oneOf(WORDS)}-${draw(100000)}`;

// ---- what there is

const owner = 'octocat';
const here = { owner, repo: fresh() };
const labels = [];
const numbers = []; // of issues
const closed = []; // of those, the closed ones
const milestones = []; // numbers too
const comments = []; // ids
const gone = []; // ids of deleted comments
const issue = () => ({ ...here, issue_number: oneOf(numbers) });
const open = () => numbers.filter((number) => !closed.includes(number));
const someLabels = () => [...new Set([oneOf(labels), ...(draw(2) ? [oneOf(labels)] : [])])];
const someone = () => oneOf([['octocat'], ['hubot'], ['octocat', 'hubot']]);
const color = () => oneOf(['d73a4a', 'a2eeef', '0075ca', 'cfd3d7', '7057ff']);
const labelFields = () => ({ color: color(), ...maybe(60, { description: words(2) }) });
const issueFields = () => ({
  ...maybe(60, { body: words(6) }),
  ...maybe(40, { labels: someLabels() }),
  ...maybe(40, { assignees: someone() }),
});
const takeOut = (list) => list.splice(draw(list.length), 1)[0];

// ---- what one does with it

async function createLabel() {
  const name = fresh();
  await issues.createLabel({ ...here, name, ...labelFields() });
  labels.push(name);
}

async function createMilestone() {
  const due = maybe(50, { due_on: `203${draw(9)}-0${1 + draw(9)}-01T08:00:00Z` });
  const about = maybe(50, { description: words(3) });
  milestones.push((await issues.createMilestone({ ...here, title: words(2), ...about, ...due })).data.number);
}

async function createIssue(as = octocat) {
  const milestone = milestones.length > 0 ? maybe(40, { milestone: oneOf(milestones) }) : {};
  const { data } = await as.rest.issues.create({ ...here, title: words(3), ...issueFields(), ...milestone });
  numbers.push(data.number);
}

async function comment(as = octocat) {
  comments.push((await as.rest.issues.createComment({ ...issue(), body: words(5) })).data.id);
}

async function close() {
  const issue_number = oneOf(open());
  const why = maybe(50, { state_reason: oneOf(['completed', 'not_planned']) });
  await issues.update({ ...here, issue_number, state: 'closed', ...why });
  closed.push(issue_number);
}

async function reopen() {
  await issues.update({ ...here, issue_number: takeOut(closed), state: 'open' });
}

async function createAndDeleteRepository() {
  const scratch = { owner, repo: fresh() };
  await repos.createForAuthenticatedUser({
    name: scratch.repo,
    ...maybe(50, { description: words(2) }),
    ...maybe(50, { private: true }),
  });
  await issues.create({ ...scratch, title: words(2) });
  await repos.get(scratch);
  await repos.delete(scratch);
  await refused(404, repos.get(scratch));
}

async function deleteComment() {
  const comment_id = takeOut(comments);
  await issues.deleteComment({ ...here, comment_id });
  gone.push(comment_id);
}

/** Awaits a request that must be refused. */
async function refused(status, request) {
  const answer = await request.catch((error) => error);
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status ?? answer}`);
}

const unknown = () => 900 + draw(100);
const page = () => ({ per_page: 2 + draw(3), page: 1 + draw(2) });

/** Each with how often it happens, and what must be there for it. */
const things = [
  // making
  [9, () => createIssue()],
  [1, () => createIssue(hubot)],
  [3, createLabel],
  [2, createMilestone],
  [5, () => comment()],
  [2, () => comment(hubot)],
  [1, createAndDeleteRepository],
  // changing
  [6, close, () => open().length > 0],
  [3, reopen, closed],
  [2, () => issues.update({ ...issue(), title: words(2) })],
  [1, () => issues.update({ ...issue(), body: words(4) })],
  [2, () => issues.update({ ...issue(), labels: someLabels() })],
  [3, () => issues.update({ ...issue(), assignees: someone() })],
  [2, () => issues.update({ ...issue(), milestone: oneOf([...milestones, null]) }), milestones],
  [3, () => issues.addLabels({ ...issue(), labels: someLabels() })],
  [2, () => issues.addAssignees({ ...issue(), assignees: someone() })],
  [2, () => issues.removeAssignees({ ...issue(), assignees: ['hubot'] })],
  [1, () => issues.updateLabel({ ...here, name: oneOf(labels), color: color(), description: words(2) })],
  [1, () => issues.updateMilestone({ ...here, milestone_number: oneOf(milestones), title: words(2) }), milestones],
  [
    1,
    () => issues.updateMilestone({ ...here, milestone_number: oneOf(milestones), state: oneOf(['open', 'closed']) }),
    milestones,
  ],
  [2, () => issues.updateComment({ ...here, comment_id: oneOf(comments), body: words(4) }), comments],
  [1, () => repos.update({ ...here, description: words(3) })],
  // looking
  [8, () => issues.get(issue())],
  [5, () => issues.listForRepo({ ...here, ...maybe(70, { state: oneOf(['open', 'closed', 'all']) }) })],
  [3, () => issues.listForRepo({ ...here, labels: oneOf(labels), ...maybe(50, { state: 'all' }) })],
  [3, () => issues.listForRepo({ ...here, assignee: oneOf(['octocat', 'hubot', 'none']) })],
  [2, () => issues.listForRepo({ ...here, milestone: String(oneOf(milestones)) }), milestones],
  [
    4,
    () => issues.listForRepo({ ...here, state: 'all', sort: 'created', ...maybe(50, { direction: 'asc' }), ...page() }),
  ],
  [5, () => issues.listComments(issue())],
  [1, () => issues.getComment({ ...here, comment_id: oneOf(comments) }), comments],
  [4, () => repos.get(here)],
  [3, () => issues.listLabelsForRepo({ ...here, ...maybe(60, page()) })],
  [1, () => issues.getLabel({ ...here, name: oneOf(labels) })],
  [2, () => issues.getMilestone({ ...here, milestone_number: oneOf(milestones) }), milestones],
  [1, () => issues.listMilestones({ ...here, state: 'all' })],
  [1, () => oneOf([octocat, hubot]).rest.users.getAuthenticated()],
  [1, () => users.getByUsername({ username: oneOf(['octocat', 'hubot']) })],
  // taking away
  [2, deleteComment, comments],
  [1, () => issues.deleteLabel({ ...here, name: takeOut(labels) }), () => labels.length > 2],
  [1, () => issues.deleteMilestone({ ...here, milestone_number: takeOut(milestones) }), milestones],
  // what is refused
  [2, () => refused(404, issues.get({ ...here, issue_number: unknown() }))],
  [1, () => refused(404, issues.update({ ...here, issue_number: unknown(), state: 'closed' }))],
  [1, () => refused(404, issues.createComment({ ...here, issue_number: unknown(), body: words(1) }))],
  [1, () => refused(404, issues.getMilestone({ ...here, milestone_number: unknown() }))],
  [1, () => refused(404, issues.getLabel({ ...here, name: fresh() }))],
  [1, () => refused(404, issues.getComment({ ...here, comment_id: oneOf(gone) })), gone],
  [1, () => refused(404, issues.deleteComment({ ...here, comment_id: oneOf(gone) })), gone],
  [1, () => refused(404, repos.get({ owner, repo: fresh() }))],
  [1, () => refused(404, issues.listForRepo({ owner, repo: fresh() }))],
  [1, () => refused(404, users.getByUsername({ username: fresh() }))],
  [
    1,
    () =>
      refused(422, octocat.request('POST /repos/{owner}/{repo}/issues', { ...here, body: words(3), ...issueFields() })),
  ],
  [1, () => refused(422, issues.create({ ...here, title: words(2), ...issueFields(), milestone: unknown() }))],
  [1, () => refused(422, octocat.request('POST /repos/{owner}/{repo}/labels', { ...here, ...labelFields() }))],
  [1, () => refused(422, issues.createLabel({ ...here, name: oneOf(labels), ...labelFields() }))],
  [1, () => refused(422, repos.createForAuthenticatedUser({ name: here.repo }))],
  [1, () => refused(401, stranger.rest.users.getAuthenticated())],
  [1, () => refused(401, stranger.rest.issues.create({ ...here, title: words(2), ...issueFields() }))],
  [1, () => refused(401, stranger.rest.issues.createComment({ ...issue(), body: words(2) }))],
  [1, () => refused(403, hubot.rest.repos.update({ ...here, description: words(2) }))],
];

// ---- the day

for (const username of ['octocat', 'hubot']) await users.getByUsername({ username });
await repos.createForAuthenticatedUser({ name: here.repo, ...maybe(70, { description: words(3) }) });
await repos.get(here);
await createLabel();
await createIssue();

const pot = things.flatMap(([share, act, needs]) => Array(share).fill({ act, needs }));
for (let done = 0; done < THINGS_TO_DO;) {
  const { act, needs } = oneOf(pot);
  if (Array.isArray(needs) ? needs.length === 0 : needs?.() === false) continue;
  await act();
  done++;
}
console.log(`day ${day}: worked on https://github.com/${owner}/${here.repo}`);
