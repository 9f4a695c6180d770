import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentFault, type RepositoryPackage } from '../../model/index.ts';
import { readPrimary } from './primary.ts';

const SHA256 = 'a'.repeat(64);

const record = (changes: Readonly<Record<string, string>> = {}, type = 'rpm'): string => {
  const fields: Readonly<Record<string, string>> = {
    name: '<name>openssl-libs</name>',
    arch: '<arch>x86_64</arch>',
    version: '<version epoch="1" ver="3.0.7" rel="27.el9"/>',
    checksum: `<checksum type="sha256" pkgid="YES">${SHA256}</checksum>`,
    description: '<description>a &lt;name&gt; of its own</description>',
    size: '<size package="2201" installed="9" archive="10"/>',
    location: '<location href="Packages/o/openssl-libs-3.0.7-27.el9.x86_64.rpm"/>',
    format:
      '<format><rpm:sourcerpm>openssl-3.0.7-27.el9.src.rpm</rpm:sourcerpm><rpm:provides><rpm:entry name="x"/></rpm:provides><file>/usr/bin/x</file></format>',
    ...changes,
  };
  return `<package type="${type}">${Object.values(fields).join('')}</package>`;
};
const primary = (...records: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">${records.join('')}</metadata>`;

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, wanted: readonly string[] = []): Promise<readonly RepositoryPackage[]> {
  const found: RepositoryPackage[] = [];
  const isWanted = (architecture: string): boolean => wanted.length === 0 || wanted.includes(architecture);
  for await (const one of readPrimary(pieces(Buffer.from(text), 50), isWanted)) found.push(one);
  return found;
}

describe('primary.xml', () => {
  test('names each package with version, source, size and digest', async () => {
    expect(await read(primary(record()))).toEqual([
      {
        path: 'Packages/o/openssl-libs-3.0.7-27.el9.x86_64.rpm',
        name: 'openssl-libs',
        version: '1:3.0.7-27.el9',
        architecture: 'x86_64',
        source: 'openssl',
        sourceVersion: '1:3.0.7-27.el9',
        sizeBytes: 2201,
        check: { kind: 'sha256', sha256: SHA256, sizeBytes: 2201 },
      },
    ]);
  });

  test.each([
    ['epoch 0 is left out', { version: '<version epoch="0" ver="1" rel="2"/>' }, { version: '1-2' }],
    ['no epoch is none', { version: '<version ver="1" rel="2"/>' }, { version: '1-2' }],
    [
      'SHA-512 is a check too',
      { checksum: `<checksum type="sha512">${'c'.repeat(128)}</checksum>` },
      { check: { kind: 'sha512', sha512: 'c'.repeat(128), sizeBytes: 2201 } },
    ],
    [
      'a package without a source is its own',
      { format: '<format><rpm:sourcerpm></rpm:sourcerpm></format>' },
      { source: 'openssl-libs', sourceVersion: '1:3.0.7-27.el9' },
    ],
    [
      'a source without sources counts',
      { format: '<format><rpm:sourcerpm>a-b-1-2.nosrc.rpm</rpm:sourcerpm></format>' },
      { source: 'a-b', sourceVersion: '1:1-2' },
    ],
    [
      'fields elsewhere mean nothing',
      {
        format: '<format><name>evil</name><location href="../x"/><rpm:sourcerpm>a-1-2.src.rpm</rpm:sourcerpm></format>',
      },
      { name: 'openssl-libs', source: 'a' },
    ],
    [
      'a source elsewhere means nothing',
      { more: '<other><rpm:sourcerpm>b-1-2.src.rpm</rpm:sourcerpm></other>' },
      { source: 'openssl' },
    ],
    ['dots in front of a path go', { location: '<location href="./a.rpm"/>' }, { path: 'a.rpm' }],
  ])('%s', async (_title, changes, expected) => {
    expect(await read(primary(record(changes)))).toEqual([expect.objectContaining(expected)]);
  });

  test('gives only wanted architectures, and does not look at the others', async () => {
    const other = record({ arch: '<arch>i686</arch>', location: '<location href="../evil"/>' });
    const noarch = record({ arch: '<arch>noarch</arch>', location: '<location href="b.rpm"/>' });
    const found = await read(primary(other, record(), noarch), ['x86_64', 'noarch']);
    expect(found.map(({ architecture }) => architecture)).toEqual(['x86_64', 'noarch']);
  });

  test('a package that is named twice in the same way is given once', async () => {
    expect(await read(primary(record(), record()))).toHaveLength(1);
  });

  test.each([
    ['sha1', { checksum: `<checksum type="sha">${'a'.repeat(40)}</checksum>` }, 'weak-signature'],
    ['no checksum', { checksum: '' }, 'unsupported'],
    ['two checksums', { more: `<checksum type="sha256">${'b'.repeat(64)}</checksum>` }, 'malformed'],
    ['two names', { more: '<name>x</name>' }, 'malformed'],
    ['two locations', { more: '<location href="x"/>' }, 'malformed'],
    ['no name', { name: '' }, 'malformed'],
    ['a name with a slash', { name: '<name>../x</name>' }, 'malformed'],
    ['no version', { version: '' }, 'malformed'],
    ['an epoch that is no number', { version: '<version epoch="x" ver="1" rel="2"/>' }, 'malformed'],
    ['no size', { size: '' }, 'malformed'],
    ['a location outside', { location: '<location href="../../x"/>' }, 'unsafe-path'],
    ['a hidden location outside', { location: '<location href="%2e%2e/x"/>' }, 'unsafe-path'],
    ['a location elsewhere', { location: '<location xml:base="https://x/" href="x"/>' }, 'unsupported'],
    ['an address', { location: '<location href="https://evil.example/x.rpm"/>' }, 'unsafe-path'],
  ])('is refused for a package with %s', async (_title, changes: Readonly<Record<string, string>>, code) => {
    await expect(read(primary(record(changes)))).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test('is refused for a path of two different packages, a type other than rpm, and another document', async () => {
    const other = record({ checksum: `<checksum type="sha256">${'b'.repeat(64)}</checksum>` });
    await expect(read(primary(record(), other))).rejects.toMatchObject({ code: 'malformed' });
    await expect(read(primary(record({}, 'deb')))).rejects.toMatchObject({ code: 'unsupported' });
    await expect(read('<filelists/>')).rejects.toMatchObject({ code: 'malformed' });
  });

  test('however it is damaged, nothing but a ContentFault is thrown', async () => {
    const good = Buffer.from(primary(record(), record({ location: '<location href="b.rpm"/>' })));
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          await read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 500 },
    );
  });
});
