import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callMynah, runMynah } from '../support/mynah-command.ts';
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

  it('env speaks the language of other shells', async () => {
    const { stdout } = await callMynah(['ca', 'env', '--shell', 'fish']);
    expect(stdout).toContain("set -gx https_proxy 'http://127.0.0.1:8080'\n");
    expect(stdout).not.toContain('export ');
  });

  it('install and uninstall can say what they would do', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, '.pki/nssdb'), { recursive: true });
    writeFileSync(join(home, '.pki/nssdb/cert9.db'), '');
    const shown = (change: string) =>
      runMynah(['ca', change, '--store', 'browser', '--print'], { HOME: home, MYNAH_DATA: join(home, "it's") });
    const [put, out] = [await shown('install'), await shown('uninstall')];
    expect(put.stdout).toBe(
      `certutil -A -t C,, -i '${home}/it'\\''s/ca.pem' -d sql:${home}/.pki/nssdb -n 'Mynah recording proxy'\n`,
    );
    expect(out.stdout).toBe(`certutil -D -d sql:${home}/.pki/nssdb -n 'Mynah recording proxy'\n`);
  });

  it('install puts the certificate into a database of browsers, and uninstall takes it out again, also twice', async () => {
    const home = temporaryFolder();
    const database = join(home, '.pki/nssdb');
    const environment = { HOME: home, MYNAH_DATA: join(home, 'mynah') };
    mkdirSync(database, { recursive: true });
    execFileSync('certutil', ['-N', '--empty-password', '-d', `sql:${database}`]);
    const listed = () => execFileSync('certutil', ['-L', '-d', `sql:${database}`], { encoding: 'utf8' });
    const change = (name: string) => runMynah(['ca', name, '--store', 'browser'], environment);
    expect(await change('install')).toMatchObject({ code: 0, stdout: expect.stringContaining(database) as string });
    expect(listed()).toMatch(/Mynah recording proxy +C,,/);
    for (let time = 0; time < 2; time++) expect(await change('uninstall')).toMatchObject({ code: 0, stderr: '' });
    expect(listed()).not.toContain('Mynah');
  });

  it('install says of every store that fails what to do by hand', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, '.pki/nssdb'), { recursive: true });
    writeFileSync(join(home, '.pki/nssdb/cert9.db'), 'not a database');
    const { code, stderr } = await runMynah(['ca', 'install', '--store', 'browser'], { HOME: home });
    expect(code).toBe(2);
    expect(stderr).toMatch(/ERR_TRUST_STORE.*\.pki\/nssdb: certutil .*; run: certutil -A/s);
  });
});
