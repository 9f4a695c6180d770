import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApk, createApkKey } from '../testing/signed-apk-repository.ts';
import { acquireSetting } from './testing/acquire-setting.ts';
import { verifyApk } from './verify-apk.ts';

let directory: string;
let signed: Buffer;
let controlSha1: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-apk-'));
  const built = await buildApk({ name: 'busybox', version: '1.36.1-r5' }, createApkKey('test.rsa.pub'));
  signed = Buffer.from(built.bytes);
  controlSha1 = Buffer.from(built.checksum.slice(2), 'base64').toString('hex');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function verify(bytes: Uint8Array, sha1 = controlSha1) {
  const path = join(directory, 'package.apk');
  writeFileSync(path, bytes);
  return verifyApk(path, sha1, 'busybox-1.36.1-r5.apk');
}

const sha = (algorithm: 'sha1' | 'sha256', bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

async function member(files: readonly (readonly [string, string])[]): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of files) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) if (chunk instanceof Buffer) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

describe('a package of apk-tools 2', () => {
  it('is what the signed index says when the chain from control to data holds', async () => {
    expect(await verify(signed)).toBeNull();
  });

  it('need not have a signature of its own: the index vouches for it', async () => {
    const data = await member([['usr/bin/x', 'x']]);
    const control = await member([
      ['.PKGINFO', `pkgname = x\ndatahash = ${sha('sha256', data)}\n`],
      ['.post-install', '#!/bin/sh\n'],
    ]);
    expect(await verify(Buffer.concat([control, data]), sha('sha1', control))).toBeNull();
  });

  it('of another control segment is another package', async () => {
    expect(await verify(signed, '0'.repeat(40))).toMatchObject({ name: 'ContentFault', code: 'wrong-digest' });
  });

  it('with any byte changed behind its signature is refused', async () => {
    const signatureEnd = signed.indexOf(Buffer.from([0x1f, 0x8b]), 1);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: signatureEnd, max: signed.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, bits) => {
          const changed = Buffer.from(signed);
          changed[at] = (changed[at] ?? 0) ^ bits;
          expect(await verify(changed)).toMatchObject({ name: 'ContentFault' });
        },
      ),
      { seed: 5, numRuns: 150 },
    );
  });

  it('cut off anywhere, or with more behind it, is refused', async () => {
    for (let length = 0; length < signed.length; length += 7)
      expect(await verify(signed.subarray(0, length))).toMatchObject({ name: 'ContentFault' });
    expect(await verify(Buffer.concat([signed, gzipSync('more')]))).toMatchObject({ code: 'wrong-digest' });
  });

  it.each([
    ['no .PKGINFO', [['.post-install', 'x']]],
    ['no digest of its data', [['.PKGINFO', 'pkgname = x\n']]],
    ['two digests of its data', [['.PKGINFO', `datahash = ${'0'.repeat(64)}\ndatahash = ${'1'.repeat(64)}\n`]]],
    [
      'a .PKGINFO twice',
      [
        ['.PKGINFO', `datahash = ${'0'.repeat(64)}\n`],
        ['.PKGINFO', `datahash = ${'1'.repeat(64)}\n`],
      ],
    ],
    ['a weaker digest of its data', [['.PKGINFO', `datahash = ${'0'.repeat(40)}\n`]]],
  ] as const)('with %s is malformed', async (_, files) => {
    const control = await member(files);
    const fault = await verify(Buffer.concat([control, gzipSync('data')]), sha('sha1', control));
    expect(fault).toMatchObject({ name: 'ContentFault', code: 'malformed' });
  });

  it('whose control segment is a bomb is refused before it is unpacked', async () => {
    const control = gzipSync(Buffer.alloc(20_000_000));
    expect(await verify(control, sha('sha1', control))).toMatchObject({ name: 'ContentFault', code: 'too-large' });
  });

  it('is acquired by that chain', async () => {
    const setting = await acquireSetting({ 'x.apk': { kind: 'file', bytes: signed } });
    try {
      const acquirer = await setting.acquirer();
      const check = { kind: 'apk', controlSha1, sizeBytes: signed.length } as const;
      const wanted = { urls: [setting.upstream.address('x.apk')], name: 'x.apk', check };
      expect(await (await acquirer.acquire(wanted)).done).toEqual({ sha256: sha('sha256', signed) });
      expect((await acquirer.acquire(wanted)).origin).toBe('stored');
      const other = { ...wanted, check: { ...check, controlSha1: '0'.repeat(40) } };
      await expect((await acquirer.acquire(other)).done).rejects.toMatchObject({ code: 'wrong-digest' });
    } finally {
      await setting.close();
    }
  });
});
