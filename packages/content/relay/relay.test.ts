import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { RequestOptions } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ServedHandler, serveHandler } from '../testing/serve-handler.ts';
import { openRelay, type Relay, type RelayEvent, type RelaySettings } from './index.ts';
import {
  digestOf,
  type FakeServer,
  OURS,
  RELAY_TOKEN,
  REVISION,
  SISTER,
  startFakeServer,
  STRANGER,
} from './testing/fake-server.ts';

const MIB = 1024 * 1024;
let directory: string;
let server: FakeServer;
let relay: Relay;
let http: ServedHandler;
let events: RelayEvent[] = [];
let now: Date;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thimble-relay-'));
  server = await startFakeServer();
  events = [];
  now = new Date();
});
afterEach(async () => {
  await stop();
  await server.down().catch(() => undefined);
  await rm(directory, { recursive: true });
});

async function start(changes: Partial<RelaySettings> = {}): Promise<void> {
  relay = await openRelay({
    upstream: server.url,
    token: RELAY_TOKEN,
    ca: null,
    directory,
    version: '0.1.0',
    url: 'https://relay.example:8444',
    certificateSha256: 'a'.repeat(64),
    cacheLimitBytes: 100 * MIB,
    bandwidthBytesPerSecond: null,
    reserveBytes: 0,
    now: () => now,
    onEvent: (event) => events.push(event),
    ...changes,
  });
  await relay.hello();
  http = await serveHandler(relay.handle);
}

let stopped: Promise<void> | undefined;
function stop(): Promise<void> {
  stopped ??= http.close().then(() => relay.close());
  return stopped;
}
beforeEach(() => {
  stopped = undefined;
});

async function restart(changes: Partial<RelaySettings> = {}): Promise<void> {
  await stop();
  stopped = undefined;
  await start(changes);
}

const at = (path: string): string => `/content/revisions/${REVISION}/${path}`;
const ask = (path: string, options: RequestOptions & { readonly ticket?: string | null } = {}) => {
  const { ticket = server.ticket(), headers, ...others } = options;
  const authorization = ticket === null ? {} : { authorization: `Bearer ${ticket}` };
  return http.ask(at(path), { ...others, headers: { ...authorization, ...(headers as Record<string, string>) } });
};
const add = (path: string, bytes: Buffer): Buffer => {
  server.files.set(path, { bytes });
  return bytes;
};
const problem = async (reply: ReturnType<typeof ask>): Promise<[number, string]> => {
  const { status, body } = await reply;
  return [status, (JSON.parse(body.toString()) as { code: string }).code];
};

describe('a relay', () => {
  it('asks its server once for a file, whoever asks how often, and says of it what the server says', async () => {
    const bytes = add('pool/a+b_1%3a2.deb', randomBytes(3 * MIB));
    await start();
    const replies = await Promise.all(Array.from({ length: 20 }, () => ask('pool/a%2bb_1%253a2.deb')));
    expect(replies.every(({ status, body }) => status === 200 && body.equals(bytes))).toBe(true);
    const again = await ask('pool/a+b_1%253a2.deb', { headers: { range: 'bytes=5-9' } });
    expect([again.status, again.body]).toEqual([206, bytes.subarray(5, 10)]);
    expect(again.headers).toMatchObject({
      etag: `"${digestOf(bytes)}"`,
      'content-type': 'application/vnd.debian.binary-package',
      'last-modified': 'Fri, 20 Nov 2026 08:00:00 GMT',
      'cache-control': 'max-age=31536000, immutable',
    });
    expect(server.asked).toEqual([`HEAD ${at('pool/a%2Bb_1%253a2.deb')}`, `GET ${at('pool/a%2Bb_1%253a2.deb')}`]);
    expect(relay.status()).toMatchObject({
      name: 'bern',
      linkUp: true,
      requests: 21,
      hits: 20,
      fetchedBytes: bytes.length,
      cacheBytes: bytes.length,
      objects: 1,
    });
  });

  it('serves by digest too, and the same bytes at another address without fetching them again', async () => {
    const bytes = add('a', randomBytes(1000));
    server.files.set('b', { bytes });
    await start();
    await ask('a');
    expect((await ask('b')).body).toEqual(bytes);
    const target = `/content/objects/${digestOf(bytes)}`;
    const { body } = await http.ask(target, { headers: { authorization: `Bearer ${server.ticket()}` } });
    expect(body).toEqual(bytes);
    expect(server.asked.filter((line) => line.startsWith('GET'))).toEqual([`GET ${at('a')}`]);
  });

  it('does not fetch for HEAD', async () => {
    add('a', randomBytes(1000));
    await start();
    expect((await ask('a', { method: 'HEAD' })).headers['content-length']).toBe('1000');
    expect(server.asked).toEqual([`HEAD ${at('a')}`]);
  });

  it('goes on with all that it has when the link is down, also after a restart, and says what it has not', async () => {
    const bytes = add('a', randomBytes(1000));
    add('b', randomBytes(1000));
    await start();
    await ask('a');
    await server.down();
    await restart();
    expect(relay.status().linkUp).toBe(false);
    expect((await ask('a')).body).toEqual(bytes);
    const { status, headers, body } = await ask('b');
    expect([status, headers['retry-after'], JSON.parse(body.toString())]).toEqual([
      503,
      '30',
      expect.objectContaining({ code: 'link-down', side: 'remote' }),
    ]);
    await server.up();
    expect(await relay.hello()).toBe(true);
    expect((await ask('b')).status).toBe(200);
    expect(events.map(({ kind }) => kind)).toEqual(['link-up', 'link-down', 'link-up']);
  });

  it('says at once, not after the patience of an acquirer, that it can’t get what it knows of', async () => {
    add('a', randomBytes(1000));
    await start();
    await ask('a', { method: 'HEAD' });
    await server.down();
    await relay.hello();
    expect(await problem(ask('a'))).toEqual([504, 'unreachable']);
  });

  it('refuses everybody before it has heard of its server', async () => {
    add('a', randomBytes(10));
    await server.down();
    await start();
    expect(await problem(ask('a'))).toEqual([503, 'not-ready']);
    expect(await problem(ask('a', { ticket: null }))).toEqual([503, 'not-ready']);
    await server.up();
    await relay.hello();
    expect((await ask('a')).status).toBe(200);
  });

  it('hands on what the server knows no digest of, and does not keep it', async () => {
    const bytes = randomBytes(200_000);
    server.files.set('a', { bytes, unknownDigest: true });
    await start();
    expect((await ask('a')).body.equals(bytes)).toBe(true);
    expect((await ask('a', { headers: { range: 'bytes=7-8' } })).body).toEqual(bytes.subarray(7, 9));
    expect(relay.status()).toMatchObject({ objects: 0, hits: 0, fetchedBytes: 200_002 });
    server.files.set('a', { bytes });
    await ask('a');
    expect(relay.status().objects).toBe(1);
  });
});

