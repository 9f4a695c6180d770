import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createMemoryContext,
  createSignedAptRepository,
  type AptPublication,
  type SignedAptRepository,
} from '../../testing/index.ts';
import { packInTest } from '../../testing/pack-in-test.ts';
import { aptFormat } from './index.ts';
import { faultInTest, freezeInTest, type FreezeSettings } from './testing/freeze-in-test.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const BEFORE = new Date('2026-02-01T12:00:00Z');
const INDEX = 'main/binary-amd64/Packages';
/** Packed without a program of its own. */
const QUICK: AptPublication = { packings: ['plain', 'gzip'] };

let repository: SignedAptRepository;
let stranger: string;

beforeAll(async () => {
  repository = await createSignedAptRepository();
  stranger = repository.gpg.createKey({ userId: 'Stranger <stranger@example.org>' });
  await repository.build({ name: 'hello', version: '1:2.0-1', architecture: 'amd64' });
  await repository.build({ name: 'libhello0', version: '2.0-1+b1', source: 'hello-source (2.0-1)' });
});
afterAll(() => repository.close());

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
    expect(await faultInTest(repository, settings)).toMatch(expected);
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
    expect(await faultInTest(repository)).toMatch(expected);
  });

  test('signed by a key that nobody approved', async () => {
    await repository.publish({ ...QUICK, signedBy: [stranger] });
    expect(await faultInTest(repository)).toMatch(new RegExp(`^unknown-key: .*${stranger.slice(-16)}`));
    await repository.publish({ ...QUICK, signedBy: [stranger, repository.fingerprint] });
    expect((await freezeInTest(repository)).result).toMatchObject({ signedBy: repository.fingerprint });
  });

  test('older than what was seen, though validly signed', async () => {
    const previous = { metadataSha256: 'f'.repeat(64), newestDate: NOW };
    await repository.publish({ ...QUICK, date: BEFORE });
    expect(await faultInTest(repository, { previous })).toMatch(
      /^rolled-back: .*2026-02-01T12:00:00.000Z.*2026-03-01T12:00:00.000Z/,
    );
    await repository.publish({ ...QUICK, date: NOW });
    expect((await freezeInTest(repository, { previous })).result.kind).toBe('frozen');
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
    expect(await faultInTest(repository, { tamper })).toMatch(expected);
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
