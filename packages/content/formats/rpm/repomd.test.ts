import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentFault } from '../../model/index.ts';
import { readRepomd } from './repomd.ts';

const SHA256 = 'a'.repeat(64);
const SHA512 = 'B'.repeat(128);

const repomd = (body: string): Uint8Array =>
  Buffer.from(
    `<?xml version="1.0"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">${body}</repomd>`,
  );
const data = (changes: Readonly<Record<string, string>> = {}, type = 'primary'): string => {
  const fields: Readonly<Record<string, string>> = {
    checksum: `<checksum type="sha256">${SHA256}</checksum>`,
    location: '<location href="repodata/primary.xml.gz"/>',
    size: '<size>528</size>',
    ...changes,
  };
  return `<data type="${type}">${Object.values(fields).join('')}</data>`;
};

describe('repomd.xml', () => {
  test('says of each file what its bytes are, packed and unpacked', async () => {
    const full = data(
      {
        checksum: `<checksum type="sha512">${SHA512}</checksum>`,
        open: `<open-checksum type="sha256">${SHA256}</open-checksum><open-size>994</open-size>`,
        time: '<timestamp>1700000000.75</timestamp>',
      },
      'group_gz',
    );
    const old = data({ location: '<location href="./repodata/productid"/>', size: '' }, 'productid');
    expect(await readRepomd(repomd(`<revision>17</revision>${full}${old}`))).toEqual({
      date: new Date(1_700_000_000_000),
      entries: [
        {
          type: 'group_gz',
          path: 'repodata/primary.xml.gz',
          checksum: { kind: 'sha512', hex: SHA512.toLowerCase() },
          sizeBytes: 528,
          openChecksum: { kind: 'sha256', hex: SHA256 },
          openSizeBytes: 994,
          timestamp: new Date(1_700_000_000_000),
        },
        {
          type: 'productid',
          path: 'repodata/productid',
          checksum: { kind: 'sha256', hex: SHA256 },
          sizeBytes: null,
          openChecksum: null,
          openSizeBytes: null,
          timestamp: null,
        },
      ],
    });
  });

  test.each([
    ['the newest timestamp', '<revision>1800000000</revision>', '1700000000', new Date(1_700_000_000_000)],
    ['the revision, where there is no timestamp', '<revision>1800000000</revision>', '0', new Date(1_800_000_000_000)],
    ['none, where the revision only counts', '<revision>3</revision>', '', null],
    ['none, where nothing is said', '', 'yesterday', null],
  ])('its date is %s', async (_title, revision, timestamp, date) => {
    const read = await readRepomd(repomd(`${revision}${data({ time: `<timestamp>${timestamp}</timestamp>` })}`));
    expect(read.date).toEqual(date);
  });

  test.each([
    ['sha1', data({ checksum: `<checksum type="sha">${'a'.repeat(40)}</checksum>` }), 'weak-signature'],
    ['md5', data({ checksum: `<checksum type="MD5">${'a'.repeat(32)}</checksum>` }), 'weak-signature'],
    [
      'sha1 of the content',
      data({ open: `<open-checksum type="sha1">${'a'.repeat(40)}</open-checksum>` }),
      'weak-signature',
    ],
    ['a checksum of another kind', data({ checksum: `<checksum type="sha224">${SHA256}</checksum>` }), 'unsupported'],
    ['a checksum that is none', data({ checksum: '<checksum type="sha256">xyz</checksum>' }), 'malformed'],
    ['no checksum', data({ checksum: '' }), 'unsupported'],
    ['two checksums', data({ more: `<checksum type="sha256">${SHA256}</checksum>` }), 'malformed'],
    ['two locations', data({ more: '<location href="x"/>' }), 'malformed'],
    ['no location', data({ location: '' }), 'unsafe-path'],
    ['a location outside', data({ location: '<location href="../../etc/passwd"/>' }), 'unsafe-path'],
    ['a location elsewhere', data({ location: '<location xml:base="http://x/" href="a"/>' }), 'unsupported'],
    ['a negative size', data({ size: '<size>-1</size>' }), 'malformed'],
    ['a size without end', data({ size: `<size>${'9'.repeat(40)}</size>` }), 'malformed'],
    ['a file twice', `${data()}${data({}, 'other')}`, 'malformed'],
    ['itself', data({ location: '<location href="repodata/repomd.xml"/>' }), 'malformed'],
    ['no type', data({}, ''), 'malformed'],
    [
      'files without end',
      Array.from({ length: 1001 }, (_, i) => data({ location: `<location href="${i}"/>` })).join(''),
      'too-large',
    ],
  ])('is refused when it names %s', async (_title, body, code) => {
    await expect(readRepomd(repomd(body))).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test('is refused when it is another document', async () => {
    await expect(readRepomd(Buffer.from('<metadata/>'))).rejects.toMatchObject({ code: 'malformed' });
  });

  test('however it is damaged, nothing but a ContentFault is thrown', async () => {
    const good = Buffer.from(repomd(`<revision>1</revision>${data({ time: '<timestamp>1</timestamp>' })}`));
    const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255), cut: fc.nat(good.length) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const { at, byte } of changes) bytes[at] = byte;
        try {
          await readRepomd(bytes.subarray(0, changes[0]?.byte === 0 ? changes[0].cut : undefined));
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
