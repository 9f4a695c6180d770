import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ContentManifest } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectsOf, openBundleFolder, openManifest, signManifest, verifyBundle } from './index.ts';

const key = generateSigningKey();
const contents = ['InRelease', 'Packages.xz', 'one.deb', 'two.deb'].map((name) => Buffer.from(`${name} `.repeat(1000)));
const objects = contents.map((bytes) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  sizeBytes: bytes.length,
}));
const [inRelease, packages, ...debs] = objects;
if (inRelease === undefined || packages === undefined) throw new Error('two files of metadata');
const manifest: ContentManifest = {
  version: 1,
  producer: 'test',
  snapshot: { name: '2026-11', note: '', createdAt: '2026-11-22T00:00:00.000Z' },
  packages: 'all',
  repositories: [
    {
      name: 'debian',
      format: 'apt',
      uris: ['https://deb.example/'],
      mirrorList: null,
      suite: 'stable',
      components: ['main'],
      architectures: ['amd64'],
      signature: 'metadata',
      files: [],
      anchors: [],
      metadataPath: 'dists/stable/InRelease',
      metadataSha256: inRelease.sha256,
      frozenAt: '2026-11-22T00:00:00.000Z',
      metadata: [
        { path: 'dists/stable/InRelease', ...inRelease },
        { path: 'dists/stable/main/binary-amd64/Packages.xz', ...packages },
        // The same bytes under another path are one object.
        { path: 'dists/stable/main/binary-amd64/by-hash/SHA256/x', ...packages },
      ],
    },
  ],
  objects: debs.map(({ sha256, sizeBytes }) => `${sha256} ${sizeBytes}`).sort(),
};
const quiet = { signal: new AbortController().signal, onBytes: () => undefined };

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-bundle-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

async function filled() {
  const folder = openBundleFolder(directory);
  await folder.writeManifest(signManifest(manifest, key));
  for (const [index, object] of objects.entries()) await folder.write(object, inPieces(contents[index] ?? Buffer.of()));
  return folder;
}

describe('a manifest', () => {
  it('is what a trusted key signed, named by its fingerprint or itself', () => {
    const signed = JSON.parse(JSON.stringify(signManifest(manifest, key))) as unknown;
    expect(openManifest(signed, [key.keyid])).toEqual(manifest);
    expect(openManifest(signed, [key.publicKey])).toEqual(manifest);
  });

  it('is the same bytes each time, so that an export can be begun again', () => {
    expect(signManifest(manifest, key)).toEqual(signManifest(structuredClone(manifest), key));
  });

  it('counts each file once, whatever names it has', () => {
    expect(
      objectsOf(manifest)
        .map(({ sha256 }) => sha256)
        .sort(),
    ).toEqual(objects.map(({ sha256 }) => sha256).sort());
  });

  it.each([
    ['of a stranger', signManifest(manifest, generateSigningKey()), 'bundle-not-trusted'],
    [
      'of a stranger that carries the trusted key along',
      { ...signManifest(manifest, generateSigningKey()), publicKeys: [key.publicKey] },
      'bundle-not-trusted',
    ],
    ['that is none', { some: 'thing' }, 'not-a-bundle'],
    ['that is nothing', null, 'not-a-bundle'],
    ['of another version', signManifest({ ...manifest, version: 2 } as never, key), 'not-a-bundle'],
    ['of which a letter was changed', changed(), 'bundle-not-trusted'],
  ])('%s is refused', (_, signed, code) => {
    expect(() => openManifest(signed, [key.keyid])).toThrow(expect.objectContaining({ code }));
  });
});

function changed(): unknown {
  const signed = signManifest(manifest, key);
  const payload = Buffer.from(
    Buffer.from(signed.envelope.payload, 'base64').toString().replace('2026-11', '2026-12'),
  ).toString('base64');
  return { ...signed, envelope: { ...signed.envelope, payload } };
}

describe('a folder', () => {
  it('gives back what was written, and is found whole', async () => {
    const folder = await filled();
    expect(openManifest(await folder.manifest(), [key.keyid])).toEqual(manifest);
    for (const [index, object] of objects.entries())
      expect((await buffer(folder.read(object))).equals(contents[index] ?? Buffer.of())).toBe(true);
    expect(await verifyBundle(folder, manifest, quiet)).toMatchObject({ missing: [], damaged: [] });
  });

  it('has nothing under a name when the bytes are others, too many or too few, or the source breaks', async () => {
    const folder = openBundleFolder(directory);
    const object = objects[2] ?? { sha256: '', sizeBytes: 0 };
    const right = contents[2] ?? Buffer.of();
    const wrong = Buffer.from(right);
    wrong[5] = 0;
    for (const bytes of [wrong, Buffer.concat([right, right]), right.subarray(1)])
      await expect(folder.write(object, inPieces(bytes))).rejects.toMatchObject({ code: 'bundle-damaged' });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield right.subarray(0, 10);
      throw new Error('the line went');
    }
    await expect(folder.write(object, broken())).rejects.toThrow('the line went');
    expect(await folder.has(object)).toBe(false);
    expect(readdirSync(join(directory, 'objects', object.sha256.slice(0, 2)))).toEqual([]);
  });

  it('does not follow a link that lies where a file is to be written: media come from other hands', async () => {
    const folder = openBundleFolder(join(directory, 'medium'));
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'untouched');
    mkdirSync(folder.directory);
    symlinkSync(victim, join(folder.directory, 'manifest.json.partial'));
    await folder.writeManifest({});
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect(await folder.manifest()).toEqual({});
  });

  it('tells what is missing and what was changed since', async () => {
    const folder = await filled();
    const [first, second, third] = objectsOf(manifest);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three objects');
    await folder.remove(first);
    const path = (sha256: string): string => join(directory, 'objects', sha256.slice(0, 2), sha256.slice(2));
    truncateSync(path(second.sha256), 10);
    writeFileSync(path(third.sha256), Buffer.alloc(third.sizeBytes));
    const flaws = await verifyBundle(folder, manifest, quiet);
    expect(flaws.missing).toEqual([first, second]);
    expect(flaws.damaged).toEqual([third]);
  });

  it('without a manifest, or with a broken one, says so', async () => {
    const folder = openBundleFolder(directory);
    expect(await folder.manifest()).toBeNull();
    writeFileSync(join(directory, 'manifest.json'), '{"envelope":');
    await expect(folder.manifest()).rejects.toMatchObject({ code: 'not-a-bundle' });
  });
});
