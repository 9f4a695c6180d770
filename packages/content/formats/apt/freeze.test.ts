import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createMemoryContext,
  createSignedAptRepository,
  type BuiltDeb,
  type SignedAptRepository,
} from '../../testing/index.ts';
import { aptFormat } from './index.ts';
import { faultInTest, freezeInTest, sha256 } from './testing/freeze-in-test.ts';

const BEFORE = new Date('2026-02-01T12:00:00Z');
const INDEX = 'main/binary-amd64/Packages';

let repository: SignedAptRepository;
let hello: BuiltDeb;
let library: BuiltDeb;

beforeAll(async () => {
  repository = await createSignedAptRepository();
  hello = await repository.build({ name: 'hello', version: '1:2.0-1', architecture: 'amd64' });
  library = await repository.build({ name: 'libhello0', version: '2.0-1+b1', source: 'hello-source (2.0-1)' });
});
afterAll(() => repository.close());

describe('a suite', () => {
  test('is frozen with its signed file, its index by name and by digest, and all packages', async () => {
    await repository.publish({ date: BEFORE, validUntil: new Date('2099-01-01T00:00:00Z') });
    const { result, packages, context } = await freezeInTest(repository);
    const files = await repository.files();
    const inRelease = files.get('dists/stable/InRelease') ?? new Uint8Array();
    const index = files.get(`dists/stable/${INDEX}.xz`) ?? new Uint8Array();
    const kept = { sha256: sha256(index), sizeBytes: index.length };
    const byHash = `dists/stable/main/binary-amd64/by-hash/SHA256`;
    const listed = ['', '.gz'].map((suffix) => {
      const bytes = files.get(`dists/stable/${INDEX}${suffix}`) ?? new Uint8Array();
      const check = { kind: 'sha256', sha256: sha256(bytes), sizeBytes: bytes.length };
      return [
        { path: `${byHash}/${check.sha256}`, check },
        { path: `dists/stable/${INDEX}${suffix}`, check },
      ];
    });
    expect(result).toEqual({
      kind: 'frozen',
      metadataPath: 'dists/stable/InRelease',
      metadataSha256: sha256(inRelease),
      signedBy: repository.fingerprint,
      date: BEFORE,
      validUntil: new Date('2099-01-01T00:00:00Z'),
      labels: { Origin: 'Test', Label: 'Test archive', Suite: 'stable', Codename: 'testing-codename' },
      files: [
        { path: 'dists/stable/InRelease', sha256: sha256(inRelease), sizeBytes: inRelease.length },
        { path: `dists/stable/${INDEX}.xz`, ...kept },
        { path: `${byHash}/${kept.sha256}`, ...kept },
      ],
      onDemand: listed.flat(),
    });
    expect(packages).toEqual([
      {
        path: hello.path,
        name: 'hello',
        version: '1:2.0-1',
        architecture: 'amd64',
        source: 'hello',
        sourceVersion: '1:2.0-1',
        sizeBytes: hello.bytes.length,
        check: { kind: 'sha256', sha256: sha256(hello.bytes), sizeBytes: hello.bytes.length },
      },
      {
        path: library.path,
        name: 'libhello0',
        version: '2.0-1+b1',
        architecture: 'all',
        source: 'hello-source',
        sourceVersion: '2.0-1',
        sizeBytes: library.bytes.length,
        check: { kind: 'sha256', sha256: sha256(library.bytes), sizeBytes: library.bytes.length },
      },
    ]);
    expect(context.asked).toEqual(['dists/stable/InRelease', `${byHash}/${kept.sha256}`]);
    expect(context.stored.get(sha256(inRelease))).toEqual(inRelease);
  });

  test('costs one request while its signed file has the bytes of before', async () => {
    await repository.publish();
    const first = await freezeInTest(repository);
    if (first.result.kind !== 'frozen') throw new Error('not frozen');
    const previous = { metadataSha256: first.result.metadataSha256, newestDate: first.result.date };
    const { result, packages, context } = await freezeInTest(repository, { previous });
    expect({ result, packages, asked: context.asked }).toEqual({
      result: { kind: 'unchanged' },
      packages: [],
      asked: ['dists/stable/InRelease'],
    });
  });

  test('that stays as it was is stale all the same once its time is over', async () => {
    await repository.publish({ validUntil: new Date(Date.now() + 3600_000) });
    const first = await freezeInTest(repository);
    if (first.result.kind !== 'frozen') throw new Error('not frozen');
    const previous = { metadataSha256: first.result.metadataSha256, newestDate: first.result.date };
    expect(await faultInTest(repository, { previous, now: new Date(Date.now() + 7200_000) })).toMatch(/^expired: /);
  });

  test('with Release and Release.gpg only is frozen under Release', async () => {
    await repository.publish({ form: 'Release' });
    const { result, context } = await freezeInTest(repository);
    expect(context.asked.slice(0, 3)).toEqual([
      'dists/stable/InRelease',
      'dists/stable/Release',
      'dists/stable/Release.gpg',
    ]);
    expect(result).toMatchObject({ metadataPath: 'dists/stable/Release', signedBy: repository.fingerprint });
    if (result.kind !== 'frozen') throw new Error('not frozen');
    expect(result.files.map(({ path }) => path).slice(0, 2)).toEqual([
      'dists/stable/Release',
      'dists/stable/Release.gpg',
    ]);
    const previous = { metadataSha256: result.metadataSha256, newestDate: result.date };
    expect((await freezeInTest(repository, { previous })).result).toEqual({ kind: 'unchanged' });
  });

  test('without by-hash is asked by name, and clients have names only', async () => {
    await repository.publish({ byHash: false });
    const { result, context } = await freezeInTest(repository);
    expect(context.asked).toEqual(['dists/stable/InRelease', `dists/stable/${INDEX}.xz`]);
    if (result.kind !== 'frozen') throw new Error('not frozen');
    expect([...result.files, ...result.onDemand].filter(({ path }) => path.includes('by-hash'))).toEqual([]);
  });

  test('whose Release lists SHA-512 too has that path first: apt asks by the strongest digest', async () => {
    await repository.publish({ digests: ['SHA256', 'SHA512'] });
    const { result, context } = await freezeInTest(repository);
    expect(context.asked[1]).toMatch(/^dists\/stable\/main\/binary-amd64\/by-hash\/SHA512\/[0-9a-f]{128}$/);
    if (result.kind !== 'frozen') throw new Error('not frozen');
    expect(result.files.map(({ path }) => path.replace(/[0-9a-f]{64,}$/, 'H'))).toEqual([
      'dists/stable/InRelease',
      `dists/stable/${INDEX}.xz`,
      'dists/stable/main/binary-amd64/by-hash/SHA512/H',
      'dists/stable/main/binary-amd64/by-hash/SHA256/H',
    ]);
  });

  test.each([
    [['plain', 'gzip', 'xz'], '.xz'],
    [['plain', 'gzip', 'zstd'], '.gz'],
    [['plain', 'gzip', 'bzip2'], '.bz2'],
    [['plain', 'zstd'], '.zst'],
    [['plain'], ''],
  ] as const)('that has %j is read as%s, which apt would ask for', async (packings, suffix) => {
    await repository.publish({ packings, byHash: false });
    const { packages, context } = await freezeInTest(repository);
    expect(packages.map(({ name }) => name)).toEqual(['hello', 'libhello0']);
    expect(context.asked[1]).toBe(`dists/stable/${INDEX}${suffix}`);
  });

  test('lists translations and the like for those who ask', async () => {
    await repository.publish({ extra: { 'main/i18n/Translation-en': 'Package: hello\n', 'main/Contents-amd64': '' } });
    const { result } = await freezeInTest(repository);
    if (result.kind !== 'frozen') throw new Error('not frozen');
    const text = Buffer.from('Package: hello\n');
    const check = { kind: 'sha256', sha256: sha256(text), sizeBytes: text.length };
    expect(result.onDemand).toContainEqual({ path: 'dists/stable/main/i18n/Translation-en', check });
    expect(result.onDemand).toContainEqual({
      path: `dists/stable/main/i18n/by-hash/SHA256/${check.sha256}`,
      check,
    });
    expect(result.onDemand.map(({ path }) => path)).toContain('dists/stable/main/Contents-amd64');
  });

  test('published while it is fetched is asked again', async () => {
    await repository.publish({ byHash: false, date: BEFORE, packages: [hello] });
    const old = (await repository.files()).get('dists/stable/InRelease') ?? new Uint8Array();
    await repository.publish({ byHash: false });
    const files = await repository.files();
    let asked = 0;
    const get = files.get.bind(files);
    files.get = (path) => (path.endsWith('InRelease') && asked++ === 0 ? old : get(path));
    const context = createMemoryContext({ files, anchors: [repository.anchor] });
    const packages: string[] = [];
    const result = await aptFormat.freeze(repository.definition, context, ({ name }) => void packages.push(name));
    expect(result).toMatchObject({ kind: 'frozen', metadataSha256: sha256(get('dists/stable/InRelease') ?? old) });
    expect(packages).toEqual(['hello', 'libhello0']);
  });

  test('skips architectures that the vendor does not build for, while one is left', async () => {
    await repository.publish();
    const { packages } = await freezeInTest(repository, { definition: { architectures: ['riscv64', 'amd64'] } });
    expect(packages).toHaveLength(2);
  });

  test('has an index for all architectures only where its Release says so', async () => {
    const separate = (text: string): string => text.replace('No-Support-for-Architecture-all: Packages\n', '');
    const withAll = (files: Map<string, Uint8Array>): void => {
      files.set(INDEX, Buffer.from(hello.stanza));
      files.set('main/binary-all/Packages', Buffer.from(library.stanza));
    };
    const packings = ['plain'] as const;
    await repository.publish({ packings, changeFiles: withAll, changeRelease: separate, byHash: false });
    const both = await freezeInTest(repository);
    expect(both.packages.map(({ name }) => name)).toEqual(['hello', 'libhello0']);
    await repository.publish({ packings, changeFiles: withAll, byHash: false });
    const one = await freezeInTest(repository);
    expect(one.packages.map(({ name }) => name)).toEqual(['hello']);
    expect(one.context.asked).not.toContain('dists/stable/main/binary-all/Packages');
  });

  test('of the security archive’s old kind is found by its short component', async () => {
    await repository.publish({ changeRelease: (text) => text.replace('Components: main', 'Components: updates/main') });
    expect((await freezeInTest(repository)).packages).toHaveLength(2);
  });

  test('a package that two indexes list with the same bytes is emitted once', async () => {
    const twice = `${hello.stanza}\n${library.stanza}\n\n\n${hello.stanza}`;
    await repository.publish({ changeIndex: () => twice });
    expect((await freezeInTest(repository)).packages.map(({ name }) => name)).toEqual(['hello', 'libhello0']);
  });
});

describe('a flat repository', () => {
  test.each(['./', '/', 'sub/folder/'])('at %s has one index for all architectures', async (suite) => {
    const flat = await createSignedAptRepository({ suite, gpg: repository.gpg });
    try {
      await flat.build({ name: 'tool', version: '1', architecture: 'amd64' });
      await flat.build({ name: 'tool', version: '1', architecture: 'arm64' });
      await flat.build({ name: 'tool-data', version: '1' });
      await flat.publish({
        byHash: false,
        changeIndex: (text) => text.replaceAll('Filename: pool', 'Filename: ./pool'),
      });
      const { result, packages } = await freezeInTest(flat);
      const base = suite === 'sub/folder/' ? suite : '';
      if (result.kind !== 'frozen') throw new Error('not frozen');
      expect(result.metadataPath).toBe(`${base}InRelease`);
      expect(result.files.map(({ path }) => path)).toEqual([`${base}InRelease`, `${base}Packages.xz`]);
      expect(packages.map(({ path }) => path)).toEqual([
        'pool/main/t/tool/tool_1_amd64.deb',
        'pool/main/t/tool-data/tool-data_1_all.deb',
      ]);
    } finally {
      await flat.close();
    }
  });
});
