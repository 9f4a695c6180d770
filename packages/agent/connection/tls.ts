import { connect, type TLSSocket } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { AgentError } from '../agent-error.ts';

/** SHA-256 over the DER of a certificate, lower-case hexadecimal without colons. */
export type Fingerprint = string;

const HANDSHAKE_DEADLINE_MS = 15_000;
/** A chain longer than this is not one that we made, nor one that a public authority makes. */
const MAX_CHAIN = 10;

/** Accepts the forms that tools print: colons, blanks, upper case. @throws AgentError `bad-fingerprint` */
export function parseFingerprint(text: string): Fingerprint {
  const plain = text
    .trim()
    .replace(/^sha256[:=]/i, '')
    .replaceAll(/[:\s]/g, '')
    .toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(plain))
    throw new AgentError('bad-fingerprint', 'input', 'a fingerprint is SHA-256: 64 hexadecimal digits');
  return plain;
}

/**
 * Fetches the certificate that has the given fingerprint from a server's own chain. Only a handshake happens and
 * nothing is sent; all later connections trust this one certificate and are verified by OpenSSL in full.
 *
 * @returns PEM
 * @throws AgentError `fingerprint-mismatch`, naming what was presented; Node's errors when there is no connection.
 */
export async function fetchPinnedCertificate(
  host: string,
  port: number,
  fingerprint: Fingerprint,
  signal?: AbortSignal,
): Promise<string> {
  const chain = await presentedChain(host, port, signal);
  const pinned = chain.find((certificate) => plainFingerprint(certificate) === fingerprint);
  if (pinned !== undefined) return pinned.toString();
  const seen = chain.map((certificate) => `${plainFingerprint(certificate)} (${oneLine(certificate.subject)})`);
  throw new AgentError(
    'fingerprint-mismatch',
    'remote',
    `${host}:${port} is not the server that was named. Expected the certificate ${fingerprint}; it presented ` +
      (seen.length === 0 ? 'none' : seen.join(', ')),
  );
}

async function presentedChain(host: string, port: number, signal?: AbortSignal): Promise<readonly X509Certificate[]> {
  const socket = await handshake(host, port, signal);
  try {
    const chain: X509Certificate[] = [];
    for (
      let certificate = socket.getPeerX509Certificate();
      certificate !== undefined && chain.length < MAX_CHAIN;
      certificate = certificate.issuerCertificate
    ) {
      if (chain.some((seen) => seen.fingerprint256 === certificate?.fingerprint256)) break;
      chain.push(certificate);
    }
    return chain;
  } finally {
    socket.destroy();
  }
}

function handshake(host: string, port: number, signal?: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      // What is presented is not believed here; it is compared with the fingerprint.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(HANDSHAKE_DEADLINE_MS, () =>
      fail(new Error(`no TLS handshake within ${HANDSHAKE_DEADLINE_MS} ms`)),
    );
    signal?.addEventListener('abort', () => fail(new Error('aborted')), { once: true });
    socket.once('error', fail);
    socket.once('secureConnect', () => resolve(socket));
  });
}

function plainFingerprint(certificate: X509Certificate): Fingerprint {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function oneLine(subject: string): string {
  return subject.replaceAll('\n', ', ');
}
