// The npm client publishing to a registry and installing from it, each exchange recorded whole.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { printedLine } from '../support/mynah-command.ts';
import { recordClient } from '../support/recorded-client.ts';
import { temporaryFolder } from '../support/recorder.ts';

const HOST = 'registry.example.test';
const REGISTRY = `https://${HOST}`;
const PASSWORD = 'n0t-for-the-disk';

async function startRegistry(): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'config.yaml'),
    [
      `storage: ${folder}/storage`,
      `auth: { htpasswd: { file: ${folder}/htpasswd, algorithm: sha1 } }`,
      'uplinks: {}',
      "packages: { '**': { access: $all, publish: $authenticated } }",
      'log: { type: stdout, format: pretty, level: http }',
      `url_prefix: /`,
    ].join('\n'),
  );
  const packageFile = createRequire(import.meta.url).resolve('verdaccio/package.json');
  const program = join(dirname(packageFile), 'bin/verdaccio');
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(process.execPath, [program, '--config', join(folder, 'config.yaml'), '--listen', address], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await printedLine(child, /http address/);
  return `http://${address}`;
}

/** The registry does not tell which port the system chose. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it('records npm publish and npm install whole', async () => {
  const registry = await startRegistry();
  const login = await fetch(`${registry}/-/user/org.couchdb.user:ada`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'ada', password: PASSWORD, email: 'ada@example.test', type: 'user', roles: [] }),
  });
  const { token } = (await login.json()) as { token: string };

  const work = temporaryFolder();
  const project = (name: string, manifest: object, files: Readonly<Record<string, string>> = {}) => {
    mkdirSync(join(work, name));
    for (const [file, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files }))
      writeFileSync(join(work, name, file), text);
  };
  project(
    'leaf',
    { name: 'leaf', version: '1.0.0', main: 'index.js' },
    { 'index.js': `module.exports = '${'leaf '.repeat(5000)}'` },
  );
  project(
    'tree',
    { name: '@ada/tree', version: '2.0.0', dependencies: { leaf: '^1.0.0' } },
    { 'index.js': "module.exports = require('leaf')" },
  );
  project('app', { name: 'app', version: '0.0.0', private: true, dependencies: { '@ada/tree': '2.x' } });
  writeFileSync(
    join(work, 'npmrc'),
    [
      `registry=${REGISTRY}/`,
      `//registry.example.test/:_authToken=${token}`,
      `cache=${work}/cache`,
      'audit=true',
      'fund=false',
      'update-notifier=false',
      'fetch-retries=0',
    ].join('\n'),
  );
  const script = `
    set -e
    export npm_config_userconfig=${work}/npmrc npm_config_globalconfig=/dev/null npm_config_loglevel=error
    cd ${work}/leaf && npm publish
    cd ${work}/tree && npm publish --access public
    # With a cache of its own: npm keeps what it has published.
    cd ${work}/app && npm install --cache ${work}/other-cache
    node -p "require('@ada/tree').length"`;
  // What the machine's own settings say of registries is none of the test's business; they reach tests as variables.
  const inherited = Object.keys(process.env).filter((name) => /^npm_config_(?!.*proxy|cafile)/i.test(name));
  const { code, stdout, stderr, differences, recording } = await recordClient({ [HOST]: registry }, [
    'env',
    ...inherited.flatMap((name) => ['-u', name]),
    'sh',
    '-c',
    script,
  ]);
  expect([code, differences], stderr).toEqual([0, []]);
  expect(stdout).toMatch(/^25000$/m);
  const asked = recording.exchanges.map(({ request }) => `${request.method} ${request.target}`);
  for (const expected of [
    'PUT /leaf',
    'PUT /@ada%2ftree',
    'GET /@ada%2ftree',
    'GET /leaf',
    'GET /leaf/-/leaf-1.0.0.tgz',
  ])
    expect(asked).toContain(expected);
  expect(JSON.stringify(recording)).not.toContain(token);
});
