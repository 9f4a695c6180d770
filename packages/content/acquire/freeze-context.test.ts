import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContentStore } from '../model/index.ts';
import { type HostileUpstream, startHostileUpstream } from '../testing/hostile-upstream.ts';
import { createFreezeContext, type FreezeContextSettings } from './freeze-context.ts';
import { type AcquireSetting, acquireSetting, digest, sha256Check } from './testing/acquire-setting.ts';

const index = Buffer.from('Package: a\n'.repeat(1000));
const packed = gzipSync(index);
const limits = { limitBytes: 100_000 };

let setting: AcquireSetting;
let mirror: HostileUpstream;
beforeEach(async () => {
  setting = await acquireSetting({
    'debian/InRelease': { kind: 'file', bytes: Buffer.from('signed') },
    'debian/main/Packages.gz': { kind: 'file', bytes: packed },
    'other/list': { kind: 'file', bytes: Buffer.from('mirrors') },
  });
  mirror = await startHostileUpstream({ 'm/only-here': { kind: 'file', bytes: packed } });
});
afterEach(async () => {
  await setting.close();
  await mirror.close();
});

async function context(change: Partial<FreezeContextSettings> = {}) {
  return createFreezeContext({
    acquirer: await setting.acquirer(),
    store: setting.store,
    definition: { uris: [`${setting.upstream.url}debian/`] },
    anchors: [],
    previous: null,
    now: new Date(),
    signal: new AbortController().signal,
    progress: () => undefined,
    ...change,
  });
}

async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}

const file = { path: 'main/Packages.gz', check: sha256Check(packed) };
const stored = { path: 'main/Packages.gz', sha256: digest('sha256', packed), sizeBytes: packed.length };

