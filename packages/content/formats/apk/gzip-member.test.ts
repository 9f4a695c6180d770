import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentFault } from '../../model/index.ts';
import { firstGzipMember, gzipStart } from './gzip-member.ts';

const LIMITS = { limitBytes: 10_000 };
const first = (bytes: Uint8Array) => firstGzipMember(bytes, LIMITS, 'it');

/** The same content with header fields that gzipSync does not write: extra, name, comment and checksum. */
function withHeaderFields(member: Buffer): Buffer {
  const header = Buffer.from(member.subarray(0, 10));
  header[3] = 2 | 4 | 8 | 16;
  return Buffer.concat([
    header,
    Buffer.from([3, 0, 1, 2, 3]),
    Buffer.from('name\0comment\0'),
    Buffer.alloc(2),
    member.subarray(10),
  ]);
}

describe('the first gzip member', () => {
  test('ends where the next one begins, whatever its content and header', () => {
    const content = fc.oneof(fc.uint8Array({ maxLength: 500 }), fc.constant(new Uint8Array(9000)));
    fc.assert(
      fc.property(content, fc.uint8Array({ maxLength: 50 }), fc.boolean(), (bytes, rest, fields) => {
        const member = fields ? withHeaderFields(gzipSync(bytes)) : gzipSync(bytes);
        const found = first(Buffer.concat([member, rest]));
        expect([Buffer.from(found.content).equals(bytes), found.end]).toEqual([true, member.length]);
      }),
    );
  });

  test.each([
    ['a wrong checksum', (member: Buffer) => member.fill(1, member.length - 8, member.length - 4)],
    ['a wrong length', (member: Buffer) => member.fill(1, member.length - 4)],
    ['no end', (member: Buffer) => member.subarray(0, -1)],
    ['half its content', (member: Buffer) => member.subarray(0, 15)],
    ['half its header', (member: Buffer) => member.subarray(0, 9)],
    ['a name without end', (member: Buffer) => Buffer.concat([member.subarray(0, 3), Buffer.alloc(50, 8)])],
    ['another method', (member: Buffer) => member.fill(7, 2, 3)],
    ['nothing in it', () => Buffer.alloc(0)],
  ])('is malformed with %s', (_title, change) => {
    expect(() => first(change(Buffer.from(gzipSync('some content'))))).toThrow(
      expect.objectContaining({ name: 'ContentFault', code: 'malformed' }),
    );
  });

  test('is unpacked within its limit', () => {
    expect(() => first(gzipSync(new Uint8Array(10_001)))).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  test('can be looked into, however long it is', () => {
    const start = gzipStart(gzipSync(Buffer.concat([Buffer.from('.SIGN.'), Buffer.alloc(20_000_000)])));
    expect(Buffer.from(start).subarray(0, 6).toString()).toBe('.SIGN.');
    expect(gzipStart(Buffer.from('no gzip'))).toHaveLength(0);
  });

  test('however it is damaged, nothing but a ContentFault is thrown', () => {
    const good = gzipSync('some content that is packed');
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.nat(good.length), (changes, length) => {
        const bytes = Buffer.from(good.subarray(0, length));
        for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
        try {
          gzipStart(bytes);
          first(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
