import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readApkInstalled, readPacmanDescription, readRpmHeader, readRpmManifest, SbomError } from '../index.ts';

/** A header of the given tags as rpm writes it: strings, and the epoch as a 32 bit number. */
function rpmHeader(tags: Readonly<Record<number, string | number>>): Buffer {
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [tag, value] of Object.entries(tags)) {
    const bytes = Buffer.from(typeof value === 'string' ? `${value}\0` : [0, 0, 0, value]);
    const entry = Buffer.alloc(16);
    entry.writeUInt32BE(Number(tag), 0);
    entry.writeUInt32BE(typeof value === 'string' ? 6 : 4, 4);
    entry.writeUInt32BE(offset, 8);
    entry.writeUInt32BE(1, 12);
    index.push(entry);
    data.push(bytes);
    offset += bytes.length;
  }
  const head = Buffer.alloc(8);
  head.writeUInt32BE(index.length, 0);
  head.writeUInt32BE(offset, 4);
  return Buffer.concat([head, ...index, ...data]);
}

const OPENSSL = rpmHeader({
  1000: 'openssl-libs',
  1001: '3.0.7',
  1002: '27.el9_4',
  1003: 1,
  1011: 'AlmaLinux',
  1022: 'x86_64',
  1044: 'openssl-3.0.7-27.el9_4.src.rpm',
  5096: 'nodejs:18:9030020240301111035:rhel9',
});

describe('the rpm database', () => {
  it('gives name, epoch, version and release, source, vendor and module of a header', () => {
    expect(readRpmHeader(OPENSSL)).toEqual({
      name: 'openssl-libs',
      version: '1:3.0.7-27.el9_4',
      architecture: 'x86_64',
      source: { name: 'openssl', version: '1:3.0.7-27.el9_4' },
      vendor: 'AlmaLinux',
      module: 'nodejs:18',
      licence: null,
    });
    expect(readRpmHeader(rpmHeader({ 1000: 'gpg-pubkey', 1001: 'a', 1002: 'b' }))).toBeNull();
  });

  it('that is cut off, claims to be huge, or is garbage is refused', () => {
    for (let length = 0; length < OPENSSL.length; length += 1)
      expect(() => readRpmHeader(OPENSSL.subarray(0, length))).toThrow(SbomError);
    const huge = Buffer.from(OPENSSL);
    huge.writeUInt32BE(0xffffffff, 0);
    expect(() => readRpmHeader(huge)).toThrow(SbomError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => readRpmHeader(bytes)).toThrow(SbomError);
      }),
      { seed: 6 },
    );
  });

  it('as lines of its own query says the same', () => {
    const line =
      'openssl-libs\t3.0.7-27.el9_4\t1\t1\tAlmaLinux\t1\t9\tx86_64\t1\topenssl-3.0.7-27.el9_4.src.rpm\t(none)\nodd line\n';
    const { packages, problems } = readRpmManifest(Buffer.from(line));
    expect(packages).toMatchObject([
      { name: 'openssl-libs', version: '1:3.0.7-27.el9_4', source: { name: 'openssl' }, module: null },
    ]);
    expect(problems).toHaveLength(1);
    expect(() => readRpmManifest(Buffer.from('nothing of it\n'))).toThrow(SbomError);
  });
});

describe('the database of apk', () => {
  it('gives packages with their origins, and says which block is none', () => {
    const text =
      'C:Q1\nP:libcrypto3\nV:3.1.4-r1\nA:x86_64\nL:Apache-2.0\no:openssl\nF:lib\nR:libcrypto.so.3\n\nP:lonely\n\n';
    const { packages, problems } = readApkInstalled(Buffer.from(text));
    expect(packages).toEqual([
      {
        name: 'libcrypto3',
        version: '3.1.4-r1',
        architecture: 'x86_64',
        source: { name: 'openssl', version: '3.1.4-r1' },
        vendor: null,
        module: null,
        licence: 'Apache-2.0',
      },
    ]);
    expect(problems).toHaveLength(1);
    expect(() => readApkInstalled(Buffer.from('no database'))).toThrow(SbomError);
  });
});

describe('the database of pacman', () => {
  it('gives the package of a description', () => {
    const text = '%NAME%\nlibssl\n\n%VERSION%\n1:3.1.4-1\n\n%BASE%\nopenssl\n\n%ARCH%\nx86_64\n';
    expect(readPacmanDescription(Buffer.from(text))).toMatchObject({
      name: 'libssl',
      version: '1:3.1.4-1',
      source: { name: 'openssl', version: '1:3.1.4-1' },
    });
    expect(() => readPacmanDescription(Buffer.from('%NAME%\nx\n'))).toThrow(SbomError);
  });
});
