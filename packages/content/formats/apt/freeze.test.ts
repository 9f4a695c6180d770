import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ContentFault,
  type FreezeResult,
  type PreviousRevision,
  type RepositoryDefinition,
  type RepositoryPackage,
  type TrustAnchor,
} from '../../model/index.ts';
import {
  createMemoryContext,
  createSignedAptRepository,
  type AptPublication,
  type BuiltDeb,
  type MemoryContext,
  type SignedAptRepository,
} from '../../testing/index.ts';
import { packInTest } from '../../testing/pack-in-test.ts';
import { aptFormat } from './index.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const BEFORE = new Date('2026-02-01T12:00:00Z');
const INDEX = 'main/binary-amd64/Packages';
/** Packed without a program of its own. */
const QUICK: AptPublication = { packings: ['plain', 'gzip'] };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Frozen {
  readonly result: FreezeResult;
  readonly packages: readonly RepositoryPackage[];
  readonly context: MemoryContext;
}

let repository: SignedAptRepository;
let stranger: string;
let hello: BuiltDeb;
let library: BuiltDeb;

beforeAll(async () => {
  repository = await createSignedAptRepository();
  stranger = repository.gpg.createKey({ userId: 'Stranger <stranger@example.org>' });
  hello = await repository.build({ name: 'hello', version: '1:2.0-1', architecture: 'amd64' });
  library = await repository.build({ name: 'libhello0', version: '2.0-1+b1', source: 'hello-source (2.0-1)' });
});
afterAll(() => repository.close());

interface FreezeSettings {
  readonly definition?: Partial<RepositoryDefinition>;
  readonly anchors?: readonly TrustAnchor[];
  readonly previous?: PreviousRevision;
  readonly now?: Date;
  readonly tamper?: (files: Map<string, Uint8Array>) => void;
  readonly of?: SignedAptRepository;
}

/** GnuPG signs at the real time, so that is the time where nothing else is said. */
async function freeze(settings: FreezeSettings = {}): Promise<Frozen> {
  const of = settings.of ?? repository;
  const files = await of.files();
  settings.tamper?.(files);
  const context = createMemoryContext({
    files,
    anchors: settings.anchors ?? [of.anchor],
    previous: settings.previous ?? null,
    now: settings.now ?? new Date(),
    pieceBytes: 7,
  });
  const packages: RepositoryPackage[] = [];
  const definition = { ...of.definition, ...settings.definition };
  const result = await aptFormat.freeze(definition, context, (found) => void packages.push(found));
  return { result, packages, context };
}

