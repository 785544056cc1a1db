import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { javaTrustOptions } from '../../src/proxy/java-trust.ts';
import { temporaryFolder, testAuthority } from '../support/recorder.ts';

/** Continuous integration installs it; elsewhere it may be absent. */
const hasJava = Boolean(process.env['CI']) || spawnSync('keytool', ['-help']).error === undefined;

describe('the trust store for Java', () => {
  it.runIf(hasJava)('has the authority beside all that Java trusts already, and is made once', async () => {
    const folder = temporaryFolder();
    const { certificate } = await testAuthority();
    const options = javaTrustOptions(certificate, folder, process.env);
    const [store = ''] = readdirSync(folder);
    expect(options).toEqual([
      `-Djavax.net.ssl.trustStore=${folder}/${store}`,
      '-Djavax.net.ssl.trustStorePassword=changeit',
    ]);
    const listed = execFileSync('keytool', ['-list', '-keystore', `${folder}/${store}`, '-storepass', 'changeit'], {
      encoding: 'utf8',
    });
    expect(listed).toMatch(/^mynah, /m);
    expect(listed.match(/trustedCertEntry/g)?.length).toBeGreaterThan(10);
    expect(javaTrustOptions(certificate, folder, process.env)).toEqual(options);
    expect(readdirSync(folder)).toEqual([store]);
  });

  it('is none where there is no Java, or the authority is none', () => {
    expect(javaTrustOptions('x', temporaryFolder(), { PATH: temporaryFolder() })).toEqual([]);
    const folder = temporaryFolder();
    expect([javaTrustOptions('not a certificate', folder, process.env), readdirSync(folder)]).toEqual([[], []]);
  });
});
