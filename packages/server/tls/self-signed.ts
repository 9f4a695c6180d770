import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import './reflect.ts';
import * as x509 from '@peculiar/x509';
import { ALGORITHM, AUTHORITY_LIFE_DAYS, BACKDATE_MS, type KeyedCertificate, privatePem } from './authority.ts';
import { isStillGood, keep, serialNumber } from './load.ts';

const DAY_MS = 86_400_000;

/**
 * A certificate that vouches for itself alone: clients pin its digest, so it lives as long as an authority and is made anew only
 * when it runs out or names are added. Kept in a file that only its owner can read.
 *
 * @throws TlsError
 */
export async function loadSelfSigned(
  path: string,
  {
    names,
    now,
    random,
  }: {
    readonly names: readonly string[];
    readonly now: Date;
    readonly random: (sizeBytes: number) => Uint8Array;
  },
): Promise<KeyedCertificate> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return keep(
    path,
    (found) => isStillGood(found, names, now, 0),
    () => makeSelfSigned(names, now, serialNumber(random)),
  );
}

/** Marked as an authority too: clients that are given nothing but this certificate take it as the root of its own chain. */
async function makeSelfSigned(names: readonly string[], now: Date, serial: string): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    name: `CN=Thimble relay ${serial.slice(2, 10)}`,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_LIFE_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await privatePem(keys.privateKey) };
}