async function faultOf(settings: FreezeSettings = {}): Promise<string> {
  try {
    await freeze(settings);
  } catch (error) {
    if (error instanceof ContentFault) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no fault';
}

describe('a suite', () => {
  test('is frozen with its signed file, its index by name and by digest, and all packages', async () => {
    await repository.publish({ date: BEFORE, validUntil: new Date('2099-01-01T00:00:00Z') });
    const { result, packages, context } = await freeze();
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
    const first = await freeze();
    if (first.result.kind !== 'frozen') throw new Error('not frozen');
    const previous = { metadataSha256: first.result.metadataSha256, newestDate: first.result.date };
    const { result, packages, context } = await freeze({ previous });
    expect({ result, packages, asked: context.asked }).toEqual({
      result: { kind: 'unchanged' },
      packages: [],
      asked: ['dists/stable/InRelease'],
    });
  });

  test('that stays as it was is stale all the same once its time is over', async () => {
    await repository.publish({ validUntil: new Date(Date.now() + 3600_000) });
    const first = await freeze();
    if (first.result.kind !== 'frozen') throw new Error('not frozen');
    const previous = { metadataSha256: first.result.metadataSha256, newestDate: first.result.date };
    expect(await faultOf({ previous, now: new Date(Date.now() + 7200_000) })).toMatch(/^expired: /);
  });

  test('with Release and Release.gpg only is frozen under Release', async () => {
    await repository.publish({ form: 'Release' });
    const { result, context } = await freeze();
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
    expect((await freeze({ previous })).result).toEqual({ kind: 'unchanged' });
  });

  test('without by-hash is asked by name, and clients have names only', async () => {
    await repository.publish({ byHash: false });
    const { result, context } = await freeze();
    expect(context.asked).toEqual(['dists/stable/InRelease', `dists/stable/${INDEX}.xz`]);
    if (result.kind !== 'frozen') throw new Error('not frozen');
    expect([...result.files, ...result.onDemand].filter(({ path }) => path.includes('by-hash'))).toEqual([]);
  });

  test('whose Release lists SHA-512 too has that path first: apt asks by the strongest digest', async () => {
    await repository.publish({ digests: ['SHA256', 'SHA512'] });
    const { result, context } = await freeze();
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
    const { packages, context } = await freeze();
    expect(packages.map(({ name }) => name)).toEqual(['hello', 'libhello0']);
    expect(context.asked[1]).toBe(`dists/stable/${INDEX}${suffix}`);
  });

  test('lists translations and the like for those who ask', async () => {
    await repository.publish({ extra: { 'main/i18n/Translation-en': 'Package: hello\n', 'main/Contents-amd64': '' } });
    const { result } = await freeze();
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
    const { packages } = await freeze({ definition: { architectures: ['riscv64', 'amd64'] } });
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
    const both = await freeze();
    expect(both.packages.map(({ name }) => name)).toEqual(['hello', 'libhello0']);
    await repository.publish({ packings, changeFiles: withAll, byHash: false });
    const one = await freeze();
    expect(one.packages.map(({ name }) => name)).toEqual(['hello']);
    expect(one.context.asked).not.toContain('dists/stable/main/binary-all/Packages');
  });

  test('of the security archive’s old kind is found by its short component', async () => {
    await repository.publish({ changeRelease: (text) => text.replace('Components: main', 'Components: updates/main') });
    expect((await freeze()).packages).toHaveLength(2);
  });

  test('a package that two indexes list with the same bytes is emitted once', async () => {
    const twice = `${hello.stanza}\n${library.stanza}\n\n\n${hello.stanza}`;
    await repository.publish({ changeIndex: () => twice });
    expect((await freeze()).packages.map(({ name }) => name)).toEqual(['hello', 'libhello0']);
  });
});

describe('a hostile or broken upstream', () => {
  beforeAll(() => repository.publish(QUICK));

  const refuse = (path: string) => (files: Map<string, Uint8Array>) => {
    if (!files.delete(path)) throw new Error(`there is no ${path}`);
  };
  const INRELEASE = 'dists/stable/InRelease';

  test.each<[string, FreezeSettings, RegExp]>([
    ['nothing is there', { tamper: refuse(INRELEASE) }, /^missing: .*correct the repository's address and suite/],
    ['no key is approved', { anchors: [] }, /^unknown-key: dists\/stable\/InRelease is signed by key [0-9A-F]{16}/],
    ['another suite is asked for', { definition: { suite: '../stable' } }, /^unsafe-path: /],
    ['a suite leaves the archive', { definition: { suite: '../../etc' } }, /^unsafe-path: /],
    ['a component leaves the archive', { definition: { components: ['../../x'] } }, /^missing: .* only main/],
    [
      'a component is not there',
      { definition: { components: ['main', 'contrib'] } },
      /^missing: .*no component contrib, only main/,
    ],
    ['no component is chosen', { definition: { components: [] } }, /^missing: no component was chosen: .* has main/],
    [
      'no architecture fits',
      { definition: { architectures: ['riscv64'] } },
      /^missing: .*all, amd64, and riscv64 was asked/,
    ],
    ['the clock is behind', { now: NOW }, /^from-the-future: /],
    [
      'a letter of the signed text is changed',
      { tamper: (files) => files.set(INRELEASE, replaced(files.get(INRELEASE), 'Label: Test', 'Label: Tast')) },
      /^bad-signature: /,
    ],
    [
      'text stands before the signed one',
      {
        tamper: (files) =>
          files.set(INRELEASE, Buffer.concat([Buffer.from('Suite: x\n'), files.get(INRELEASE) ?? Buffer.alloc(0)])),
      },
      /^malformed: /,
    ],
    [
      'an InRelease is endless',
      { tamper: (files) => files.set(INRELEASE, new Uint8Array(17_000_000)) },
      /^too-large: /,
    ],
  ])('%s', async (_title, settings, expected) => {
    expect(await faultOf(settings)).toMatch(expected);
  });

  const INDEX_GZ = `dists/stable/${INDEX}.gz`;
  test.each<[string, AptPublication, RegExp]>([
    ['unsigned', { form: 'unsigned' }, /^unsigned: .*neither InRelease nor dists\/stable\/Release\.gpg/],
    [
      'its time is over',
      { validUntil: new Date('2026-02-02T00:00:00Z') },
      /^expired: .*until 2026-02-02T00:00:00.000Z/,
    ],
    ['of time to come', { date: new Date(Date.now() + 3600_000) }, /^from-the-future: /],
    ['without a date', { changeRelease: (text) => text.replace(/Date:.*\n/, '') }, /^malformed: .*Date is missing/],
    [
      'with no real date',
      { changeRelease: (text) => text.replace(/Date:.*\n/, 'Date: Tue, 31 Feb 2026 10:00:00 UTC\n') },
      /^malformed: .*Date/,
    ],
    [
      'with an unreadable end',
      { changeRelease: (text) => `Valid-Until: tomorrow\n${text}` },
      /^malformed: .*Valid-Until is "tomorrow"/,
    ],
    [
      'of another suite',
      { changeRelease: (text) => text.replace('Suite: stable', 'Suite: unstable') },
      /^malformed: .*suite unstable, codename testing-codename, where stable was asked for/,
    ],
    ['only MD5 and SHA-1', { digests: ['MD5Sum', 'SHA1'] }, /^weak-signature: .*no SHA-256/],
    ['only SHA-512', { digests: ['SHA512'] }, /^unsupported: /],
    ['two paragraphs', { changeRelease: (text) => `${text}\nOrigin: Evil\n` }, /^malformed: .*more than one paragraph/],
    ['a field twice', { changeRelease: (text) => `Origin: Evil\n${text}` }, /^malformed: .*origin twice/],
    ['a path that leaves', { extra: { '../../../etc/passwd': 'x' } }, /^unsafe-path: /],
    [
      'a path listed twice',
      { changeRelease: (text) => `${text} ${'a'.repeat(64)} 3 ${INDEX}\n` },
      /^malformed: .*twice, with different digests/,
    ],
    [
      'no index for us',
      { changeRelease: (text) => text.replaceAll('binary-amd64', 'binary-arm64') },
      /^missing: .*lists no main\/binary-amd64\/Packages/,
    ],
    ['an index that apt would pass over', { packings: ['gzip'] }, /^missing: .*lists no main\/binary-amd64\/Packages$/],
    [
      'an index of 5 GB',
      { changeRelease: (text) => text.replace(/ \d+ (main\/binary-amd64\/Packages)$/gm, ' 5000000000 $1') },
      /^too-large: .*5000000000 unpacked/,
    ],
    [
      'Filename leaves',
      { changeIndex: (text) => text.replace(/Filename: .*/, 'Filename: ../../etc/cron.d/x') },
      /^unsafe-path: .*Filename of hello/,
    ],
    [
      'Filename is absolute',
      { changeIndex: (text) => text.replace(/Filename: .*/, 'Filename: /etc/cron.d/x') },
      /^unsafe-path: /,
    ],
    [
      'Filename hides dots',
      { changeIndex: (text) => text.replace(/Filename: .*/, 'Filename: pool/%2e%2E/x') },
      /^unsafe-path: /,
    ],
    [
      'Filename is another address',
      { changeIndex: (text) => text.replace(/Filename: .*/, 'Filename: http://evil.example/x') },
      /^unsafe-path: /,
    ],
    [
      'Filename is missing',
      { changeIndex: (text) => text.replace(/Filename: .*\n/, '') },
      /^unsafe-path: .*names no file/,
    ],
    [
      'Filename is over-long',
      { changeIndex: (text) => text.replace(/Filename: .*/, `Filename: ${'x/'.repeat(3000)}`) },
      /^unsafe-path: /,
    ],
    [
      'a package without SHA-256',
      { changeIndex: (text) => text.replace(/SHA256: .*\n/, '') },
      /^weak-signature: .*no SHA-256 of hello/,
    ],
    ['half a digest', { changeIndex: (text) => text.replace(/SHA256: ..../, 'SHA256: ') }, /^malformed: .*SHA256/],
    ['a size that is none', { changeIndex: (text) => text.replace(/Size: /, 'Size: -') }, /^malformed: .*Size "-/],
    ['a size beyond all', { changeIndex: (text) => text.replace(/Size: \d+/, 'Size: 99999999999999') }, /^too-large: /],
    [
      'a name that terminals obey',
      { changeIndex: (text) => text.replace('Package: hello', 'Package: he\u001b[2Jllo') },
      /^malformed: .*Package/,
    ],
    [
      'a version with a blank',
      { changeIndex: (text) => text.replace('Version: 1:', 'Version: 1 :') },
      /^malformed: .*Version/,
    ],
    [
      'no architecture',
      { changeIndex: (text) => text.replace('Architecture: amd64\n', '') },
      /^malformed: .*Architecture ""/,
    ],
    [
      'two paragraphs run together',
      { changeIndex: (text) => text.replace('\n\n', '\n') },
      /^malformed: .*field package twice/,
    ],
    [
      'an index that is a web page',
      { changeIndex: () => '<html><body>Not found</body></html>' },
      /^malformed: .*no field/,
    ],
    [
      'an endless paragraph',
      { changeIndex: (text) => `${text}X-Long: ${'x'.repeat(3_000_000)}` },
      /^too-large: .*paragraph/,
    ],
    [
      'equal versions with other bytes',
      { changeIndex: (text) => `${text}\n${stanzaOf(text).replace(/SHA256: .*/, `SHA256: ${'b'.repeat(64)}`)}` },
      /^same-version-other-bytes: .*hello 1:2\.0-1 \(amd64\)/,
    ],
    [
      'one path for two files',
      {
        changeIndex: (text) =>
          `${text}\n${stanzaOf(text)
            .replace('1:2.0', '1:2.1')
            .replace(/SHA256: .*/, `SHA256: ${'b'.repeat(64)}`)}`,
      },
      /^malformed: .*two different files/,
    ],
    ['a bomb', { changeFiles: bomb }, /^too-large: .*unpacks to more than \d+ bytes/],
    [
      'a packed index of other content',
      { changeFiles: (files) => files.set(INDEX, Buffer.alloc(files.get(INDEX)?.length ?? 0, 'x')) },
      /^wrong-digest: .*unpacks to other bytes/,
    ],
    [
      'a cut packed index',
      { changeFiles: (files) => files.set(`${INDEX}.gz`, (files.get(`${INDEX}.gz`) ?? new Uint8Array()).slice(0, -9)) },
      /^malformed: /,
    ],
  ])('%s', async (_title, publication, expected) => {
    await repository.publish({ ...QUICK, ...publication });
    expect(await faultOf()).toMatch(expected);
  });

  test('signed by a key that nobody approved', async () => {
    await repository.publish({ ...QUICK, signedBy: [stranger] });
    expect(await faultOf()).toMatch(new RegExp(`^unknown-key: .*${stranger.slice(-16)}`));
    await repository.publish({ ...QUICK, signedBy: [stranger, repository.fingerprint] });
    expect((await freeze()).result).toMatchObject({ signedBy: repository.fingerprint });
  });

  test('older than what was seen, though validly signed', async () => {
    const previous = { metadataSha256: 'f'.repeat(64), newestDate: NOW };
    await repository.publish({ ...QUICK, date: BEFORE });
    expect(await faultOf({ previous })).toMatch(/^rolled-back: .*2026-02-01T12:00:00.000Z.*2026-03-01T12:00:00.000Z/);
    await repository.publish({ ...QUICK, date: NOW });
    expect((await freeze({ previous })).result.kind).toBe('frozen');
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array | null, RegExp]>([
    ['not there', () => null, /^missing: /],
    ['cut off', (bytes) => bytes.subarray(0, 20), /^truncated: /],
    ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')]), /^too-large: /],
    ['changed in one byte', (bytes) => bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte)), /^wrong-digest: /],
  ])('an index that is %s is asked once more and then refused', async (_title, change, expected) => {
    await repository.publish({ ...QUICK, byHash: false });
    const tamper = (files: Map<string, Uint8Array>): void => {
      const changed = change(files.get(INDEX_GZ) ?? new Uint8Array());
      if (changed === null) files.delete(INDEX_GZ);
      else files.set(INDEX_GZ, changed);
    };
    expect(await faultOf({ tamper })).toMatch(expected);
  });

  test('its damaged InRelease is no reason to look for a Release', async () => {
    await repository.publish({ ...QUICK, form: 'Release' });
    const files = await repository.files();
    files.set(INRELEASE, Buffer.from('<html>'));
    const context = createMemoryContext({ files, anchors: [repository.anchor] });
    await expect(aptFormat.freeze(repository.definition, context, () => {})).rejects.toMatchObject({
      code: 'unsigned',
    });
    expect(context.asked).toEqual([INRELEASE]);
  });

  test('a freeze that is called off ends', async () => {
    await repository.publish(QUICK);
    const stop = new AbortController();
    const context = createMemoryContext({
      files: await repository.files(),
      anchors: [repository.anchor],
      signal: stop.signal,
    });
    stop.abort(new Error('called off'));
    await expect(aptFormat.freeze(repository.definition, context, () => {})).rejects.toThrow('called off');
  });

  test('a receiver that fails ends it', async () => {
    await repository.publish(QUICK);
    const context = createMemoryContext({ files: await repository.files(), anchors: [repository.anchor] });
    const full = (): Promise<void> => Promise.reject(new Error('database full'));
    await expect(aptFormat.freeze(repository.definition, context, full)).rejects.toThrow('database full');
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
      const { result, packages } = await freeze({ of: flat });
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

/** 64 MB of nothing in a few kB, where the Release says how long the plain file is. */
function bomb(files: Map<string, Uint8Array>): void {
  files.set(`${INDEX}.gz`, packInTest(Buffer.alloc(64_000_000), 'gzip'));
}

function stanzaOf(index: string): string {
  return index.slice(0, index.indexOf('\n\n') + 1);
}

function replaced(bytes: Uint8Array | undefined, from: string, to: string): Uint8Array {
  const text = Buffer.from(bytes ?? new Uint8Array()).toString('latin1');
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to), 'latin1');
}
