import { X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { ConnectionError } from './client-error.ts';

const HANDSHAKE_DEADLINE_MS = 10_000;
/** A chain is leaf, intermediates, root: nobody has more than a handful. */
const LONGEST_CHAIN = 8;

/** Lower-case hexadecimal without separators, or undefined when it is not a SHA-256 fingerprint. */
export function normaliseFingerprint(text: string): string | undefined {
  const hex = text
    .replace(/^sha-?256[:=]/i, '')
    .replaceAll(/[:\s]/g, '')
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? hex : undefined;
}

/**
 * The CA certificate with this fingerprint, out of the chain that the server shows. Nothing is sent to the server
 * before: the caller connects again with this certificate as the only trusted one, and OpenSSL does the verification.
 *
 * @param fingerprint As `normaliseFingerprint` returns it.
 * @returns PEM.
 * @throws ConnectionError `untrusted-certificate`, `unreachable`, `timeout`
 */
export function fetchPinnedCa(url: URL, fingerprint: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const port = url.port === '' ? 443 : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = connect({
    host,
    port,
    rejectUnauthorized: false,
    ...(/[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {}),
  });
  socket.setTimeout(HANDSHAKE_DEADLINE_MS, () => {
    reject(new ConnectionError('timeout', `${url.origin} did not finish the TLS handshake`));
    socket.destroy();
  });
  socket.on('error', (cause) => {
    reject(
      new ConnectionError('unreachable', `${url.origin} can't be reached: ${cause.message}`, {
        hint: 'Is the server running, and is this its HTTPS address?',
        cause,
      }),
    );
  });
  socket.on('secureConnect', () => {
    const pem = findInChain(socket.getPeerCertificate(true), fingerprint);
    socket.destroy();
    if (pem === undefined)
      reject(
        new ConnectionError(
          'untrusted-certificate',
          `no certificate of ${url.origin} has the given fingerprint ${fingerprint}`,
          {
            hint: 'Compare the fingerprint with the one that the server prints when it starts. Do not go on if it differs.',
          },
        ),
      );
    else resolve(pem);
  });
  return promise;
}

function findInChain(first: DetailedPeerCertificate, fingerprint: string): string | undefined {
  let certificate: DetailedPeerCertificate | undefined = first;
  for (let depth = 0; depth < LONGEST_CHAIN && certificate?.raw !== undefined; depth += 1) {
    const parsed = new X509Certificate(certificate.raw);
    if (normaliseFingerprint(parsed.fingerprint256) === fingerprint) return parsed.toString();
    if (certificate.issuerCertificate === certificate) return undefined;
    certificate = certificate.issuerCertificate;
  }
  return undefined;
}
