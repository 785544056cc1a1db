// The environment in which a command meets a proxy of Mynah: proxy variables, a bundle of certificates that has the user's
// own besides Mynah's, and a preload for Node, whose fetch and http modules ignore proxy variables.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { javaTrustOptions } from './java-trust.ts';

export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

export interface ChildEnvironmentOptions {
  /** `http://HOST:PORT`, with a user name where that says which session or episode is meant. */
  readonly proxyUrl: string;
  /** PEM of the certificate authority that the proxy signs with. */
  readonly authority: string;
  /** Folder for the bundles that are made; created where there is none. */
  readonly folder: string;
  /** The environment to start from. */
  readonly base: ProcessEnvironment;
  /** Further variables, which win. */
  readonly extra?: ProcessEnvironment;
}

/** Variables that name the file of trusted certificates, each for some runtime or tool. */
const BUNDLE_VARIABLES = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
  'PIP_CERT',
  'CARGO_HTTP_CAINFO',
  'DENO_CERT',
  'npm_config_cafile',
  'YARN_HTTPS_CA_FILE_PATH',
  'BUNDLE_SSL_CA_CERT',
  'HTTPLIB2_CA_CERTS',
  'PERL_LWP_SSL_CA_FILE',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
] as const;

const SYSTEM_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** `bin` is beside `src` and `dist`. */
const PRELOAD = new URL('../../bin/proxy-preload.mjs', import.meta.url).href;

/** The whole environment for the command. */
export function childEnvironment({
  proxyUrl,
  authority,
  folder,
  base,
  extra = {},
}: ChildEnvironmentOptions): ProcessEnvironment {
  return {
    ...base,
    ...proxyVariables(proxyUrl),
    ...trustVariables(authority, folder, base),
    ...runtimeVariables(proxyUrl, base, javaTrustOptions(authority, folder, base)),
    ...extra,
  };
}

/**
 * Proxy variables in both spellings; every host goes through the proxy, also this machine's own. npm asks its own settings
 * first, which may name another proxy.
 */
function proxyVariables(proxyUrl: string): ProcessEnvironment {
  const names = ['http_proxy', 'https_proxy', 'all_proxy'];
  const set = [...names.flatMap((name) => [name, name.toUpperCase()]), 'npm_config_proxy', 'npm_config_https_proxy'];
  return {
    ...Object.fromEntries(set.map((name) => [name, proxyUrl])),
    no_proxy: '',
    NO_PROXY: '',
    npm_config_noproxy: '',
  };
}

/** Environments often have such variables already: what they name is merged, not lost. */
function trustVariables(authority: string, folder: string, base: ProcessEnvironment): ProcessEnvironment {
  const earlier = BUNDLE_VARIABLES.map((name) => base[name]);
  const bundle = join(folder, 'ca-bundle.pem');
  writeBundle(bundle, [...earlier, base['NODE_EXTRA_CA_CERTS'], ...SYSTEM_BUNDLES], [...rootCertificates, authority]);
  const nodeExtra = join(folder, 'ca-node.pem');
  writeBundle(nodeExtra, [base['NODE_EXTRA_CA_CERTS']], [authority]);
  return { ...Object.fromEntries(BUNDLE_VARIABLES.map((name) => [name, bundle])), NODE_EXTRA_CA_CERTS: nodeExtra };
}

function runtimeVariables(
  proxyUrl: string,
  base: ProcessEnvironment,
  javaTrust: readonly string[],
): ProcessEnvironment {
  const { hostname, port } = new URL(proxyUrl);
  const java = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=${hostname}`,
    `-D${scheme}.proxyPort=${port}`,
  ]);
  return {
    MYNAH_PROXY: proxyUrl,
    NODE_OPTIONS: joined(base['NODE_OPTIONS'], `--import=${PRELOAD}`),
    JAVA_TOOL_OPTIONS: joined(base['JAVA_TOOL_OPTIONS'], ...java, '-Dhttp.nonProxyHosts=', ...javaTrust),
  };
}

/** Words that are there already are not said twice: environments are nested. */
function joined(earlier = '', ...words: readonly string[]): string {
  const said = new Set(earlier.split(' '));
  return [earlier, ...words.filter((word) => !said.has(word))].filter((word) => word !== '').join(' ');
}

function writeBundle(path: string, files: readonly (string | undefined)[], certificates: readonly string[]): void {
  const texts = files
    .filter((file) => file !== undefined && file !== path && existsSync(file))
    .map((file) => readFileSync(file as string, 'utf8'));
  const blocks = [...texts, ...certificates].flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  );
  mkdirSync(join(path, '..'), { recursive: true });
  // Whole or not at all: other commands may be reading it.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${[...new Set(blocks)].join('\n')}\n`);
  renameSync(draft, path);
}
