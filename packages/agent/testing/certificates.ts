import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';

/** A real certificate, made by openssl(1), and its key. */
export interface TestCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** SHA-256 over the DER, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** An authority of its own, and a certificate that it signed for the names. */
export function makeCertificates(
  names = 'DNS:localhost,IP:127.0.0.1',
  days = 30,
): { readonly authority: TestCertificate; readonly server: TestCertificate } {
  const folder = mkdtempSync(join(tmpdir(), 'thimble-agent-tls-'));
  /** Words without blanks in them. */
  const openssl = (line: string) => execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
  const key = (name: string) => openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${name}`);
  const read = (name: string): TestCertificate => {
    const certificatePem = readFileSync(join(folder, `${name}.crt`), 'utf8');
    const fingerprint = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
    return { certificatePem, keyPem: readFileSync(join(folder, `${name}.key`), 'utf8'), fingerprint };
  };
  try {
    key('ca.key');
    openssl(
      'req -x509 -new -key ca.key -subj /CN=authority -days 30 -out ca.crt ' +
        '-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign',
    );
    key('server.key');
    openssl('req -new -key server.key -subj /CN=server -out server.csr');
    writeFileSync(join(folder, 'extensions'), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
    const signing = `-CA ca.crt -CAkey ca.key -CAcreateserial -days ${days} -extfile extensions`;
    openssl(`x509 -req -in server.csr ${signing} -out server.crt`);
    return { authority: read('ca'), server: read('server') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
