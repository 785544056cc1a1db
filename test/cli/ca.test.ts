import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runMynah } from '../support/mynah-command.ts';
import { temporaryFolder } from '../support/recorder.ts';

describe('mynah ca', () => {
  it('path names a certificate, made on first use and the same ever after', async () => {
    const environment = { MYNAH_DATA: temporaryFolder() };
    const [first, second] = [await runMynah(['ca', 'path'], environment), await runMynah(['ca', 'path'], environment)];
    expect([first.code, first.stdout]).toEqual([0, second.stdout]);
    expect(new X509Certificate(readFileSync(first.stdout.trim())).ca).toBe(true);
  });

  it('env prints what a shell can evaluate', async () => {
    const { stdout } = await runMynah(['ca', 'env', '--proxy', '127.0.0.1:9999'], {
      MYNAH_DATA: `${temporaryFolder()}/it's`,
    });
    const shown = execFileSync('sh', ['-c', `${stdout}\necho "$https_proxy $NO_PROXY"; head -1 "$CURL_CA_BUNDLE"`], {
      encoding: 'utf8',
    });
    expect(shown).toBe('http://127.0.0.1:9999 \n-----BEGIN CERTIFICATE-----\n');
  });

  it('install can say what it would do', async () => {
    const { stdout, stderr, code } = await runMynah(['ca', 'install', '--print']);
    if (code === 0) expect(stdout).toMatch(/^sudo .*ca\.pem/);
    else expect(stderr).toMatch(/ERR_TRUST_STORE.*ca\.pem/);
  });
});
