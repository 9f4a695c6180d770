import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodedPath, startMirror, type Mirror } from './mirror.ts';

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
const MODIFIED_AT = new Date('2026-07-11T09:00:00Z');

let folder = '';
let mirror: Mirror;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lab-mirror-'));
  writeFileSync(join(folder, 'file'), CONTENT);
  mirror = await startMirror({ host: '127.0.0.1' });
  mirror.serve('site', async (path) =>
    path === 'file'
      ? { kind: 'file', path: join(folder, 'file'), modifiedAt: MODIFIED_AT }
      : { kind: 'status', status: 404 },
  );
});
afterEach(async () => {
  await mirror.stop();
  rmSync(folder, { recursive: true });
});

type Reply = { status: number; body: Buffer; headers: Record<string, unknown>; complete: boolean };

async function get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: mirror.port, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => {});
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks),
          headers: response.headers,
          complete: response.complete,
        }),
      );
    });
    asked.once('error', reject);
    asked.end();
  });
}

describe('an honest mirror', () => {
  test('sends the whole file with its date, and logs the request', async () => {
    const reply = await get('/site/file');
    expect(reply).toMatchObject({ status: 200, complete: true });
    expect(reply.body.equals(CONTENT)).toBe(true);
    expect(reply.headers['last-modified']).toBe(MODIFIED_AT.toUTCString());
    const logged = { path: '/site/file', status: 200, sizeBytes: CONTENT.length, done: true };
    await vi.waitFor(() => expect(mirror.requests).toMatchObject([logged]));
  });

  test('sends the rest of a file that was asked for from a byte on, and 416 past its end', async () => {
    const rest = await get('/site/file', { range: 'bytes=99000-' });
    expect(rest).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 99000-99999/100000' } });
    expect(rest.body.equals(CONTENT.subarray(99_000))).toBe(true);
    expect((await get('/site/file', { range: 'bytes=100000-' })).status).toBe(416);
  });

  test('sends the whole file when the part that the client holds is of another date', async () => {
    const stale = new Date(0).toUTCString();
    expect((await get('/site/file', { range: 'bytes=5-', 'if-range': stale })).status).toBe(200);
    expect((await get('/site/file', { range: 'bytes=5-', 'if-range': MODIFIED_AT.toUTCString() })).status).toBe(206);
  });

  test('says not modified to a client that has this date', async () => {
    expect((await get('/site/file', { 'if-modified-since': MODIFIED_AT.toUTCString() })).status).toBe(304);
    expect((await get('/site/file', { 'if-modified-since': new Date(0).toUTCString() })).status).toBe(200);
  });

  test('has nothing outside of its sites', async () => {
    expect((await get('/site/other')).status).toBe(404);
    expect((await get('/elsewhere/file')).status).toBe(404);
    expect((await get('/site/%2e%2e/file')).status).toBe(400);
  });
});

describe('a misbehaving mirror', () => {
  test('flips one bit and keeps the length', async () => {
    mirror.fault({ kind: 'flip', match: /file$/ });
    const { body } = await get('/site/file');
    expect(body.length).toBe(CONTENT.length);
    expect(body.filter((byte, at) => byte !== CONTENT[at]).length).toBe(1);
  });

  test('cuts the connection after so many bytes, which the client sees as incomplete', async () => {
    mirror.fault({ kind: 'cut', match: /file$/, afterBytes: 30_000 });
    const reply = await get('/site/file');
    expect(reply.complete).toBe(false);
    expect(reply.body.equals(CONTENT.subarray(0, 30_000))).toBe(true);
  });

  test('replaces a body, and does not admit that the client has a newer one', async () => {
    mirror.fault({ kind: 'replace', match: /file$/, body: () => Buffer.from('older') });
    const reply = await get('/site/file', { 'if-modified-since': new Date().toUTCString() });
    expect(reply).toMatchObject({ status: 200, body: Buffer.from('older') });
  });

  test('misbehaves so many times and only where it matches, and stops when it is told to', async () => {
    mirror.fault({ kind: 'status', match: /file$/, status: 503, times: 1 });
    const end = mirror.fault({ kind: 'status', match: /other$/, status: 403 });
    expect([(await get('/site/file')).status, (await get('/site/file')).status]).toEqual([503, 200]);
    expect((await get('/site/other')).status).toBe(403);
    end();
    expect((await get('/site/other')).status).toBe(404);
  });

  test('sends all of a throttled file', async () => {
    mirror.fault({ kind: 'throttle', match: /file$/, bytesPerSecond: 2_000_000 });
    expect((await get('/site/file')).body.equals(CONTENT)).toBe(true);
  });

  test('refuses connections while it is stopped and comes back on its port', async () => {
    const { port } = mirror;
    await mirror.stop();
    await expect(get('/site/file')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await mirror.start();
    expect(mirror.port).toBe(port);
    expect((await get('/site/file')).status).toBe(200);
  });
});

test('a path is decoded once and never leaves the tree', () => {
  expect(decodedPath('/pool/a%2b%7eb.deb?x=1')).toBe('/pool/a+~b.deb');
  for (const bad of ['/a/../b', '/%2e%2e/b', '/%', 'relative', '/a%00b']) expect(decodedPath(bad)).toBeUndefined();
});
