// The user's own certificate authority: signs a certificate for every host whose TLS the proxy opens. Keys are EC P-256.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { MynahError } from '../core/std/errors.ts';

/** A certificate and its private key, as PEM texts. */
export interface KeyPairPem {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateAuthority {
  /** PEM of the authority's own certificate: what clients are to trust. */
  readonly certificate: string;
  /** Certificate and key for a host name or address; cached. */
  leafFor(host: string): Promise<KeyPairPem>;
  /** The same, ready for a TLS server. */
  contextFor(host: string): Promise<SecureContext>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Clients refuse leaves of more than about 200 days; these live no longer than a process. */
const LEAF_DAYS = 90;
/** Clocks of clients may be behind. */
const BACKDATED_DAYS = 1;
const CACHED_HOSTS_MAX = 2000;

/** Makes a new authority. `now` is in milliseconds since the epoch. */
export async function createAuthority(now: number): Promise<KeyPairPem> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Mynah recording proxy, O=Mynah (made on this machine)',
    keys,
    notBefore: new Date(now - BACKDATED_DAYS * DAY_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await pemOfKey(keys.privateKey) };
}

/**
 * Opens an authority that was made before.
 * @throws MynahError ERR_CERTIFICATE_AUTHORITY when the texts are not its certificate and key, or it has expired
 */
export async function openAuthority(pem: KeyPairPem, now: () => number): Promise<CertificateAuthority> {
  const { certificate, key } = await readAuthority(pem, now());
  const leafKeys = await generateKeys();
  const leafKeyPem = await pemOfKey(leafKeys.privateKey);
  const leaves = new Map<string, { readonly leaf: Promise<KeyPairPem>; readonly renewAt: number }>();
  const contexts = new WeakMap<KeyPairPem, SecureContext>();

  async function sign(host: string): Promise<KeyPairPem> {
    const signed = await x509.X509CertificateGenerator.create({
      subject: [{ CN: [host.slice(0, COMMON_NAME_MAX)] }],
      issuer: certificate.subject,
      publicKey: leafKeys.publicKey,
      signingKey: key,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(now() - BACKDATED_DAYS * DAY_MS),
      notAfter: new Date(now() + LEAF_DAYS * DAY_MS),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: isIP(host) ? 'ip' : 'dns', value: host }]),
        await x509.AuthorityKeyIdentifierExtension.create(certificate, false),
        await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
      ],
    });
    return { certificate: signed.toString('pem'), key: leafKeyPem };
  }

  function leafFor(host: string): Promise<KeyPairPem> {
    const name = host.toLowerCase();
    const cached = leaves.get(name);
    if (cached && cached.renewAt > now()) return cached.leaf;
    if (leaves.size >= CACHED_HOSTS_MAX) leaves.delete(leaves.keys().next().value as string);
    const leaf = sign(name);
    leaves.set(name, { leaf, renewAt: now() + (LEAF_DAYS / 2) * DAY_MS });
    return leaf;
  }

  return {
    certificate: pem.certificate,
    leafFor,
    contextFor: async (host) => {
      const leaf = await leafFor(host);
      const ready = contexts.get(leaf) ?? createSecureContext({ cert: leaf.certificate, key: leaf.key });
      contexts.set(leaf, ready);
      return ready;
    },
  };
}

/** Longest common name that X.520 permits; what counts is the alternative name. */
const COMMON_NAME_MAX = 64;

async function readAuthority(pem: KeyPairPem, now: number) {
  try {
    const certificate = new x509.X509Certificate(pem.certificate);
    const [block] = x509.PemConverter.decode(pem.key);
    const key = await webcrypto.subtle.importKey('pkcs8', block as ArrayBuffer, ALGORITHM, false, ['sign']);
    if (certificate.notAfter.getTime() < now) throw new Error(`it expired on ${certificate.notAfter.toISOString()}`);
    return { certificate, key };
  } catch (error) {
    throw new MynahError(
      'ERR_CERTIFICATE_AUTHORITY',
      `the certificate authority cannot be used: ${(error as Error).message}; remove its two files (mynah ca path names them) and a new one is made`,
      {},
      error,
    );
  }
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  x509.cryptoProvider.set(webcrypto as never);
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
