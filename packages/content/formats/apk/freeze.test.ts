import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { ContentFault, type RepositoryDefinition, type RepositoryPackage } from '../../model/index.ts';
import { createMemoryContext, type MemoryContextSettings } from '../../testing/memory-context.ts';
import {
  createApkKey,
  createSignedApkRepository,
  packIndex,
  signIndex,
  tar,
  type ApkKey,
} from '../../testing/signed-apk-repository.ts';
import { apkFormat } from './index.ts';

const INDEX = 'x86_64/APKINDEX.tar.gz';
const digest = (bytes: Uint8Array | string, algorithm = 'sha256'): string =>
  createHash(algorithm).update(bytes).digest('hex');
const day = (text: string): Date => new Date(`2026-${text}T00:00:00Z`);

const repository = createSignedApkRepository();
const otherKey = createApkKey('other@example.org-6f000000.rsa.pub');
const PACKAGES = [
  { name: 'openssl', version: '3.1.4-r5', builtAt: day('02-01') },
  { name: 'libssl3', version: '3.1.4-r5', origin: 'openssl', builtAt: day('03-01') },
  { name: 'tzdata', version: '2026a-r0', architecture: 'noarch', builtAt: day('01-01') },
  { name: 'busybox', version: '1.36.1-r15', architecture: 'aarch64', builtAt: day('01-15') },
] as const;
let files: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  files = await repository.files(PACKAGES, { architectures: ['x86_64', 'aarch64'] });
});

async function freeze(settings: Partial<MemoryContextSettings> = {}, definition: Partial<RepositoryDefinition> = {}) {
  const context = createMemoryContext({ files, anchors: [repository.key.anchor], ...settings });
  const found: RepositoryPackage[] = [];
  const result = await apkFormat.freeze({ ...repository.definition, ...definition }, context, (one) => {
    found.push(one);
  });
  return { context, found, result };
}

const RECORD = {
  C: `Q1${'A'.repeat(27)}=`,
  P: 'tool',
  V: '1-r0',
  A: 'x86_64',
  S: '100',
  o: 'tool',
  t: '1767225600',
} as const;
const recordText = (changes: Readonly<Record<string, string | undefined>> = {}): string =>
  `${Object.entries({ ...RECORD, ...changes })
    .flatMap(([field, value]) => (value === undefined ? [] : [`${field}:${value}`]))
    .join('\n')}\n\n`;
const signed = async (packed: Uint8Array): Promise<Map<string, Uint8Array>> =>
  new Map([[INDEX, await signIndex(packed, [{ key: repository.key }])]]);
const withText = async (text: string): Promise<Map<string, Uint8Array>> => signed(await packIndex(text));

