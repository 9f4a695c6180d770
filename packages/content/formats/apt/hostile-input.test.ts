import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentFault, type RepositoryPackage } from '../../model/index.ts';
import { createMemoryContext } from '../../testing/index.ts';
import { createDigestTable } from './digest-table.ts';
import { readPackages } from './packages-index.ts';
import { releaseDate } from './release-date.ts';
import { parseRelease } from './release-file.ts';

const digest = (seed: string): string => createHash('sha256').update(seed).digest('hex');

/** Three packages as archives write them: with a source, with folded fields, with text that only looks like a field. */
const INDEX = [
  `Package: a\nVersion: 1:1.0-1\nInstalled-Size: 10\nArchitecture: amd64\nDescription: one\n Package: x\n .\nFilename: pool/a/a_1.0-1_amd64.deb\nSize: 5\nMD5sum: 0\nSHA256: ${digest('a')}\n`,
  `Package: b\nSource: source-b (2.0)\nVersion: 2.0+b1\nArchitecture: all\nTag: x::y,\n  x::z\nFilename: pool/b/b.deb\nSize: 7\nSHA256: ${digest('b')}\n`,
  `package: c\nversion: 3\narchitecture: amd64\nfilename: ./c.deb\nsize: 0\nsha512: ${digest('c').repeat(2)}\n`,
].join('\n');

const RELEASE = `Origin: Test\nSuite: stable\nDate: Sun, 01 Mar 2026 12:00:00 UTC\nArchitectures: amd64 all\nComponents: main\nSHA256:\n ${digest('p')} 12 main/binary-amd64/Packages\n ${digest('q')} 8 main/binary-amd64/Packages.xz\n`;

async function read(bytes: Uint8Array, pieceBytes: number): Promise<readonly RepositoryPackage[] | ContentFault> {
  const context = createMemoryContext({ files: new Map(), pieceBytes });
  const file = await context.keep('Packages', bytes);
  const entry = { path: 'Packages', sha256: file.sha256, sha512: null, sizeBytes: bytes.length };
  const found: RepositoryPackage[] = [];
  try {
    const index = { label: 'x', entry, packing: 'plain', unpacked: entry } as const;
    for await (const one of readPackages(index, file, context)) found.push(one);
  } catch (error) {
    if (error instanceof ContentFault) return error;
    throw error;
  }
  return found;
}

const mutation = fc.record({
  at: fc.nat(),
  length: fc.nat({ max: 30 }),
  put: fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('\n', '\n\n', ' ', ':', '../', '\0', 'Size: ', '\r\n')),
});
const changed = (whole: string, changes: readonly { at: number; length: number; put: string }[]): string =>
  changes.reduce((text, { at, length, put }) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + put + text.slice(start + length);
  }, whole);

