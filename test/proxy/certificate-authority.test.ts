import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAuthority, openAuthority } from '../../src/proxy/certificate-authority.ts';
import { rejectionOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/recorder.ts';

const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;

describe('the certificate authority', () => {
  it('signs for names and addresses, for no longer than clients accept', async () => {
    const authority = await openAuthority(await createAuthority(now), () => now);
    const root = new X509Certificate(authority.certificate);
    expect([root.ca, root.checkIssued(root)]).toEqual([true, true]);
    for (const host of ['api.example.com', '127.0.0.1', '::1', `${'long.'.repeat(20)}example.com`]) {
      const leaf = new X509Certificate((await authority.leafFor(host)).certificate);
      expect(leaf.verify(root.publicKey) && leaf.checkIssued(root)).toBe(true);
      expect(host.includes('example') ? leaf.checkHost(host) : leaf.checkIP(host)).toBe(host);
      expect(leaf.checkHost('other.example.com')).toBeUndefined();
      expect(Date.parse(leaf.validFrom)).toBeLessThan(now);
      expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThanOrEqual(197 * day);
      expect(leaf.ca).toBe(false);
    }
  });

  it('signs once for a host, and again before that has run out', async () => {
    let time = now;
    const authority = await openAuthority(await createAuthority(now), () => time);
    const first = await authority.leafFor('API.example.com');
    expect(await authority.leafFor('api.example.com')).toBe(first);
    time += 60 * day;
    const second = new X509Certificate((await authority.leafFor('api.example.com')).certificate);
    expect(Date.parse(second.validTo)).toBeGreaterThan(time + 30 * day);
  });

  it('and its leaves pass the strictest reading of the standard, which Python 3.13 asks for', async () => {
    const authority = await openAuthority(await createAuthority(Date.now()), Date.now);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'ca.pem'), authority.certificate);
    writeFileSync(join(folder, 'leaf.pem'), (await authority.leafFor('api.example.com')).certificate);
    const said = execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', 'ca.pem', 'leaf.pem'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(said).toBe('leaf.pem: OK\n');
  });

  it('is ready for TLS once for a host', async () => {
    const authority = await openAuthority(await createAuthority(now), () => now);
    expect(await authority.contextFor('a.example')).toBe(await authority.contextFor('a.example'));
    expect(await authority.contextFor('b.example')).not.toBe(await authority.contextFor('a.example'));
  });

  it('is another one for every user', async () => {
    const [one, other] = [await createAuthority(now), await createAuthority(now)];
    expect(one.key).not.toBe(other.key);
    expect(one.certificate).not.toBe(other.certificate);
  });

  it('that has expired or is broken says so, and what to do', async () => {
    const pem = await createAuthority(now);
    for (const attempt of [
      openAuthority(pem, () => now + 4000 * day),
      openAuthority({ ...pem, key: 'nonsense' }, () => now),
      openAuthority({ ...pem, certificate: '' }, () => now),
    ]) {
      const failure = await rejectionOf(attempt);
      expect(failure.code).toBe('ERR_CERTIFICATE_AUTHORITY');
      expect(failure.message).toContain('mynah ca path');
    }
  });
});
