import { webcrypto, X509Certificate as NodeCertificate, createHash } from 'node:crypto';
import { isIP } from 'node:net';
import './reflect.ts';
import * as x509 from '@peculiar/x509';

export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
export const AUTHORITY_LIFE_DAYS = 3_650;
export const CERTIFICATE_LIFE_DAYS = 365;
/** A clock that runs behind must not find a fresh certificate not yet valid. */
export const BACKDATE_MS = DAY_MS;

/** A certificate and its key, both PEM; the certificate may carry its chain. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A new certificate authority that may sign servers only (RFC 5280 section 4.2.1: pathLenConstraint 0). */
export async function makeAuthority(now: Date, serial: string): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    name: `CN=Thimble CA ${serial.slice(2, 10)}`,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_LIFE_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await privatePem(keys.privateKey) };
}

/**
 * A server certificate, with the authority's own behind it so that a client which knows only the authority's digest can
 * check the whole chain.
 *
 * @param names Host names and IP addresses, as subject alternative names.
 */
export async function issueCertificate(
  authority: KeyedCertificate,
  names: readonly string[],
  now: Date,
  serial: string,
): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', derOf(authority.key), ALGORITHM, false, ['sign']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: 'CN=Thimble server',
    issuer: issuer.subject,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + CERTIFICATE_LIFE_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: `${certificate.toString('pem')}\n${authority.certificate}`,
    key: await privatePem(keys.privateKey),
  };
}

/** SHA-256 over a certificate's DER, lower-case hex: what agents pin. */
export function fingerprint(pem: string): string {
  return createHash('sha256').update(new NodeCertificate(pem).raw).digest('hex');
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
}

export async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}