describe('a Packages file', () => {
  test('is the same in whatever pieces it comes', async () => {
    const whole = await read(Buffer.from(INDEX), 1_000_000);
    expect(whole).toHaveLength(3);
    expect(whole).toMatchObject([
      { name: 'a', source: 'a', sourceVersion: '1:1.0-1', path: 'pool/a/a_1.0-1_amd64.deb' },
      { name: 'b', source: 'source-b', sourceVersion: '2.0', version: '2.0+b1' },
      { name: 'c', path: 'c.deb', check: { kind: 'sha512', sha512: digest('c').repeat(2), sizeBytes: 0 } },
    ]);
    for (let pieceBytes = 1; pieceBytes < 80; pieceBytes += 1)
      expect(await read(Buffer.from(INDEX), pieceBytes)).toEqual(whole);
  });

  test('that is damaged is a fault or still states safe paths, sound digests and plain names', async () => {
    const input = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc.array(mutation, { minLength: 1, maxLength: 3 }).map((changes) => Buffer.from(changed(INDEX, changes))),
    );
    await fc.assert(
      fc.asyncProperty(input, fc.integer({ min: 1, max: 600 }), async (bytes, pieceBytes) => {
        const found = await read(bytes, pieceBytes);
        if (found instanceof ContentFault) return;
        for (const { path, name, version, architecture, sizeBytes, check } of found) {
          expect(path).not.toMatch(/(^|\/)\.\.?(\/|$)|^\/|\p{Cc}/u);
          expect(`${name} ${version} ${architecture}`).toMatch(/^[^\s\p{Cc}]+ [^\s\p{Cc}]+ [^\s\p{Cc}]+$/u);
          expect(sizeBytes).toBeGreaterThanOrEqual(0);
          expect(check.kind === 'sha256' ? check.sha256 : check.kind === 'sha512' && check.sha512).toMatch(
            /^[0-9a-f]+$/,
          );
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('cut off anywhere never loses what went before in silence', async () => {
    // The digest of the whole catches every cut; here it is that of the cut file, as a careless vendor would sign it.
    for (let end = 0; end < INDEX.length; end += 1) {
      const found = await read(Buffer.from(INDEX.slice(0, end)), 50);
      if (!(found instanceof ContentFault))
        expect(found.length).toBe(INDEX.slice(0, end).match(/^package: /gim)?.length ?? 0);
    }
  });
});

describe('a Release', () => {
  test('that is damaged is a fault or lists only safe paths with whole digests', () => {
    expect([...parseRelease(RELEASE, 'Release').entries.keys()]).toEqual([
      'main/binary-amd64/Packages',
      'main/binary-amd64/Packages.xz',
    ]);
    const input = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.array(mutation, { minLength: 1, maxLength: 3 }).map((changes) => changed(RELEASE, changes)),
    );
    fc.assert(
      fc.property(input, (text) => {
        let release;
        try {
          release = parseRelease(text, 'Release');
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
          return;
        }
        expect(Number.isNaN(release.date.getTime())).toBe(false);
        for (const { path, sha256 } of release.entries.values()) {
          expect(path).not.toMatch(/(^|\/)\.\.?(\/|$)|^\/|\p{Cc}/u);
          expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test.each<[string, string | null]>([
    ['Sat, 11 Jul 2026 10:16:37 UTC', '2026-07-11T10:16:37.000Z'],
    ['Thu, 01 Jan 1970 00:00:00 GMT', '1970-01-01T00:00:00.000Z'],
    ['11 Jul 2026 10:16:37 Z', '2026-07-11T10:16:37.000Z'],
    ['Sat, 11 Jul 2026 12:16:37 +0200', '2026-07-11T10:16:37.000Z'],
    ['Sat, 11 Jul 2026 05:46:37 -0430', '2026-07-11T10:16:37.000Z'],
    ['Sat,  1 Aug 2026 9:16:37 UTC', '2026-08-01T09:16:37.000Z'],
    ['Sat, 31 Feb 2026 10:16:37 UTC', null],
    ['Sat, 11 Foo 2026 10:16:37 UTC', null],
    ['Sat, 11 Jul 2026 10:16:37', null],
    ['Sat, 11 Jul 2026 10:16:37 EST', null],
    ['2026-07-11T10:16:37Z', null],
    ['tomorrow', null],
    ['', null],
  ])('dates: %j is %s', (text, expected) => {
    expect(releaseDate(text)?.toISOString() ?? null).toBe(expected);
  });
});

test('a table of digests remembers what a Map would', () => {
  const key = fc.integer({ min: 0, max: 9000 }).map(String);
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.constantFrom('a', 'b')), { maxLength: 3000 }), (puts) => {
      const table = createDigestTable();
      const model = new Map<string, string>();
      for (const [name, of] of puts) {
        const known = model.get(name);
        expect(table.put(name, digest(of))).toBe(known === undefined ? 'new' : known === of ? 'same' : 'other');
        if (known === undefined) model.set(name, of);
      }
    }),
    { numRuns: 20 },
  );
  const table = createDigestTable();
  for (let at = 0; at < 20_000; at += 1) expect(table.put(`key ${at}`, digest('a'))).toBe('new');
  for (let at = 0; at < 20_000; at += 1)
    expect(table.put(`key ${at}`, digest(at % 2 === 0 ? 'a' : 'b'))).toBe(at % 2 === 0 ? 'same' : 'other');
});
