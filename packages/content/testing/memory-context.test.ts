import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ExpectedFile, Packing } from '../model/index.ts';
import { createMemoryContext } from './memory-context.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const expected = (path: string, bytes: Uint8Array): ExpectedFile => ({
  path,
  check: { kind: 'sha256', sha256: sha256(bytes), sizeBytes: bytes.length },
});
const CONTENT = text('what was agreed\n');

describe('a freeze context over files in memory', () => {
  test('asks the other paths first, stores what fits, and does not ask again for what it has', async () => {
    const context = createMemoryContext({ files: new Map([['by-hash/x', CONTENT]]) });
    const file = await context.fetch(expected('Packages', CONTENT), ['by-hash/y', 'by-hash/x']);
    expect(file).toEqual({ path: 'Packages', sha256: sha256(CONTENT), sizeBytes: CONTENT.length });
    await context.fetch(expected('Packages', CONTENT), ['by-hash/y', 'by-hash/x']);
    expect(context.asked).toEqual(['by-hash/y', 'by-hash/x']);
    expect([...context.stored.keys()]).toEqual([sha256(CONTENT)]);
  });

  test.each([
    ['fewer bytes', text('what was'), 'truncated'],
    ['more bytes', text('what was agreed\n and more'), 'too-large'],
    ['other bytes', text('what was Agreed\n'), 'wrong-digest'],
    ['no file', null, 'missing'],
  ])('refuses %s and stores nothing', async (_title, bytes, code) => {
    const context = createMemoryContext({ files: new Map(bytes === null ? [] : [['Packages', bytes]]) });
    await expect(context.fetch(expected('Packages', CONTENT))).rejects.toMatchObject({ code });
    expect(context.stored.size).toBe(0);
  });

  test('what nothing is known of is limited, and null when it is not there', async () => {
    const context = createMemoryContext({ files: new Map([['InRelease', CONTENT]]) });
    expect(await context.fetchUnverified('Release', { limitBytes: 100 })).toBeNull();
    expect(await context.fetchUnverified('InRelease', { limitBytes: 100 })).toEqual(CONTENT);
    await expect(context.fetchUnverified('InRelease', { limitBytes: 3 })).rejects.toMatchObject({ code: 'too-large' });
  });

  test('of a file of unknown size the digest decides, and the limit', async () => {
    const context = createMemoryContext({ files: new Map([['tool.exe', CONTENT]]) });
    const wanted = { path: 'files/tool.exe', sha256: sha256(CONTENT), address: 'tool.exe' };
    const ask = (change: Partial<typeof wanted>, limitBytes = 100) =>
      context.fetchOfUnknownSize({ ...wanted, ...change }, { limitBytes });
    await expect(ask({}, 3)).rejects.toMatchObject({ code: 'too-large' });
    await expect(ask({ address: 'gone.exe' })).rejects.toMatchObject({ code: 'missing' });
    await expect(ask({ sha256: 'f'.repeat(64) })).rejects.toMatchObject({ code: 'wrong-digest' });
    expect(await ask({})).toEqual({ path: 'files/tool.exe', sha256: sha256(CONTENT), sizeBytes: CONTENT.length });
  });

  const packings: readonly (readonly [Packing, Uint8Array])[] = [
    ['plain', CONTENT],
    ['gzip', gzipSync(CONTENT)],
    ['zstd', zstdCompressSync(CONTENT)],
    ['xz', execFileSync('xz', ['-c'], { input: CONTENT })],
    ['bzip2', execFileSync('bzip2', ['-c'], { input: CONTENT })],
  ];
  test.each(packings)('unpacks %s within its limit, and calls damage by its name', async (packing, packed) => {
    const context = createMemoryContext({ files: new Map(), pieceBytes: 5 });
    const read = async (bytes: Uint8Array, limitBytes: number): Promise<string> => {
      const parts: Uint8Array[] = [];
      for await (const part of context.read(await context.keep('f', bytes), packing, { limitBytes })) parts.push(part);
      return Buffer.concat(parts).toString();
    };
    expect(await read(packed, 100)).toBe('what was agreed\n');
    await expect(read(packed, 8)).rejects.toMatchObject({ code: 'too-large' });
    if (packing !== 'plain')
      await expect(read(packed.subarray(0, packed.length - 3), 100)).rejects.toMatchObject({ code: 'malformed' });
  });
});