describe('other bytes than the server said', () => {
  it.each([
    ['kept', 100 * MIB],
    ['handed on', 1000],
  ])('are never completed for anybody nor stored, where they would be %s', async (_, cacheLimitBytes) => {
    for (const size of [2000, 300_000]) {
      const bytes = randomBytes(size);
      const sent = Buffer.from(bytes);
      sent[size - 1] = (sent[size - 1] ?? 0) ^ 1;
      server.files.set(`bad-${size}`, { bytes, sent });
    }
    await start({ cacheLimitBytes });
    expect(await problem(ask('bad-2000'))).toEqual([502, 'wrong-digest']);
    await expect(ask('bad-300000')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(relay.status()).toMatchObject({ objects: 0, cacheBytes: 0 });
    const found = await readdir(join(directory, 'content', 'objects'), { recursive: true, withFileTypes: true });
    expect(found.filter((entry) => entry.isFile())).toEqual([]);
  });
});

describe('who may read', () => {
  beforeEach(async () => {
    add('ours', randomBytes(10));
    server.files.set('sister', { bytes: randomBytes(10), organisationId: SISTER });
    await start();
  });

  it('is decided by the ticket, without asking the server once it is known', async () => {
    const sister = server.ticket({ organisationId: SISTER });
    expect((await ask('ours')).status).toBe(200);
    expect((await ask('sister', { ticket: sister })).status).toBe(200);
    // Cached now, for those to whom the server showed it.
    expect((await ask('sister')).status).toBe(404);
    expect((await ask('ours', { ticket: sister })).status).toBe(404);
    await server.down();
    await relay.hello();
    expect((await ask('ours')).status).toBe(200);
    expect((await ask('sister')).status).toBe(503);
  });

  it.each<[string, () => string | null, number]>([
    ['nobody', () => null, 401],
    ['a ticket that has ended', () => server.ticket({ expiresAt: new Date(Date.now() - 1000).toISOString() }), 401],
    [
      'a forged ticket',
      () => server.ticket().replace(/(?<=\.)[\w-](?=[\w-]+$)/, (first) => (first === 'A' ? 'B' : 'A')),
      401,
    ],
    ['a ticket of another organisation', () => server.ticket({ organisationId: STRANGER }), 403],
    ['the relay’s own token', () => RELAY_TOKEN, 401],
  ])('is not %s', async (_, ticket, status) => {
    await ask('ours');
    expect((await ask('ours', { ticket: ticket() })).status).toBe(status);
    expect(relay.status()).toMatchObject({ requests: 1, refused: 1 });
  });

  it('is not an endpoint that was removed, from the next hello on, also after a restart without the link', async () => {
    expect((await ask('ours')).status).toBe(200);
    server.welcome.removedEndpoints = ['01900000-0000-7000-8000-000000000003'];
    await relay.hello();
    expect((await ask('ours')).status).toBe(401);
    await server.down();
    await restart();
    expect((await ask('ours')).status).toBe(401);
  });

  it('is everybody when the server is open', async () => {
    server.welcome.open = true;
    await relay.hello();
    expect((await ask('ours', { ticket: null })).status).toBe(200);
  });
});

describe('what was recalled', () => {
  const block = { sha256: null, revisionId: null, path: null, name: 'a', version: '1', architecture: null };

  it.each([
    ['its digest', (bytes: Buffer) => ({ ...block, sha256: digestOf(bytes) })],
    ['its place', () => ({ ...block, revisionId: REVISION, path: 'a' })],
  ])('is not served any more, known by %s, and only to whom it concerns', async (_, blockOf) => {
    const bytes = add('a', randomBytes(10));
    add('b', randomBytes(10));
    await start();
    await ask('a');
    server.welcome.blocked = [{ ...blockOf(bytes), organisationId: SISTER }];
    await relay.hello();
    expect((await ask('a')).status).toBe(200);
    server.welcome.blocked = [{ ...blockOf(bytes), organisationId: OURS }];
    await relay.hello();
    expect(await problem(ask('a'))).toEqual([451, 'blocked']);
    expect((await ask('a', { method: 'HEAD' })).status).toBe(451);
    expect((await ask('b')).status).toBe(200);
  });
});

describe('the limit of the cache', () => {
  it('holds: what was used least goes, and is fetched again when it is wanted', async () => {
    const files = new Map(['a', 'b', 'c', 'd'].map((path) => [path, add(path, randomBytes(MIB))]));
    await start({ cacheLimitBytes: 3 * MIB });
    for (const path of ['a', 'b', 'c', 'a']) {
      now = new Date(now.getTime() + 1000);
      await ask(path);
    }
    now = new Date(now.getTime() + 1000);
    await ask('d');
    expect(relay.status()).toMatchObject({ cacheBytes: 3 * MIB, objects: 3 });
    server.asked.length = 0;
    for (const [path, bytes] of files) {
      if (path === 'b') continue;
      expect((await ask(path)).body.equals(bytes)).toBe(true);
    }
    expect(server.asked).toEqual([]);
    expect((await ask('b')).body.equals(files.get('b') ?? Buffer.alloc(0))).toBe(true);
    expect(server.asked).toEqual([`GET ${at('b')}`]);
  });

  it('lets a file through that is larger than all of it, and keeps what is there', async () => {
    add('small', randomBytes(1000));
    const large = add('large', randomBytes(3 * MIB));
    await start({ cacheLimitBytes: MIB });
    await ask('small');
    expect((await ask('large')).body.equals(large)).toBe(true);
    expect(relay.status()).toMatchObject({ objects: 1, cacheBytes: 1000 });
  });

  it('is found again when the database was lost', async () => {
    add('a', randomBytes(MIB));
    await start();
    await ask('a');
    await stop();
    for (const name of await readdir(directory)) if (name.startsWith('relay.db')) await rm(join(directory, name));
    stopped = undefined;
    await start();
    server.asked.length = 0;
    await ask('a');
    expect(server.asked).toEqual([`HEAD ${at('a')}`]);
    await expect.poll(() => relay.status()).toMatchObject({ objects: 1, cacheBytes: MIB });
  });

  it('gives way on a full disk: files are let through where nothing can be removed', async () => {
    const bytes = add('a', randomBytes(MIB));
    await start({ reserveBytes: Number.MAX_SAFE_INTEGER });
    expect((await ask('a')).body.equals(bytes)).toBe(true);
    expect(relay.status()).toMatchObject({ objects: 0, fetchedBytes: MIB });
  });
});

describe('usage', () => {
  const sum = (name: 'requests' | 'hits' | 'servedBytes' | 'fetchedBytes'): number =>
    server.taken.reduce((total, entry) => total + entry[name], 0);

  it('is reported exactly once, whatever gets lost on the way', async () => {
    add('a', randomBytes(1000));
    await start();
    await ask('a');
    await ask('a', { headers: { range: 'bytes=0-9' } });
    server.loseAnswer = true;
    expect(await relay.hello()).toBe(false);
    await relay.hello();
    await ask('a', { ticket: server.ticket({ site: null }) });
    server.loseAnswer = true;
    await relay.hello();
    await restart();
    await relay.hello();
    expect(server.taken).toHaveLength(2);
    expect([sum('requests'), sum('hits'), sum('servedBytes'), sum('fetchedBytes')]).toEqual([3, 2, 2010, 1000]);
    expect(server.taken[0]).toMatchObject({ organisationId: OURS, site: 'Bern', revisionId: REVISION, requests: 2 });
    expect(server.taken[1]).toMatchObject({ site: null, requests: 1, hits: 1, servedBytes: 1000, fetchedBytes: 0 });
    expect(server.hellos[0]).toMatchObject({ sequence: 0, usage: [], url: 'https://relay.example:8444' });
    expect(server.welcome.acknowledgedSequence).toBe(43);
  });

  it('goes on after the server’s last number when the relay has lost its own', async () => {
    add('a', randomBytes(1000));
    await start();
    await ask('a');
    await relay.hello();
    await stop();
    await rm(directory, { recursive: true });
    stopped = undefined;
    await start();
    await ask('a');
    await relay.hello();
    await relay.hello();
    expect([sum('requests'), server.welcome.acknowledgedSequence]).toEqual([2, 43]);
  });
});
