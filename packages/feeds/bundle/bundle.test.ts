import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { Advisory, Fact } from '@thimble/advisories';
import { generateSigningKey, signEnvelope } from '@thimble/protocol/signing';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAdvisories, openAdvisories } from '../sqlite/index.ts';
import { makeAdvisory, makeEpss, makeKev } from '../testing/index.ts';
import { exportBundle } from './export-bundle.ts';
import { importBundle, type ImportOptions } from './import-bundle.ts';
import { BUNDLE_PAYLOAD_TYPE } from './manifest.ts';

const KEY = generateSigningKey();
const OTHER = generateSigningKey();
const DAY = (day: number) => new Date(Date.UTC(2026, 0, day));
const OPENSSL = { namespace: 'debian:12', nameKind: 'source', name: 'openssl' } as const;

let directory: string;
let bundle: string;
let source: LocalAdvisories;
let target: LocalAdvisories;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-bundle-'));
  bundle = join(directory, 'bundle');
  mkdirSync(join(directory, 'temporary'));
  source = openAdvisories(join(directory, 'source'), 'write');
  target = openAdvisories(join(directory, 'target'), 'write');
});
afterEach(() => {
  source.close();
  target.close();
  expect(readdirSync(join(directory, 'temporary'))).toEqual([]);
  rmSync(directory, { recursive: true, force: true });
});

async function put(
  store: LocalAdvisories,
  feed: string,
  day: number,
  advisories: readonly Advisory[],
  facts: readonly Fact[] = [],
) {
  const writer = await store.write(feed, 'snapshot');
  await writer.advisories(advisories);
  await writer.facts(facts);
  await writer.commit({ watermark: `w${day}`, validators: new Map(), syncedAt: DAY(day), faultCount: 3, faults: [] });
}

const many = (count: number) => Array.from({ length: count }, (_, index) => makeAdvisory(`A-${index}`));
const ofTwo = (id: string) => makeAdvisory(id, { provenance: { feed: 'two', record: id, sha256: 'b'.repeat(64) } });

async function exported(feeds: readonly string[] | null = null) {
  const chunks: Uint8Array[] = [];
  const manifest = await exportBundle(
    {
      records: source,
      feeds,
      key: KEY,
      now: DAY(20),
      producer: 'Thimble/test',
      temporaryDirectory: join(directory, 'temporary'),
      signal: new AbortController().signal,
    },
    async (chunk) => void chunks.push(chunk),
  );
  writeFileSync(bundle, Buffer.concat(chunks));
  return manifest;
}

const imported = (options: Partial<ImportOptions> = {}) =>
  importBundle(bundle, { store: target, trusted: [KEY.keyid], signal: new AbortController().signal, ...options });

