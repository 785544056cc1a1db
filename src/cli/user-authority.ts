// The certificate authority in the user's folder, made on first use.
import type { CertificateAuthority } from '../proxy/certificate-authority.ts';
import { authorityPem } from '../store/mynah-home.ts';

/** @throws MynahError ERR_FILE_UNWRITABLE, ERR_CERTIFICATE_AUTHORITY */
export async function userAuthority(home: string): Promise<CertificateAuthority> {
  // The certificate package takes a while to load, and most verbs never need it.
  const { createAuthority, openAuthority } = await import('../proxy/certificate-authority.ts');
  return openAuthority(await authorityPem(home, () => createAuthority(Date.now())), Date.now);
}
