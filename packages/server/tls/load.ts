import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type KeyedCertificate, fingerprint, issueCertificate, makeAuthority } from './authority.ts';
import { readIfPresent, writePrivateFile } from './private-file.ts';

export class TlsError extends Error {
  readonly code = 'bad-certificate';
}

export interface ServerTls extends KeyedCertificate {
  /** SHA-256 of the certificate that agents pin: the last of the chain that is sent. */
  readonly caFingerprint: string;
  /** The pinned certificate itself, PEM. */
  readonly authority: string;
}

export interface TlsOptions {
  readonly dataDirectory: string;
  readonly given: { readonly certificatePath: string; readonly keyPath: string } | undefined;
  readonly names: readonly string[];
  readonly now: Date;
  readonly random: (sizeBytes: number) => Uint8Array;
}

const DAY_MS = 86_400_000;
/** A self-made certificate is replaced when less than this is left, at a start or by the running server. */
const RENEW_BEFORE_DAYS = 60;

/**
 * The certificate to serve: the given one, or our own, made or renewed as needed. Renewal keeps the authority, so nothing
 * that agents have pinned changes.
 *
 * @throws TlsError
 */
export async function loadTls(options: TlsOptions): Promise<ServerTls> {
  if (options.given !== undefined) return loadGiven(options.given);
  const directory = join(options.dataDirectory, 'tls');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const authority = await keep(
    join(directory, 'ca.pem'),
    (found) => isStillGood(found, [], options.now, 0),
    () => makeAuthority(options.now, serialNumber(options.random)),
  );
  const server = await keep(
    join(directory, 'server.pem'),
    (found) =>
      isStillGood(found, options.names, options.now, RENEW_BEFORE_DAYS) &&
      found.certificate.endsWith(authority.certificate),
    () => issueCertificate(authority, options.names, options.now, serialNumber(options.random)),
  );
  return { ...server, caFingerprint: fingerprint(authority.certificate), authority: authority.certificate };
}

async function loadGiven({
  certificatePath,
  keyPath,
}: {
  certificatePath: string;
  keyPath: string;
}): Promise<ServerTls> {
  try {
    const [certificate, key] = await Promise.all([readFile(certificatePath, 'utf8'), readFile(keyPath, 'utf8')]);
    createSecureContext({ cert: certificate, key });
    const authority = certificate.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)?.at(-1) ?? '';
    return { certificate, key, authority, caFingerprint: fingerprint(authority) };
  } catch (cause) {
    throw new TlsError(
      `the certificate ${certificatePath} with the key ${keyPath} can't be used: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Reads a pair that is still good, or makes and keeps another. Key and certificate share a file, so they always match. */
export async function keep(
  path: string,
  isGood: (found: KeyedCertificate) => boolean,
  make: () => Promise<KeyedCertificate>,
): Promise<KeyedCertificate> {
  const text = await readIfPresent(path);
  const found = text === undefined ? undefined : parsePair(text, path);
  if (found !== undefined && isGood(found)) return found;
  const made = await make();
  await writePrivateFile(path, made.key + made.certificate);
  return made;
}

function parsePair(text: string, path: string): KeyedCertificate {
  const at = Math.max(text.indexOf('-----BEGIN CERTIFICATE-----'), 0);
  const pair = { key: text.slice(0, at), certificate: text.slice(at) };
  try {
    if (new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key))) return pair;
    throw new Error('the key is of another certificate');
  } catch (cause) {
    throw new TlsError(`${path} holds no usable key and certificate: restore it from a backup or remove it`, { cause });
  }
}

export function isStillGood(
  { certificate }: KeyedCertificate,
  names: readonly string[],
  now: Date,
  daysLeft: number,
): boolean {
  const parsed = new X509Certificate(certificate);
  if (parsed.validToDate.getTime() - now.getTime() < daysLeft * DAY_MS) return false;
  return names.every((name) =>
    isIP(name) === 0 ? parsed.checkHost(name) !== undefined : parsed.checkIP(name) !== undefined,
  );
}

/** 127 random bits: positive in DER, and above the 64 that CA/Browser Forum asks for. */
export function serialNumber(random: (sizeBytes: number) => Uint8Array): string {
  const bytes = Buffer.from(random(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
