// A headless Chromium whose user trusts Mynah's authority, behind a proxy of Mynah.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { runMynah } from './mynah-command.ts';

/** A user with a browser: variables for Mynah and for Chromium. */
export type BrowserUser = Readonly<Record<'HOME' | 'MYNAH_DATA', string>>;

/** Makes the user's database of certificates, with Mynah's authority in it. */
export async function browserUser(folder: string): Promise<BrowserUser> {
  const user = { HOME: folder, MYNAH_DATA: join(folder, 'mynah') };
  const database = join(folder, '.pki/nssdb');
  mkdirSync(database, { recursive: true });
  execFileSync('certutil', ['-N', '--empty-password', '-d', `sql:${database}`]);
  const { code, stderr } = await runMynah(['ca', 'install', '--store', 'browser'], user);
  if (code !== 0) throw new Error(stderr);
  return user;
}

/** @param proxy URL of the proxy that all requests go through, those to this machine too */
export async function openChromium({ HOME }: BrowserUser, proxy: string): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    proxy: { server: proxy },
    env: { ...process.env, HOME } as Record<string, string>,
  });
  onTestFinished(() => browser.close());
  return browser;
}
