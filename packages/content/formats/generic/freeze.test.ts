import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ContentFault,
  type GenericFile,
  type RepositoryDefinition,
  type RepositoryPackage,
} from '../../model/index.ts';
import { createMemoryContext, type MemoryContextSettings } from '../../testing/memory-context.ts';
import { genericFormat } from './index.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const INSTALLER: GenericFile = {
  name: 'Agent',
  version: '1.2',
  url: 'https://vendor.example/download/agent%20setup.msi?channel=stable',
  sha256: digest('installer'),
  sizeBytes: 9,
  signatureKind: 'authenticode',
};
const FIRMWARE: GenericFile = {
  name: 'switch',
  version: '15.2(7)',
  url: 'firmware/switch-15.2.bin',
  sha256: digest('firmware'),
  sizeBytes: null,
  signatureKind: 'none',
};
const FIRST = 'https://a.example/files/firmware/switch-15.2.bin';
const SECOND = 'https://b.example/firmware/switch-15.2.bin';

const definition = (...files: readonly GenericFile[]): RepositoryDefinition => ({
  format: 'generic',
  uris: ['https://a.example/files/', 'https://b.example/'],
  mirrorList: null,
  suite: '',
  components: [],
  architectures: [],
  signature: 'metadata',
  files,
});

async function freeze(repository: RepositoryDefinition, settings: Partial<MemoryContextSettings> = {}) {
  const context = createMemoryContext({ files: new Map([[FIRST, Buffer.from('firmware')]]), ...settings });
  const found: RepositoryPackage[] = [];
  const result = await genericFormat.freeze(repository, context, (one) => {
    found.push(one);
  });
  return { context, found, result };
}

