import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { type FakeServer, RELAY_TOKEN, REVISION, startFakeServer } from '@thimble/content/testing';
import { loadTls } from '@thimble/server/tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { RunningCommand } from '../testing/command.ts';
import { healthLine } from './run-relay.ts';

const BYTES = randomBytes(20_000_000);
const FILE = `/content/revisions/${REVISION}/pool/a.deb`;
let directory: string;
let server: FakeServer;
let caFingerprint: string;
let command: RunningCommand | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thimble-relay-'));
  const dataDirectory = join(directory, 'server');
  const tls = await loadTls({
    dataDirectory,
    given: undefined,
    names: ['127.0.0.1'],
    now: new Date(),
    random: randomBytes,
  });
  caFingerprint = tls.caFingerprint;
  server = await startFakeServer(tls);
  server.files.set('pool/a.deb', { bytes: BYTES });
});
afterEach(async () => {
  command?.kill('SIGKILL');
  await command?.ended();
});
afterAll(async () => {
  await server.down().catch(() => undefined);
  await rm(directory, { recursive: true });
});

async function start(pin = caFingerprint): Promise<{ readonly port: number }> {
  const words = [
    'relay',
    '--listen',
    '127.0.0.1:0',
    '--data',
    join(directory, 'relay'),
    '--upstream',
    server.url.origin,
  ];
  command = new RunningCommand([...words, '--ca-fingerprint', pin], { THIMBLE_RELAY_TOKEN: RELAY_TOKEN });
  const [, port] = await command.says(/This relay serves https:\/\/[^ :]+:(\d+) for/);
  await command.says(/this relay is bern|No link/);
  return { port: Number(port) };
}

/** Trusts nothing but the certificate of this digest. */
function read(port: number, pinned: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${server.ticket()}` };
    const asked = request(
      { host: '127.0.0.1', port, path: FILE, headers, agent: false, rejectUnauthorized: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(pieces)));
      },
    );
    asked.on('socket', (socket) =>
      socket.on('secureConnect', () => {
        const { raw } = (socket as TLSSocket).getPeerCertificate();
        if (createHash('sha256').update(raw).digest('hex') !== pinned) asked.destroy(new Error('another certificate'));
      }),
    );
    asked.on('error', reject);
    asked.end();
  });
}

it('serves with a certificate of its own, whose digest the server hears, and ends when what is under way has ended', async () => {
  const { port } = await start();
  const hello = server.hellos.at(-1);
  expect(hello).toMatchObject({ version: '0.1.0', cacheLimitBytes: 50_000_000_000 });
  expect(hello?.url).toMatch(new RegExp(`^https://.+:${port}$`));
  const reading = Promise.all(Array.from({ length: 3 }, () => read(port, hello?.certificateSha256 ?? '')));
  await expect.poll(() => server.asked.length).toBe(2);
  command?.kill('SIGTERM');
  for (const bytes of await reading) expect(bytes.equals(BYTES)).toBe(true);
  expect((await command?.ended())?.stderr).toMatch(/Stopping …/);
  expect((await stat(join(directory, 'relay', 'tls', 'relay.pem'))).mode & 0o777).toBe(0o600);
}, 60_000);

it('starts without its server once it has seen it, with the same certificate', async () => {
  await server.down();
  const { port } = await start();
  const bytes = await read(port, server.hellos.at(-1)?.certificateSha256 ?? '');
  expect(bytes.equals(BYTES)).toBe(true);
  await server.up();
}, 60_000);

it('has nothing to do with a server of another certificate', async () => {
  const pin = new X509Certificate(
    (
      await loadTls({
        dataDirectory: join(directory, 'other'),
        given: undefined,
        names: ['x'],
        now: new Date(),
        random: randomBytes,
      })
    ).authority,
  ).fingerprint256;
  await expect(start(pin)).rejects.toThrow(/no certificate of .* has the given fingerprint/);
}, 60_000);

it('says on one line how it goes', () => {
  const status = {
    name: 'bern',
    linkUp: true,
    requests: 1200,
    refused: 3,
    hits: 1117,
    servedBytes: 4.2e9,
    fetchedBytes: 3.1e8,
    cacheBytes: 12e9,
    objects: 800,
  };
  expect(healthLine(status)).toBe(
    'bern · link up · 1200 requests, 93 % from the cache · 3 refused · 4.2 GB served, 310 MB fetched · 12 GB kept in 800 files',
  );
  expect(healthLine({ ...status, name: null, linkUp: false, requests: 0, hits: 0 })).toMatch(
    /^not welcomed yet · LINK DOWN · nothing asked yet/,
  );
});