describe('what a format freezes with', () => {
  it('asks below the repository for what is unknown, and by address for what the definition states', async () => {
    const { fetchUnverified } = await context();
    expect(Buffer.from((await fetchUnverified('InRelease', limits)) ?? []).toString()).toBe('signed');
    expect(await fetchUnverified('Release', limits)).toBeNull();
    expect(Buffer.from((await fetchUnverified(`${setting.upstream.url}other/list`, limits)) ?? []).toString()).toBe(
      'mirrors',
    );
    await expect(fetchUnverified('InRelease', { limitBytes: 3 })).rejects.toMatchObject({
      code: 'too-large',
      path: 'InRelease',
    });
  });

  it('fetches and stores what metadata names, by other paths first', async () => {
    const { fetch } = await context();
    expect(await fetch(file, ['main/by-hash/SHA256/x', 'by-hash/y'])).toEqual(stored);
    expect(setting.upstream.requests.map(({ path }) => path)).toEqual([
      'debian/main/by-hash/SHA256/x',
      'debian/by-hash/y',
      'debian/main/Packages.gz',
    ]);
    expect(await fetch(file)).toEqual(stored);
    expect(setting.upstream.requests).toHaveLength(3);
    await expect(fetch({ path: 'gone', check: sha256Check(index) })).rejects.toMatchObject({
      name: 'ContentFault',
      code: 'missing',
      path: 'gone',
    });
  });

  it('encodes paths, and lets none leave the repository', async () => {
    const { fetch } = await context();
    setting.upstream.set('debian/pool/a+b ~1?x#y%2f.deb', { kind: 'file', bytes: packed });
    expect(await fetch({ ...file, path: 'pool/a+b ~1?x#y%2f.deb' })).toMatchObject({ sha256: stored.sha256 });
    for (const path of ['../secret', 'a/../../x', '/etc/passwd', '//host/x', 'a//../x', '.', 'a/./b'])
      await expect(fetch({ path, check: sha256Check(index) })).rejects.toMatchObject({ name: 'ContentFault' });
    expect(setting.upstream.requests.every(({ path }) => path.startsWith('debian/'))).toBe(true);
  });

  it('asks mirrors that were added after the repository’s own addresses', async () => {
    const { fetch, addMirrors } = await context();
    addMirrors([new URL(`${mirror.url}m/`), new URL(`${mirror.url}m/`)]);
    expect(await fetch({ ...file, path: 'only-here' })).toEqual({ ...stored, path: 'only-here' });
    expect(setting.upstream.requests.map(({ path }) => path)).toEqual(['debian/only-here']);
    expect(mirror.requests).toHaveLength(1);
  });

  it('learns the size of a file of which only the digest is stated', async () => {
    const { fetchOfUnknownSize, addMirrors } = await context();
    const wanted = { path: 'tool.bin', sha256: stored.sha256, address: 'main/Packages.gz' };
    expect(await fetchOfUnknownSize(wanted, limits)).toEqual({ ...stored, path: 'tool.bin' });
    expect(await fetchOfUnknownSize({ ...wanted, address: 'none' }, limits)).toMatchObject({
      sizeBytes: packed.length,
    });

    const other = randomBytes(5000);
    const unknown = { path: 'tool.bin', sha256: digest('sha256', other), address: 'tool' };
    await expect(fetchOfUnknownSize(unknown, limits)).rejects.toMatchObject({ code: 'missing', path: 'tool.bin' });
    setting.upstream.set('debian/tool', { kind: 'file', bytes: other, ranges: false, length: false });
    await expect(fetchOfUnknownSize(unknown, limits)).rejects.toMatchObject({ code: 'unsupported' });
    setting.upstream.set('debian/tool', { kind: 'announces', sizeBytes: 5e9 });
    await expect(fetchOfUnknownSize(unknown, limits)).rejects.toMatchObject({ code: 'too-large' });
    // One that lies about the size does not keep the others from being asked.
    setting.upstream.set('debian/tool', { kind: 'file', bytes: randomBytes(100) });
    mirror.set('m/tool', { kind: 'file', bytes: other });
    addMirrors([new URL(`${mirror.url}m/`)]);
    expect(await fetchOfUnknownSize(unknown, limits)).toMatchObject({ sizeBytes: other.length });
  });

  it('keeps what was verified in memory, once', async () => {
    const { keep, read } = await context();
    const kept = await keep('InRelease', Buffer.from('signed'));
    expect(kept).toEqual({ path: 'InRelease', sha256: digest('sha256', Buffer.from('signed')), sizeBytes: 6 });
    expect(await keep('InRelease', Buffer.from('signed'))).toEqual(kept);
    expect(await text(read(kept, 'plain', limits))).toBe('signed');
    expect(setting.work()).toEqual([]);
  });

  it('reads what is stored, unpacked within limits', async () => {
    const { keep, read } = await context();
    for (const [packing, pack] of [
      ['gzip', gzipSync],
      ['zstd', zstdCompressSync],
    ] as const) {
      const kept = await keep('x', pack(index));
      expect(await text(read(kept, packing, limits))).toBe(index.toString());
      await expect(text(read(kept, packing, { limitBytes: 10 }))).rejects.toMatchObject({
        code: 'too-large',
        path: 'x',
      });
      const bomb = await keep('bomb', pack(Buffer.alloc(40_000_000)));
      await expect(text(read(bomb, packing, { limitBytes: 1e12 }))).rejects.toMatchObject({ code: 'too-large' });
      const cut = await keep('cut', pack(index).subarray(0, -3));
      await expect(text(read(cut, packing, limits))).rejects.toMatchObject({ code: 'malformed', path: 'cut' });
    }
  });

  it('reads from a store that is elsewhere, and leaves no copy', async () => {
    const elsewhere: ContentStore = { ...setting.store, localPath: () => null };
    const { keep, read } = await context({ store: elsewhere });
    const kept = await keep('x', packed);
    expect(await text(read(kept, 'gzip', limits))).toBe(index.toString());
    for await (const piece of read(kept, 'gzip', limits)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(setting.work()).toEqual([]);
  });

  it('ends when it is stopped, and the transfer goes on for others', async () => {
    const gate = Promise.withResolvers<void>();
    setting.upstream.set('debian/slow', { kind: 'held', until: gate.promise, next: { kind: 'file', bytes: packed } });
    const stopping = new AbortController();
    const acquirer = await setting.acquirer();
    const { fetch } = await context({ signal: stopping.signal, acquirer });
    const fetching = fetch({ ...file, path: 'slow' });
    await expect.poll(() => setting.upstream.requests.length).toBe(1);
    stopping.abort(new Error('stopped'));
    await expect(fetching).rejects.toThrow('stopped');
    expect(acquirer.transfers()).toHaveLength(1);
    gate.resolve();
    await expect.poll(() => acquirer.transfers().length).toBe(0);
    expect(await setting.stored()).toEqual([stored.sha256]);
  });

  it('wants addresses that are some', async () => {
    for (const uri of ['debian', 'ftp://a.example/', 'file:///srv/', 'http://a.example/?x=1'])
      await expect(context({ definition: { uris: [uri] } })).rejects.toMatchObject({ code: 'malformed' });
  });
});