/** A tar archive whose first file has so many MiB, packed in 1 kB for each. */
async function bombOf(mebibytes: number): Promise<Buffer> {
  const mebibyte = Buffer.alloc(1024 * 1024);
  const start = (await tar([['DESCRIPTION', Buffer.alloc(1024)]])).subarray(0, 512);
  // The size is in octal digits at offset 124, the checksum at 148 (POSIX.1-2017, pax, ustar interchange format).
  start.write(`${(mebibytes * mebibyte.length).toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  start.fill(' ', 148, 156);
  const sum = start.reduce((total, byte) => total + byte, 0);
  start.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const packed = gzipSync(mebibyte);
  return Buffer.concat([gzipSync(start), ...Array.from({ length: mebibytes }, () => packed)]);
}

async function linkTo(name: string, linkname: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name, linkname, type: 'symlink' });
  archive.finalize();
  return Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Uint8Array>));
}

describe('freezing an apk repository', () => {
  test('keeps the index as it is, and emits the packages beside it', async () => {
    const { result, found, context } = await freeze();
    const index = files.get(INDEX) ?? new Uint8Array();
    expect(result).toEqual({
      kind: 'frozen',
      metadataPath: INDEX,
      metadataSha256: digest(index),
      signedBy: repository.key.anchor.fingerprint,
      date: day('03-01'),
      validUntil: null,
      labels: {},
      files: [{ path: INDEX, sha256: digest(index), sizeBytes: index.length }],
      onDemand: [],
    });
    expect(context.stored.get(digest(index))).toEqual(index);
    expect(found.map(({ path, source, architecture }) => `${path} ${source} ${architecture}`)).toEqual([
      'x86_64/openssl-3.1.4-r5.apk openssl x86_64',
      'x86_64/libssl3-3.1.4-r5.apk openssl x86_64',
      'x86_64/tzdata-2026a-r0.apk tzdata noarch',
    ]);
    const [openssl] = found;
    const bytes = files.get(openssl?.path ?? '');
    expect(openssl).toMatchObject({ version: '3.1.4-r5', sourceVersion: '3.1.4-r5', sizeBytes: bytes?.length });
    expect(openssl?.check).toEqual({
      kind: 'apk',
      controlSha1: expect.stringMatching(/^[0-9a-f]{40}$/),
      sizeBytes: bytes?.length,
    });
  });

  test('of several architectures has a list of its own, whose digest stands for all', async () => {
    const { result, found, context } = await freeze({}, { architectures: ['x86_64', 'noarch', 'aarch64', 'x86_64'] });
    if (result.kind !== 'frozen') throw new Error('unchanged');
    const list = ['aarch64', 'x86_64']
      .map((one) => `${digest(files.get(`${one}/APKINDEX.tar.gz`) ?? '')}  ${one}/APKINDEX.tar.gz\n`)
      .join('');
    expect(result.metadataPath).toBe('APKINDEX.sha256');
    expect(Buffer.from(context.stored.get(result.metadataSha256) ?? '').toString()).toBe(list);
    // The oldest of each index's newest: none can be rolled back behind another.
    expect(result.date).toEqual(day('01-15'));
    expect(result.files.map(({ path }) => path)).toEqual(['aarch64/APKINDEX.tar.gz', INDEX, 'APKINDEX.sha256']);
    expect(found).toHaveLength(5);
    const previous = { metadataSha256: result.metadataSha256, newestDate: null };
    expect(await freeze({ previous }, { architectures: ['aarch64', 'x86_64'] })).toMatchObject({
      result: { kind: 'unchanged' },
      found: [],
    });
  });

  test('is unchanged when its index is, but the signature counts all the same', async () => {
    const previous = { metadataSha256: digest(files.get(INDEX) ?? ''), newestDate: null };
    expect((await freeze({ previous })).result.kind).toBe('unchanged');
    await expect(freeze({ previous, anchors: [otherKey.anchor] })).rejects.toMatchObject({ code: 'unknown-key' });
  });

  test('takes an equal date, and no older one', async () => {
    const seen = (newestDate: Date) => freeze({ previous: { metadataSha256: 'f'.repeat(64), newestDate } });
    expect((await seen(day('03-01'))).result.kind).toBe('frozen');
    await expect(seen(day('03-02'))).rejects.toMatchObject({ code: 'rolled-back' });
  });

  test.each([
    ['SHA-1, as Alpine does', [{ kind: 'RSA' }]],
    ['SHA-256', [{ kind: 'RSA256' }]],
    ['SHA-512', [{ kind: 'RSA512' }]],
    ['an approved key beside another', [{ key: otherKey }, { kind: 'RSA256' }]],
  ] as const)('takes what is signed with %s', async (_title, signatures) => {
    const chosen = signatures.map((one) => ({ key: repository.key, ...one }));
    const good = await repository.files(PACKAGES, { signatures: chosen });
    expect((await freeze({ files: good })).result).toMatchObject({ signedBy: repository.key.anchor.fingerprint });
  });

  const replaced = (bytes: Uint8Array): Map<string, Uint8Array> => new Map([[INDEX, bytes]]);
  const indexBytes = (): Buffer => Buffer.from(files.get(INDEX) ?? []);
  const signedBy = async (key: ApkKey): Promise<Map<string, Uint8Array>> =>
    repository.files(PACKAGES, { signatures: [{ key }] });
  const member = async (entries: Parameters<typeof tar>[0]): Promise<Uint8Array> =>
    gzipSync((await tar(entries)).subarray(0, -1024));

  test.each<readonly [string, () => Promise<ReadonlyMap<string, Uint8Array>>, string]>([
    ['that is not there', async () => new Map(), 'missing'],
    ['without a signature', async () => repository.files(PACKAGES, { signatures: [] }), 'unsigned'],
    ['signed by another key', async () => signedBy(otherKey), 'unknown-key'],
    [
      'signed by another key of the same name',
      async () => signedBy(createApkKey(repository.key.name)),
      'bad-signature',
    ],
    [
      'whose last byte is changed',
      async () => replaced(indexBytes().fill(7, indexBytes().length - 1)),
      'bad-signature',
    ],
    ['with more at its end', async () => replaced(Buffer.concat([indexBytes(), gzipSync('x')])), 'bad-signature'],
    ['cut in its end', async () => replaced(indexBytes().subarray(0, -10)), 'bad-signature'],
    ['cut in its signature', async () => replaced(indexBytes().subarray(0, 60)), 'malformed'],
    ['without end', async () => replaced(new Uint8Array(33 * 1024 * 1024)), 'too-large'],
    ['that is empty', async () => replaced(new Uint8Array()), 'malformed'],
    ['that is an error page', async () => replaced(Buffer.from('<html>no</html>')), 'malformed'],
    ['of apk-tools 3', async () => replaced(Buffer.from('ADBd\0\0\0\0')), 'unsupported'],
    [
      'whose signature is a bomb',
      async () => replaced(await member([['.SIGN.RSA.x', Buffer.alloc(5_000_000)]])),
      'too-large',
    ],
    [
      'whose signature is endless',
      async () => replaced(await member([['.SIGN.RSA.x', Buffer.alloc(9000)]])),
      'too-large',
    ],
    ['signed in another way', async () => replaced(await member([['.SIGN.DSA.x', 'x']])), 'unsupported'],
    [
      'with an index among its signatures',
      async () => {
        const smuggled = await member([
          ['.SIGN.RSA.x', 'x'],
          ['APKINDEX', recordText()],
        ]);
        return replaced(Buffer.concat([smuggled, indexBytes()]));
      },
      'malformed',
    ],
    ['without an index in it', async () => signed(gzipSync(await tar([['DESCRIPTION', 'x']]))), 'malformed'],
    [
      'with two indexes in it',
      async () =>
        signed(
          gzipSync(
            await tar([
              ['APKINDEX', recordText()],
              ['APKINDEX', recordText()],
            ]),
          ),
        ),
      'malformed',
    ],
    [
      'that is cut off in its tar',
      async () => signed(gzipSync((await tar([['APKINDEX', recordText().repeat(50)]])).subarray(0, 2048))),
      'malformed',
    ],
    [
      'that is cut off in its gzip',
      async () => signed((await packIndex(recordText().repeat(500))).subarray(0, -30)),
      'malformed',
    ],
    ['that is a bomb', async () => signed(await bombOf(130)), 'too-large'],
    ['that is a link', async () => signed(gzipSync(await linkTo('APKINDEX', '/etc/passwd'))), 'unsupported'],
    ['that is no tar', async () => signed(gzipSync('x'.repeat(2000))), 'malformed'],
    ['that is no gzip', async () => signed(Buffer.from('x'.repeat(2000))), 'malformed'],
    ['with a line without end', async () => withText(`${recordText()}D:${'x'.repeat(1_100_000)}`), 'too-large'],
  ])('refuses an index %s', async (_title, hostile, code) => {
    await expect(freeze({ files: await hostile() })).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test('refuses a weak key, and one that is not what was approved', async () => {
    const weak = createApkKey('weak.rsa.pub', 1024);
    const options = { files: await signedBy(weak) };
    await expect(freeze({ ...options, anchors: [weak.anchor] })).rejects.toMatchObject({ code: 'weak-signature' });
    const swapped = { ...repository.key.anchor, material: otherKey.anchor.material };
    await expect(freeze({ anchors: [swapped] })).rejects.toMatchObject({ code: 'unknown-key' });
    const broken = { ...repository.key.anchor, material: new Uint8Array(3) };
    await expect(freeze({ anchors: [broken] })).rejects.toMatchObject({ code: 'malformed' });
  });

  test.each([
    ['a path in its name', recordText({ P: '../../etc/passwd' }), 'malformed'],
    ['a path in its version', recordText({ V: '1/../../x' }), 'malformed'],
    ['dots as its name', recordText({ P: '..' }), 'malformed'],
    ['no name', recordText({ P: undefined }), 'malformed'],
    ['no size', recordText({ S: undefined }), 'malformed'],
    ['a size that is none', recordText({ S: '-1' }), 'malformed'],
    ['no checksum', recordText({ C: undefined }), 'malformed'],
    ['a checksum that is none', recordText({ C: 'Q1abc' }), 'malformed'],
    ['a checksum of apk-tools 3', recordText({ C: `Q2${'A'.repeat(43)}=` }), 'unsupported'],
    ['a field twice', `P:tool\n${recordText()}`, 'malformed'],
    ['a line that is no field', `hello\n${recordText()}`, 'malformed'],
    ['another one of its name', recordText() + recordText({ S: '101' }), 'malformed'],
    ['a time that is yet to come', recordText({ t: '9000000000' }), 'from-the-future'],
  ])('refuses a package with %s', async (_title, text, code) => {
    await expect(freeze({ files: await withText(text) })).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test.each([
    ['the same package twice is one', recordText() + recordText(), 1, new Date('2026-01-01')],
    ['the last record needs no empty line', recordText().trimEnd(), 1, new Date('2026-01-01')],
    ['an empty index is one', '', 0, null],
    ['without times there is no date', recordText({ t: undefined }), 1, null],
    ['a time that is none does not count', recordText({ t: 'never' }), 1, null],
  ])('%s', async (_title, text, count, date) => {
    const { found, result } = await freeze({ files: await withText(text) });
    expect([found.length, result]).toEqual([count, expect.objectContaining({ date })]);
  });

  test.each([[[]], [['noarch']], [['../x86_64']], [['x86 64']]])('refuses architectures %j', async (architectures) => {
    await expect(freeze({}, { architectures })).rejects.toMatchObject({ code: 'malformed' });
  });

  test('however an index is damaged, nothing but a ContentFault is thrown', async () => {
    const good = indexBytes();
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(good.length), async (changes, cut) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          await freeze({ files: replaced(cut % 2 === 0 ? bytes : bytes.subarray(0, cut)) });
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('however a signed index is damaged, nothing but a ContentFault is thrown', async () => {
    const good = Buffer.from(recordText() + recordText({ P: 'b' }));
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          await freeze({ files: await withText(bytes.toString('latin1')) });
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the configuration of apk', () => {
  test('is the address, with credentials in it where there are some', () => {
    const address = { url: 'https://thimble.example/content/revisions/1/', keyringPath: null, label: 'x' };
    expect(apkFormat.clientConfiguration(repository.definition, { ...address, credentials: null })).toEqual([
      { path: '/etc/apk/repositories', text: 'https://thimble.example/content/revisions/1\n', secret: false },
    ]);
    const credentials = { user: 'thimble', password: 'a:b@c' };
    expect(apkFormat.clientConfiguration(repository.definition, { ...address, credentials })).toEqual([
      {
        path: '/etc/apk/repositories',
        text: 'https://thimble:a%3Ab%40c@thimble.example/content/revisions/1\n',
        secret: true,
      },
    ]);
  });
});
