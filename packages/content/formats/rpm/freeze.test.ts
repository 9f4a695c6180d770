import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RepositoryDefinition, RepositoryPackage } from '../../model/index.ts';
import { createMemoryContext, type MemoryContextSettings } from '../../testing/memory-context.ts';
import { nativeToolsForTests } from '../../testing/native-tools.ts';
import { createSignedRpmRepository, type SignedRpmRepository } from '../../testing/signed-rpm-repository.ts';
import { rpmFormat } from './index.ts';

const available = await nativeToolsForTests('freezing rpm repositories', 'rpm');
const REPOMD = 'repodata/repomd.xml';
const digest = (bytes: Uint8Array | string, algorithm = 'sha256'): string =>
  createHash(algorithm).update(bytes).digest('hex');

describe.skipIf(!available)('freezing an rpm repository', () => {
  let repository: SignedRpmRepository;
  let otherKey: string;
  let files: ReadonlyMap<string, Uint8Array>;

  beforeAll(async () => {
    repository = await createSignedRpmRepository();
    otherKey = repository.gpg.createKey({ userId: 'Somebody else <other@example.org>' });
    await repository.build({ name: 'tool', version: '1', epoch: 2 });
    await repository.build({ name: 'gadget', version: '1', architecture: 'x86_64' });
    await repository.build({ name: 'gadget', version: '1', architecture: 'i686' });
    await repository.publish({ updateinfo: '<updates><update type="security"><id>T-1</id></update></updates>' });
    files = await repository.files();
  });
  afterAll(async () => repository?.close());

  const freeze = async (
    settings: Partial<MemoryContextSettings> = {},
    definition: Partial<RepositoryDefinition> = {},
  ) => {
    const context = createMemoryContext({ files, anchors: [repository.anchor], ...settings });
    const found: RepositoryPackage[] = [];
    const result = await rpmFormat.freeze({ ...repository.definition, ...definition }, context, (one) => {
      found.push(one);
    });
    return { context, found, result };
  };
  const frozen = async (...args: Parameters<typeof freeze>) => {
    const { result, ...rest } = await freeze(...args);
    if (result.kind !== 'frozen') throw new Error('it is unchanged');
    return { result, ...rest };
  };
  const repomdText = (): string => Buffer.from(files.get(REPOMD) ?? []).toString();
  const signed = (
    repomd: string | Uint8Array,
    by = repository.fingerprint,
    more: readonly [string, Uint8Array][] = [],
  ) =>
    new Map([
      ...files,
      [REPOMD, new Uint8Array(Buffer.from(repomd))] as const,
      [`${REPOMD}.asc`, repository.gpg.sign(repomd, { by: [by], kind: 'detached' })] as const,
      ...more,
    ]);
  /** A validly signed repository whose primary.xml is this. */
  const withPrimary = (content: Uint8Array, name = 'primary.xml.gz', open?: { size?: number; sha256?: string }) => {
    const stated =
      open === undefined
        ? ''
        : `<open-size>${open.size ?? 0}</open-size><open-checksum type="sha256">${open.sha256 ?? digest('')}</open-checksum>`;
    const repomd = `<repomd><data type="primary"><checksum type="sha256">${digest(content)}</checksum>${stated}<location href="repodata/${name}"/><size>${content.length}</size></data></repomd>`;
    return signed(repomd, undefined, [[`repodata/${name}`, content]]);
  };

  test('keeps what dnf asks for, states the rest, and emits the wanted packages', async () => {
    const { result, found, context } = await frozen();
    const repomd = files.get(REPOMD) ?? new Uint8Array();
    expect(result).toMatchObject({
      metadataPath: REPOMD,
      metadataSha256: digest(repomd),
      signedBy: repository.fingerprint,
      validUntil: null,
      labels: {},
      mirrors: [],
    });
    const kept = result.files.map(({ path }) => path.replace(/[0-9a-f]{64}-/, ''));
    expect(kept.toSorted()).toEqual([
      'repodata/filelists.xml.gz',
      'repodata/primary.xml.gz',
      REPOMD,
      `${REPOMD}.asc`,
      'repodata/updateinfo.xml.gz',
    ]);
    for (const { path, sha256 } of result.files) {
      expect(digest(files.get(path) ?? '')).toBe(sha256);
      expect(context.stored.get(sha256)).toEqual(files.get(path));
    }
    expect(result.onDemand.map(({ path }) => path.replace(/[0-9a-f]{64}-/, ''))).toEqual(['repodata/other.xml.gz']);
    expect(found.map(({ name, version, architecture }) => `${name} ${version} ${architecture}`).toSorted()).toEqual([
      'gadget 1-1 x86_64',
      'tool 2:1-1 noarch',
    ]);
    for (const one of found) {
      const bytes = files.get(one.path) ?? new Uint8Array();
      expect(one.check).toEqual({ kind: 'sha256', sha256: digest(bytes), sizeBytes: bytes.length });
    }
  });

  test.each([
    [['x86_64', 'i686'], 3],
    [[], 3],
    [['aarch64'], 1],
  ])('architectures %j bring %i packages', async (architectures, count) => {
    expect((await freeze({}, { architectures })).found).toHaveLength(count);
  });

  test.each([
    ['xz', '--general-compress-type=xz', 'sha256'],
    ['bzip2', '--general-compress-type=bz2', 'sha256'],
    ['gzip, by SHA-512', '--checksum=sha512', 'sha512'],
  ])('reads what createrepo_c states and packs as %s, in small pieces', async (_title, option, kind) => {
    await repository.publish({ options: [option] });
    const { found, result } = await frozen({ files: await repository.files(), pieceBytes: 7 });
    // What is fetched later must be known by its SHA-256.
    expect(result.onDemand).toHaveLength(kind === 'sha256' ? 1 : 0);
    expect(found.map(({ name, check }) => [name, check.kind]).toSorted()).toEqual([
      ['gadget', kind],
      ['tool', kind],
    ]);
  });

  test('reads metadata packed by zstd', async () => {
    const path = [...files.keys()].find((one) => one.includes('-primary.')) ?? '';
    const content = gunzipSync(files.get(path) ?? '');
    const open = { size: content.length, sha256: digest(content) };
    const { found } = await frozen({ files: withPrimary(zstdCompressSync(content), 'primary.xml.zst', open) });
    expect(found.map(({ name }) => name).toSorted()).toEqual(['gadget', 'tool']);
  });

  test('is unchanged when repomd.xml is, but its signature counts all the same', async () => {
    const previous = { metadataSha256: digest(files.get(REPOMD) ?? ''), newestDate: null };
    expect(await freeze({ previous })).toMatchObject({ result: { kind: 'unchanged' }, found: [] });
    await expect(freeze({ previous, anchors: [repository.gpg.anchor(otherKey)] })).rejects.toMatchObject({
      code: 'unknown-key',
    });
  });

  test('takes an equal date, and no older one', async () => {
    const { result } = await frozen();
    const date = result.date ?? new Date(0);
    const seen = (newestDate: Date) => freeze({ previous: { metadataSha256: 'f'.repeat(64), newestDate } });
    expect((await seen(date)).result.kind).toBe('frozen');
    await expect(seen(new Date(date.getTime() + 1000))).rejects.toMatchObject({ code: 'rolled-back' });
  });

  test.each([
    ['without a signature', () => new Map([...files].filter(([path]) => !path.endsWith('.asc'))), 'unsigned'],
    ['signed by another key', () => signed(repomdText(), otherKey), 'unknown-key'],
    [
      'changed after it was signed',
      () => new Map([...files, [REPOMD, Buffer.from(`${repomdText()} `)]]),
      'bad-signature',
    ],
    ['with a signature that is none', () => new Map([...files, [`${REPOMD}.asc`, Buffer.from('ok')]]), 'malformed'],
    ['that is not there', () => new Map<string, Uint8Array>(), 'missing'],
    ['without end', () => new Map([...files, [REPOMD, new Uint8Array(5 * 1024 * 1024)]]), 'too-large'],
    [
      'from the future',
      () => signed(repomdText().replaceAll(/<timestamp>\d+/g, '<timestamp>9000000000')),
      'from-the-future',
    ],
    [
      'of a time before what was seen, without any date',
      () => signed(repomdText().replaceAll(/<(timestamp|revision)>\d+/g, '<$1>x')),
      'rolled-back',
      { metadataSha256: 'f'.repeat(64), newestDate: new Date(0) },
    ],
    ['without primary', () => signed('<repomd/>'), 'malformed'],
    ['with two primaries', () => signed(repomdText().replace('type="filelists"', 'type="primary"')), 'malformed'],
    ['with broken checksums', () => signed(repomdText().replaceAll('type="sha256"', 'type="sha1"')), 'weak-signature'],
    ['with a path outside', () => signed(repomdText().replace('href="repodata/', 'href="../')), 'unsafe-path'],
    [
      'with entities',
      () => signed(repomdText().replace('<repomd', '<!DOCTYPE r [<!ENTITY a "b">]><repomd')),
      'unsupported',
    ],
    ['that names a file of 5 GB', () => signed(repomdText().replaceAll(/<size>\d+/g, '<size>5000000000')), 'too-large'],
    [
      'whose primary unpacks to 5 GB',
      () => signed(repomdText().replaceAll(/<open-size>\d+/g, '<open-size>5000000000')),
      'too-large',
    ],
    [
      'whose primary is longer than stated',
      () => signed(repomdText().replaceAll(/<open-size>\d+/g, '<open-size>9')),
      'too-large',
    ],
    [
      'whose primary is shorter than stated',
      () => signed(repomdText().replaceAll(/<open-size>\d+/g, '<open-size>99999')),
      'truncated',
    ],
    [
      'whose primary is other than stated',
      () => signed(repomdText().replaceAll(/(<open-checksum type="sha256">)[0-9a-f]{64}/g, `$1${'0'.repeat(64)}`)),
      'wrong-digest',
    ],
    ['with a bomb', () => withPrimary(gzipSync(new Uint8Array(50_000_000)), undefined, { size: 1000 }), 'too-large'],
    ['with an entity bomb', () => withPrimary(gzipSync('<!DOCTYPE m [<!ENTITY a "ha">]><m>&a;</m>')), 'unsupported'],
    [
      'with a primary that is packed otherwise than named',
      () => withPrimary(gzipSync('<metadata/>'), 'primary.xml.xz'),
      'malformed',
    ],
    [
      'with a primary that is packed in an unknown way',
      () => withPrimary(gzipSync('<metadata/>'), 'primary.xml.lz'),
      'unsupported',
    ],
    [
      'with metadata in place of a package',
      () =>
        withPrimary(
          gzipSync(
            `<metadata><package type="rpm"><name>a</name><arch>noarch</arch><version ver="1" rel="1"/><checksum type="sha256">${'a'.repeat(64)}</checksum><size package="1"/><location href="${REPOMD}"/></package></metadata>`,
          ),
        ),
      'malformed',
    ],
  ])('refuses metadata %s', async (_title, hostile, code, previous = null as never) => {
    await expect(freeze({ files: hostile(), previous })).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test.each([
    ['other bytes', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte)), 'wrong-digest'],
    ['fewer bytes', (bytes: Uint8Array) => bytes.subarray(0, -1), 'truncated'],
    ['more bytes', (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.from('x')]), 'too-large'],
    ['no file', () => null, 'missing'],
  ])('refuses a signed list of which upstream has %s', async (_title, change, code) => {
    for (const type of ['primary', 'filelists', 'updateinfo']) {
      const path = [...files.keys()].find((one) => one.includes(`-${type}.`)) ?? '';
      const changed = change(files.get(path) ?? new Uint8Array());
      const hostile = new Map([...files].filter(([one]) => one !== path));
      if (changed !== null) hostile.set(path, changed);
      await expect(freeze({ files: hostile })).rejects.toMatchObject({ code, path });
    }
  });

  test('asks twice when the mirror changes between metadata and signature', async () => {
    const asc = files.get(`${REPOMD}.asc`) ?? new Uint8Array();
    const old = repository.gpg.sign('another state', { by: [repository.fingerprint], kind: 'detached' });
    const changing = new Map(files);
    let asked = 0;
    changing.get = (path) => {
      if (path !== `${REPOMD}.asc`) return files.get(path);
      asked += 1;
      return asked === 1 ? old : asc;
    };
    expect((await freeze({ files: changing })).result.kind).toBe('frozen');
  });

  test('where only packages are signed, asks for no signature of the metadata, but wants a key', async () => {
    const unsigned = new Map([...files].filter(([path]) => !path.endsWith('.asc')));
    const { result } = await frozen({ files: unsigned }, { signature: 'packages' });
    expect(result).toMatchObject({ signedBy: null, metadataSha256: digest(files.get(REPOMD) ?? '') });
    expect(result.files.some(({ path }) => path.endsWith('.asc'))).toBe(false);
    await expect(freeze({ files: unsigned, anchors: [] }, { signature: 'packages' })).rejects.toMatchObject({
      code: 'unknown-key',
    });
  });

  test('fetches files whose size is not stated', async () => {
    const path = [...files.keys()].find((one) => one.includes('-other.')) ?? '';
    const repomd = repomdText().replace(/(?<=type="other">[^]*?)<size>\d+<\/size>/, '');
    const { result } = await frozen({ files: signed(repomd) });
    expect(result.files.some((file) => file.path === path)).toBe(true);
  });

  test('a mirror list brings more addresses; one that is broken matters only where there is no other', async () => {
    const mirrorList = 'https://lists.example/mirrors?repo=x';
    const list = new Map([...files, [mirrorList, Buffer.from('http://a.example/x\nhttps://b.example/x/\n')]]);
    const { result, context } = await frozen({ files: list }, { mirrorList });
    expect(result.mirrors).toEqual(['https://b.example/x/', 'http://a.example/x/']);
    expect(context.mirrors.map(String)).toEqual(result.mirrors);
    const broken = new Map([...files, [mirrorList, Buffer.from('<html><body>no</body></html>')]]);
    expect((await freeze({ files: broken }, { mirrorList })).context.messages[0]).toContain('mirror list');
    await expect(freeze({ files: broken }, { mirrorList, uris: [] })).rejects.toMatchObject({ code: 'malformed' });
    await expect(freeze({}, { mirrorList, uris: [] })).rejects.toMatchObject({ code: 'missing' });
  });
});