describe('a bundle', () => {
  it.each([
    ['a fingerprint', KEY.keyid],
    ['a fingerprint in capitals', KEY.keyid.toUpperCase()],
    ['a public key', KEY.publicKey],
  ])('carries everything that is valid, and is trusted by %s', async (_, trusted) => {
    await put(source, 'one', 1, many(1300), [makeEpss('CVE-1-1', 0.5), makeKev('CVE-1-2', 'x')]);
    await put(source, 'one', 3, many(1200), [makeEpss('CVE-1-1', 0.5), makeKev('CVE-1-2', 'x')]);
    await put(source, 'two', 2, [ofTwo('B-1')]);
    const manifest = await exported();
    const result = await imported({ trusted: [OTHER.keyid, trusted] });
    expect(result.manifest).toEqual(manifest);
    expect(result.feeds).toMatchObject([
      { feed: 'one', outcome: 'updated', before: null, after: { advisoryCount: 1200, factCount: 2 } },
      { feed: 'two', outcome: 'updated', after: { advisoryCount: 1 } },
    ]);
    for (const feed of ['one', 'two'])
      expect(await Array.fromAsync(target.records(feed))).toEqual(await Array.fromAsync(source.records(feed)));
    expect(await target.state('one')).toMatchObject({ syncedAt: DAY(3), watermark: 'w3', failure: null });
  });

  it('may carry some feeds only', async () => {
    await put(source, 'one', 1, many(3));
    await put(source, 'two', 2, [ofTwo('B-1')]);
    expect((await exported(['two'])).feeds.map(({ feed }) => feed)).toEqual(['two']);
  });

  it('ends what the one before had, and says what was there', async () => {
    await put(source, 'one', 1, many(3));
    await exported();
    await imported();
    await put(source, 'one', 2, many(2));
    await exported();
    expect((await imported()).feeds).toMatchObject([
      { before: { advisoryCount: 3, syncedAt: DAY(1) }, after: { advisoryCount: 2 } },
    ]);
    expect(await target.claims([OPENSSL])).toHaveLength(2);
    expect(await target.claims([OPENSSL], { asOf: DAY(1) })).toHaveLength(3);
    expect((await imported()).feeds).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('that is older than what is there is refused, unless forced', async () => {
    await put(source, 'one', 1, many(3));
    await exported();
    await put(target, 'one', 5, many(7));
    await expect(imported()).rejects.toMatchObject({ code: 'bundle-older' });
    expect(await target.claims([OPENSSL])).toHaveLength(7);
    expect((await imported({ force: true })).feeds).toMatchObject([{ outcome: 'updated' }]);
    expect(await target.claims([OPENSSL])).toHaveLength(3);
  });

  it('that is older in a part leaves that part', async () => {
    await put(source, 'one', 1, many(3));
    await put(source, 'two', 9, [ofTwo('B-1')]);
    await exported();
    await put(target, 'one', 5, many(7));
    expect((await imported()).feeds.map(({ outcome }) => outcome)).toEqual(['older', 'updated']);
    expect((await target.state('one'))?.advisoryCount).toBe(7);
  });
});

describe('a bundle that is not what it should be changes nothing', () => {
  beforeEach(async () => {
    await put(target, 'one', 1, many(2));
  });
  afterEach(async () => {
    expect(await target.claims([OPENSSL])).toHaveLength(2);
    expect(await target.state('one')).toMatchObject({ syncedAt: DAY(1), advisoryCount: 2 });
    expect(await target.state('two')).toBeNull();
    // Nobody is left writing.
    await (await target.write('three', 'delta')).abandon();
  });

  it('signed by somebody else', async () => {
    await put(source, 'one', 2, many(3));
    await exported();
    await expect(imported({ trusted: [OTHER.keyid] })).rejects.toMatchObject({ code: 'bundle-not-trusted' });
    await expect(imported({ trusted: [] })).rejects.toMatchObject({ code: 'bundle-not-trusted' });
    await expect(imported({ trusted: ['nonsense'] })).rejects.toMatchObject({ code: 'bundle-not-trusted' });
  });

  it('cut off anywhere', async () => {
    await put(source, 'one', 2, many(300));
    await put(source, 'two', 2, [ofTwo('B-1')]);
    await exported();
    const whole = readFileSync(bundle);
    // The last two blocks are the archive's end, which says nothing.
    for (let length = 0; length < whole.length - 1024; length += 509) {
      writeFileSync(bundle, whole.subarray(0, length));
      await expect(imported()).rejects.toMatchObject({ name: 'BundleError' });
    }
  });

  it('changed by a bit anywhere in its content', async () => {
    await put(source, 'one', 2, many(100));
    await exported();
    const whole = readFileSync(bundle);
    for (let at = 512; at < whole.length - 1536; at += 97) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(bundle, changed);
      const result = await imported().then(
        ({ feeds }) => feeds.length,
        (error: unknown) => error,
      );
      // Padding and a header's time stamp are not content.
      if (result === 1) {
        expect(await target.claims([OPENSSL])).toHaveLength(100);
        await put(target, 'one', 1, many(2));
      } else expect(result).toMatchObject({ name: 'BundleError' });
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', createHash('shake256', { outputLength: 50_000 }).update('noise').digest()],
    ['zeros', Buffer.alloc(50_000)],
    ['text', Buffer.from('{"feeds": []}'.repeat(999))],
  ])('%s', async (_, bytes) => {
    writeFileSync(bundle, bytes);
    await expect(imported()).rejects.toMatchObject({ code: 'not-a-bundle' });
  });

  const line = (record: unknown) => `${JSON.stringify(record)}\n`;
  const good = line({ advisory: makeAdvisory('A-9') });
  const signedWrongly: readonly (readonly [string, string, object, string])[] = [
    ['more records than stated', good + good, { advisories: 1 }, 'bundle-damaged'],
    ['fewer records than stated', good, { advisories: 2 }, 'bundle-damaged'],
    ['an absurd count', good, { advisories: 1e15 }, 'not-a-bundle'],
    ['a record that is none', line({ advisory: { id: 'A' } }), { advisories: 1 }, 'bundle-damaged'],
    ['a fact that is none', line({ fact: { body: {} } }), { facts: 1, advisories: 0 }, 'bundle-damaged'],
    ['a record of another feed', line({ advisory: ofTwo('B-1') }), { advisories: 1 }, 'bundle-damaged'],
    ['a record without content', line({}), { advisories: 1 }, 'bundle-damaged'],
    ['a prototype', `{"__proto__":{"advisory":1}}\n`, { advisories: 1 }, 'bundle-damaged'],
    ['what is no JSON', 'no\n', { advisories: 1 }, 'bundle-damaged'],
    ['half a record', good.slice(0, 40), { advisories: 1 }, 'bundle-damaged'],
    ['a bomb', '\n'.repeat(50_000_000), { advisories: 1, bytes: 1000 }, 'bundle-damaged'],
    ['a part that is not packed as it should be', 'raw', { advisories: 1, raw: true }, 'bundle-damaged'],
    ['a name that leads elsewhere', good, { advisories: 1, feed: '../one' }, 'not-a-bundle'],
    ['a version that is not known', good, { advisories: 1, version: 2 }, 'not-a-bundle'],
  ];
  it.each(signedWrongly)('signed well, but with %s', async (_, content, parts, code) => {
    await signed(content, parts);
    await expect(imported()).rejects.toMatchObject({ code });
  });
});

/** A bundle with a good signature on whatever it says. */
async function signed(content: string, parts: object): Promise<void> {
  const { version = 1, raw = false, ...feed }: { version?: number; raw?: boolean } = parts;
  const packed = raw ? Buffer.from(content) : zstdCompressSync(content);
  const manifest = {
    version,
    createdAt: DAY(20).toISOString(),
    producer: 'x',
    feeds: [
      {
        feed: 'one',
        file: 'one.ndjson.zst',
        sha256: createHash('sha256').update(packed).digest('hex'),
        packedBytes: packed.length,
        bytes: Buffer.byteLength(content),
        advisories: 0,
        facts: 0,
        syncedAt: DAY(19).toISOString(),
        watermark: null,
        ...feed,
      },
    ],
  };
  const envelope = signEnvelope(BUNDLE_PAYLOAD_TYPE, Buffer.from(JSON.stringify(manifest)), [KEY]);
  const archive = pack();
  archive.entry({ name: 'manifest.json' }, JSON.stringify({ envelope, publicKeys: [KEY.publicKey] }));
  archive.entry({ name: 'one.ndjson.zst' }, packed);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) if (chunk instanceof Uint8Array) chunks.push(chunk);
  writeFileSync(bundle, Buffer.concat(chunks));
}
