// Two SDKs as they come, against emulators that stand in for the hosts they ask, each exchange recorded whole.
import { expect, it } from 'vitest';
import { startEmulator } from '../support/emulated.ts';
import { recordClient } from '../support/recorded-client.ts';

/** Programs run in the project's folder, where the SDKs are found. */
const program = (source: string) => [process.execPath, '--input-type=module', '-e', source];

it("records Octokit's fetch whole", async () => {
  const { origin } = await startEmulator('github', 'https://api.github.com', {
    tokens: { ghp_0123456789abcdefghijklmnopqrstuvwxyz: { login: 'octocat', scopes: ['repo', 'user'] } },
    github: { users: [{ login: 'octocat', name: 'The Octocat' }] },
  });
  const { code, stdout, stderr, differences, recording } = await recordClient(
    { 'api.github.com': origin },
    program(`
      import { Octokit } from 'octokit';
      const silent = { debug() {}, info() {}, warn() {}, error() {} };
      const client = (auth) => new Octokit({ auth, log: silent, throttle: { enabled: false }, retry: { enabled: false } });
      const octokit = client('ghp_0123456789abcdefghijklmnopqrstuvwxyz');
      const { data: me } = await octokit.rest.users.getAuthenticated();
      const repo = { owner: me.login, repo: 'roof' };
      await octokit.rest.repos.createForAuthenticatedUser({ name: 'roof', description: 'naïve ☃' });
      for (let i = 1; i <= 5; i++) await octokit.rest.issues.create({ ...repo, title: 'issue ' + i, labels: ['leak'] });
      const issues = await octokit.paginate(octokit.rest.issues.listForRepo, { ...repo, per_page: 2 });
      await octokit.rest.issues.update({ ...repo, issue_number: 1, state: 'closed' });
      await octokit.rest.issues.createComment({ ...repo, issue_number: 1, body: 'done' });
      const missing = await octokit.rest.issues.get({ ...repo, issue_number: 99 }).catch((error) => error.status);
      const stranger = await client(undefined).rest.users.getAuthenticated().catch((error) => error.status);
      console.log(JSON.stringify([me.login, issues.length, missing, stranger]));
    `),
  );
  expect([code, differences], stderr).toEqual([0, []]);
  expect(JSON.parse(stdout)).toEqual(['octocat', 5, 404, 401]);
  // Three pages, the last of which may be short.
  expect(recording.exchanges.filter(({ request }) => /\/issues\?.*per_page=2/.test(request.target))).toHaveLength(3);
  expect(JSON.stringify(recording)).not.toContain('ghp_0123456789');
});

it("records Stripe's SDK whole, with fetch and with Node's own client", async () => {
  const { origin } = await startEmulator('stripe', 'https://api.stripe.com');
  const { code, stdout, stderr, differences, recording } = await recordClient(
    { 'api.stripe.com': origin },
    program(`
      import Stripe from 'stripe';
      const key = 'sk_test_4eC39HqLyjWDarjtT1zdp7dc';
      for (const httpClient of [Stripe.createFetchHttpClient(), Stripe.createNodeHttpClient()]) {
        const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0, telemetry: false });
        const customer = await stripe.customers.create({ name: 'Ada & Söhne', metadata: { tier: 'gold' } });
        for (const name of ['a', 'b', 'c']) await stripe.customers.create({ name });
        let listed = 0;
        for await (const each of stripe.customers.list({ limit: 2 })) listed += each.object === 'customer' ? 1 : 0;
        const product = await stripe.products.create({ name: 'Roof' });
        const price = await stripe.prices.create({ product: product.id, unit_amount: 500, currency: 'eur' });
        const missing = await stripe.customers.retrieve('cus_nope').catch((error) => error.statusCode);
        const { deleted } = await stripe.customers.del(customer.id);
        console.log(JSON.stringify([listed >= 4, price.unit_amount, missing, deleted]));
      }
    `),
  );
  expect([code, differences], stderr).toEqual([0, []]);
  expect(stdout).toBe('[true,500,404,true]\n'.repeat(2));
  expect(recording.exchanges.length).toBeGreaterThan(20);
  expect(JSON.stringify(recording)).not.toContain('4eC39HqLyjWDarjtT1zdp7dc');
});