describe('freezing a list of files', () => {
  test('keeps the list, and emits each file with the digest that was stated', async () => {
    const { result, found, context } = await freeze(definition(FIRMWARE, INSTALLER));
    const list = `${JSON.stringify(
      [
        {
          path: 'Agent/1.2/agent setup.msi',
          name: 'Agent',
          version: '1.2',
          sha256: INSTALLER.sha256,
          sizeBytes: 9,
          signatureKind: 'authenticode',
        },
        {
          path: 'firmware/switch-15.2.bin',
          name: 'switch',
          version: '15.2(7)',
          sha256: FIRMWARE.sha256,
          sizeBytes: 8,
          signatureKind: 'none',
        },
      ],
      null,
      1,
    )}\n`;
    expect(result).toEqual({
      kind: 'frozen',
      metadataPath: 'files.json',
      metadataSha256: digest(list),
      signedBy: null,
      date: null,
      validUntil: null,
      labels: {},
      files: [{ path: 'files.json', sha256: digest(list), sizeBytes: Buffer.byteLength(list) }],
      onDemand: [],
    });
    expect(Buffer.from(context.stored.get(digest(list)) ?? '').toString()).toBe(list);
    expect(found).toEqual([
      {
        path: 'Agent/1.2/agent setup.msi',
        name: 'Agent',
        version: '1.2',
        architecture: 'all',
        source: 'Agent',
        sourceVersion: '1.2',
        sizeBytes: 9,
        check: { kind: 'sha256', sha256: INSTALLER.sha256, sizeBytes: 9 },
      },
      {
        path: 'firmware/switch-15.2.bin',
        name: 'switch',
        version: '15.2(7)',
        architecture: 'all',
        source: 'switch',
        sourceVersion: '15.2(7)',
        sizeBytes: 8,
        check: { kind: 'sha256', sha256: FIRMWARE.sha256, sizeBytes: 8 },
      },
    ]);
  });

  test('is unchanged when only order and addresses are other; another file is a new revision', async () => {
    const { result } = await freeze(definition(FIRMWARE, INSTALLER));
    if (result.kind !== 'frozen') throw new Error('unchanged');
    const previous = { metadataSha256: result.metadataSha256, newestDate: null };
    const moved = { ...INSTALLER, url: 'https://other.example/agent%20setup.msi' };
    expect((await freeze(definition(moved, FIRMWARE), { previous })).result.kind).toBe('unchanged');
    const other = { ...INSTALLER, sha256: digest('other') };
    expect((await freeze(definition(other, FIRMWARE), { previous })).result.kind).toBe('frozen');
    expect((await freeze(definition(), { previous })).result.kind).toBe('frozen');
  });

  test('asks upstream only for files whose size is not stated, at each address in turn', async () => {
    const { context } = await freeze(definition(INSTALLER, FIRMWARE), {
      files: new Map([
        [FIRST, Buffer.from('damaged!')],
        [SECOND, Buffer.from('firmware')],
      ]),
    });
    expect(context.asked).toEqual([FIRST, SECOND]);
  });

  test.each([
    ['is gone', new Map<string, Uint8Array>(), 'missing'],
    ['is another one', new Map([[SECOND, Buffer.from('damaged!')]]), 'wrong-digest'],
  ])('faults when a file of unknown size %s', async (_title, files, code) => {
    await expect(freeze(definition(FIRMWARE), { files })).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test.each([
    ['a path outside', { url: '../../etc/passwd' }, 'unsafe-path'],
    ['a hidden path outside', { url: '%2e%2e/x' }, 'unsafe-path'],
    ['a name that is a path', { name: '../..' }, 'unsafe-path'],
    ['a name of two folders', { name: 'a/b' }, 'unsafe-path'],
    ['a name that leaves', { name: '..', version: '..' }, 'unsafe-path'],
    ['a file name that is a path', { url: 'https://a.example/a%2f..%2fb' }, 'unsafe-path'],
    ['broken escapes', { url: 'https://a.example/%zz' }, 'malformed'],
    ['another protocol', { url: 'file:///etc/passwd' }, 'unsupported'],
    ['a weak digest', { sha256: 'd41d8cd98f00b204e9800998ecf8427e' }, 'malformed'],
    ['no name', { name: '' }, 'unsafe-path'],
    ['no name at a relative address', { name: '', url: 'x' }, 'malformed'],
    ['an impossible size', { sizeBytes: -1 }, 'malformed'],
    ['half a byte', { sizeBytes: 0.5 }, 'malformed'],
    ['the place of the list', { url: 'files.json' }, 'malformed'],
    ['the place of another one', { url: FIRMWARE.url }, 'malformed'],
  ])('refuses a file with %s', async (_title, changes: Partial<GenericFile>, code) => {
    const stated = definition(FIRMWARE, { ...INSTALLER, ...changes });
    await expect(freeze(stated)).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test('refuses a relative address where there is nothing that it is relative to, and lists without end', async () => {
    await expect(freeze({ ...definition(FIRMWARE), uris: [] })).rejects.toMatchObject({ code: 'malformed' });
    const many = Array.from({ length: 10_001 }, () => INSTALLER);
    await expect(freeze(definition(...many))).rejects.toMatchObject({ code: 'too-large' });
  });

  test('knows where a file is, as long as the definition names it', () => {
    const stated = definition({ ...INSTALLER, url: 'file:///x' }, FIRMWARE, INSTALLER);
    const addresses = (path: string) => genericFormat.addressesOf?.(stated, path).map(({ href }) => href);
    expect(addresses('firmware/switch-15.2.bin')).toEqual([FIRST, SECOND]);
    expect(addresses('Agent/1.2/agent setup.msi')).toEqual([INSTALLER.url]);
    expect(addresses('Agent/1.1/agent setup.msi')).toEqual([]);
  });

  test('whatever is stated, nothing but a ContentFault is thrown, and a path that is taken has its addresses', async () => {
    const word = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('..', 'a/b', 'https://a.example/x', '%', 'a b?c#d'),
    );
    const file = fc.record({ name: word, version: word, url: word });
    await fc.assert(
      fc.asyncProperty(file, async (changes) => {
        const stated = definition({ ...INSTALLER, ...changes });
        try {
          const { found } = await freeze(stated);
          expect(genericFormat.addressesOf?.(stated, found[0]?.path ?? '')).not.toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
