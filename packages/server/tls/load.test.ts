import { X509Certificate, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint, loadTls } from './index.ts';

const NAMES = ['127.0.0.1', '::1', 'localhost', 'patch.example.org'];
const NOW = new Date('2026-03-01T00:00:00Z');
let dataDirectory: string;

beforeEach(async () => {
  dataDirectory = await mkdtemp('/tmp/thimble-tls-');
});
afterEach(() => rm(dataDirectory, { recursive: true }));

function load(changes: Partial<Parameters<typeof loadTls>[0]> = {}) {
  return loadTls({ dataDirectory, given: undefined, names: NAMES, now: NOW, random: randomBytes, ...changes });
}

test('a client that trusts only the authority accepts the chain for each name', async () => {
  const now = new Date();
  const tls = await load({ now });
  const server = createServer({ cert: tls.certificate, key: tls.key }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const servername of ['localhost', 'patch.example.org']) {
    const socket = connect({ port, host: '127.0.0.1', servername, ca: tls.authority });
    await once(socket, 'secureConnect');
    const peer = socket.getPeerCertificate(true);
    expect(fingerprint(new X509Certificate(peer.issuerCertificate.raw).toString())).toBe(tls.caFingerprint);
    socket.destroy();
  }
  server.close();
});

test('authority and certificate are kept, readable for their owner only', async () => {
  const first = await load();
  const second = await load();
  expect(second).toEqual(first);
  for (const name of ['ca.pem', 'server.pem'])
    expect((await stat(join(dataDirectory, 'tls', name))).mode & 0o777).toBe(0o600);
});

test('a certificate that runs out, or lacks a new name, is renewed under the same authority', async () => {
  const first = await load();
  const later = await load({ now: new Date('2027-01-15T00:00:00Z') });
  expect(later.certificate).not.toBe(first.certificate);
  expect(later.caFingerprint).toBe(first.caFingerprint);
  const renamed = await load({ names: [...NAMES, '192.0.2.7'], now: new Date('2027-01-15T00:00:00Z') });
  expect(new X509Certificate(renamed.certificate).checkIP('192.0.2.7')).toBe('192.0.2.7');
  expect(renamed.caFingerprint).toBe(first.caFingerprint);
});

test('a given certificate is served as it is; its last one is what agents pin', async () => {
  const own = await load();
  const paths = { certificatePath: join(dataDirectory, 'c.pem'), keyPath: join(dataDirectory, 'k.pem') };
  await writeFile(paths.certificatePath, own.certificate);
  await writeFile(paths.keyPath, own.key);
  expect(await load({ given: paths })).toMatchObject({
    certificate: own.certificate,
    caFingerprint: own.caFingerprint,
  });
});

test('a given key of another certificate is refused with both file names', async () => {
  const own = await load();
  const paths = { certificatePath: join(dataDirectory, 'c.pem'), keyPath: join(dataDirectory, 'tls', 'ca.pem') };
  await writeFile(paths.certificatePath, own.certificate);
  await expect(load({ given: paths })).rejects.toMatchObject({ code: 'bad-certificate' });
  await expect(load({ given: paths })).rejects.toThrow(/c\.pem.*ca\.pem/);
});

test.each(['', 'garbage', 'half'])(
  'a damaged file (%j) is reported, not replaced: agents have pinned it',
  async (how) => {
    await load();
    const path = join(dataDirectory, 'tls', 'ca.pem');
    const whole = await readFile(path, 'utf8');
    const damaged = how === 'half' ? whole.slice(0, whole.length - 200) : how;
    await writeFile(path, damaged);
    await expect(load()).rejects.toMatchObject({ code: 'bad-certificate' });
    expect(await readFile(path, 'utf8')).toBe(damaged);
  },
);
