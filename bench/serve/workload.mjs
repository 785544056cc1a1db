// What an episode is asked in the benchmarks: one afternoon on the quickstart's clone of GitHub's API, stateful throughout.
// Numbers of issues count from one in a new repository, so the requests can be written before the answers are known.

const OWNER = 'octocat';

/**
 * The requests of an episode in order; 12 of 20 only read. `credentials` are the headers of a principal that may write.
 *
 * @param credentials headers by name
 */
export function afternoon(credentials, repo = 'birdhouse') {
  const at = `/repos/${OWNER}/${repo}`;
  const ask = (method, path, body) => ({
    method,
    path,
    headers: {
      accept: 'application/vnd.github.v3+json',
      'user-agent': 'bench',
      ...credentials,
      ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [
    ask('POST', '/user/repos', { name: repo, description: 'A house for one bird' }),
    ask('POST', `${at}/labels`, { name: 'roof', color: 'd73a4a', description: 'what is above' }),
    ask('POST', `${at}/issues`, { title: 'Leaks when it rains', labels: ['roof'], assignees: ['hubot'] }),
    ask('GET', `${at}/issues/1`),
    ask('GET', `${at}/issues?state=open`),
    ask('POST', `${at}/issues`, { title: 'Too high', body: 'A cat would not mind.' }),
    ask('POST', `${at}/issues/1/comments`, { body: 'I have a ladder.' }),
    ask('GET', `${at}/issues/1/comments`),
    ask('GET', at),
    ask('PATCH', `${at}/issues/1`, { state: 'closed' }),
    ask('GET', `${at}/issues/1`),
    ask('GET', `${at}/issues?state=all&per_page=2`),
    ask('GET', `${at}/labels`),
    ask('PATCH', `${at}/issues/2`, { title: 'Too low' }),
    ask('GET', `${at}/issues/2`),
    ask('GET', '/user'),
    ask('GET', `${at}/issues/77`),
    ask('POST', `${at}/issues/2/labels`, { labels: ['roof'] }),
    ask('GET', `${at}/issues?labels=roof`),
    ask('GET', `${at}/issues/2`),
  ];
}

/** The requests of the afternoon that only read, for a world in which it is over. */
export function reads(credentials) {
  return afternoon(credentials).filter(({ method }) => method === 'GET');
}

/** Two requests that can be repeated for ever without the world growing: a write, and a read of what was written. */
export function revision(credentials, number) {
  const at = `/repos/${OWNER}/birdhouse/issues/1`;
  const [write, read] = ['PATCH', 'GET'].map((method) => afternoon(credentials).find((one) => one.method === method));
  return [
    { ...write, path: at, body: JSON.stringify({ title: `Leaks for the ${number}th time` }) },
    { ...read, path: at },
  ];
}
