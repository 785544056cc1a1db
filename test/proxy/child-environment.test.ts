import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../src/proxy/child-environment.ts';
import { temporaryFolder } from '../support/recorder.ts';

const certificate = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
const authority = certificate('AUTHORITY');

describe('the environment of a command', () => {
  it('names the proxy in every spelling, and excepts no host', () => {
    const environment = childEnvironment({
      proxyUrl: 'http://ep1:x@127.0.0.1:7070',
      authority,
      folder: temporaryFolder(),
      base: { NO_PROXY: 'localhost', HOME: '/h' },
    });
    for (const name of [
      'http_proxy',
      'https_proxy',
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'all_proxy',
      'MYNAH_PROXY',
    ]) {
      expect(environment[name]).toBe('http://ep1:x@127.0.0.1:7070');
    }
    expect([environment['NO_PROXY'], environment['no_proxy'], environment['HOME']]).toEqual(['', '', '/h']);
    expect(environment['JAVA_TOOL_OPTIONS']).toContain('-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=7070');
  });

  it('adds the authority to the certificates that the user and the system trust', () => {
    const folder = temporaryFolder();
    const own = join(folder, 'own.pem');
    writeFileSync(own, `comment\n${certificate('OWN')}\n`);
    const environment = childEnvironment({
      proxyUrl: 'http://127.0.0.1:1',
      authority,
      folder,
      base: { NODE_EXTRA_CA_CERTS: own, SSL_CERT_FILE: join(folder, 'missing.pem') },
    });
    const bundle = readFileSync(environment['CURL_CA_BUNDLE'] as string, 'utf8');
    for (const each of [authority, certificate('OWN'), rootCertificates[0] as string])
      expect(bundle.split(each)).toHaveLength(2);
    expect(environment['REQUESTS_CA_BUNDLE']).toBe(environment['SSL_CERT_FILE']);
    expect(readFileSync(environment['NODE_EXTRA_CA_CERTS'] as string, 'utf8')).toBe(
      `${certificate('OWN')}\n${authority}\n`,
    );
  });

  it('keeps options that Node and Java have already, and lets further variables win', () => {
    const environment = childEnvironment({
      proxyUrl: 'http://127.0.0.1:1',
      authority,
      folder: temporaryFolder(),
      base: { NODE_OPTIONS: '--max-old-space-size=100', JAVA_TOOL_OPTIONS: '-Xmx1g' },
      extra: { MYNAH_BASE_URL: 'http://127.0.0.1:2', ALL_PROXY: '' },
    });
    expect(environment['NODE_OPTIONS']).toMatch(/^--max-old-space-size=100 --import=file:\/\/\/.*proxy-preload\.mjs$/);
    expect(environment['JAVA_TOOL_OPTIONS']).toMatch(/^-Xmx1g /);
    expect([environment['MYNAH_BASE_URL'], environment['ALL_PROXY']]).toEqual(['http://127.0.0.1:2', '']);
  });

  it('says nothing twice when environments are nested', () => {
    const options = { proxyUrl: 'http://127.0.0.1:1', authority, folder: temporaryFolder() };
    const once = childEnvironment({ ...options, base: { NODE_OPTIONS: '--no-warnings' } });
    const twice = childEnvironment({ ...options, base: once });
    expect(twice).toEqual(once);
  });
});
