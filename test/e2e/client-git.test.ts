// git over HTTP, its packs included, recorded whole: clone, push, and a fetch of what was pushed.
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recordClient } from '../support/recorded-client.ts';
import { startUpstream, temporaryFolder } from '../support/recorder.ts';

const HOST = 'git.example.test';
const ORIGIN = `https://${HOST}`;

/** `git http-backend` over a folder of repositories, by the rules of CGI (RFC 3875). */
function serveRepositories(folder: string) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: 'ada',
        REQUEST_METHOD: request.method,
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.once('close', () => {
      const bytes = Buffer.concat(chunks);
      const end = bytes.indexOf('\r\n\r\n');
      const headers = bytes.subarray(0, end).toString().split('\r\n');
      const status = headers.find((line) => line.startsWith('Status: '));
      for (const line of headers.filter((each) => each !== status))
        response.appendHeader(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim());
      response.writeHead(Number(status?.split(' ')[1] ?? 200)).end(bytes.subarray(end + 4));
    });
  };
}

it('records git clone, push and fetch whole', async () => {
  const [served, work] = [temporaryFolder(), temporaryFolder()];
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.test', '-c', 'init.defaultBranch=main'];
  const git = (...args: string[]) => execFileSync('git', [...identity, ...args], { encoding: 'utf8', stdio: 'pipe' });
  git('init', '-q', join(work, 'seed'));
  writeFileSync(
    join(work, 'seed', 'noise.bin'),
    Buffer.from(Array.from({ length: 50_000 }, (_none, i) => (i * i) % 251)),
  );
  git('-C', join(work, 'seed'), 'add', '.');
  git('-C', join(work, 'seed'), 'commit', '-qm', 'first');
  git('clone', '-q', '--bare', join(work, 'seed'), join(served, 'roof.git'));
  git('-C', join(served, 'roof.git'), 'config', 'http.receivepack', 'true');

  const script = `
    set -e
    git clone -q ${ORIGIN}/roof.git one
    git clone -q ${ORIGIN}/roof.git two
    cd one
    echo mended > roof.txt
    git add . && git ${identity.join(' ')} commit -qm 'mend the roof'
    git push -q origin HEAD:main
    cd ../two
    git pull -q
    cat roof.txt`;
  const { code, stdout, stderr, differences, recording } = await recordClient(
    { [HOST]: await startUpstream(serveRepositories(served)) },
    ['sh', '-c', `cd ${work} && ${script}`],
    { environment: { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' } },
  );
  expect([code, differences], stderr).toEqual([0, []]);
  expect(stdout).toBe('mended\n');
  expect(git('-C', join(served, 'roof.git'), 'log', '--format=%s').split('\n')).toContain('mend the roof');
  const asked = new Set(recording.exchanges.map(({ request }) => request.target.split('?')[0]));
  expect([...asked].sort()).toEqual(['/roof.git/git-receive-pack', '/roof.git/git-upload-pack', '/roof.git/info/refs']);
});
