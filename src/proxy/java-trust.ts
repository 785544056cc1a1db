// A trust store for Java, which reads no PEM: a copy of its own with the authority added. Made once for each pair of the two.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** What every trust store of a Java distribution is locked with. */
const PASSWORD = 'changeit';

/**
 * Options that make Java trust the authority; none where Java is not installed or its store cannot be copied.
 * @param folder where the store is kept
 * @param environment where `JAVA_HOME` and `PATH` say which Java is meant
 */
export function javaTrustOptions(
  authority: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const keytool = findKeytool(environment);
  if (keytool === undefined) return [];
  const original = join(dirname(realpathSync(keytool)), '..', 'lib', 'security', 'cacerts');
  if (!existsSync(original)) return [];
  const name = createHash('sha256').update(authority).update(readFileSync(original)).digest('hex').slice(0, 16);
  const store = join(folder, `java-${name}.store`);
  if (!existsSync(store) && !addAuthority(keytool, original, store, authority)) return [];
  // A variable of options is split at spaces, but for those in quotes.
  const quoted = /\s/.test(store) ? `"${store}"` : store;
  return [`-Djavax.net.ssl.trustStore=${quoted}`, `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`];
}

function findKeytool({ JAVA_HOME, PATH = '' }: Readonly<Record<string, string | undefined>>): string | undefined {
  const folders = [...(JAVA_HOME ? [join(JAVA_HOME, 'bin')] : []), ...PATH.split(delimiter)];
  return folders.map((folder) => join(folder, 'keytool')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function addAuthority(keytool: string, original: string, store: string, authority: string): boolean {
  const [draft, certificate] = [`${store}.${process.pid}`, `${store}.${process.pid}.pem`];
  try {
    copyFileSync(original, draft);
    writeFileSync(certificate, authority);
    const options = ['-importcert', '-noprompt', '-alias', 'mynah', '-file', certificate, '-keystore', draft];
    const { status } = spawnSync(keytool, [...options, '-storepass', PASSWORD], { stdio: 'ignore' });
    if (status === 0) renameSync(draft, store);
    return status === 0;
  } catch {
    return false;
  } finally {
    rmSync(draft, { force: true });
    rmSync(certificate, { force: true });
  }
}
