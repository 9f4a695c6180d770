import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  ContentFault,
  type RepositoryDefinition,
  type RepositoryFormat,
  type RepositoryFormatId,
  type TrustAnchor,
} from '../model/index.ts';
import { createGpgHome, createMemoryContext } from '../testing/index.ts';
import { FORMATS } from './registry.ts';

const gpg = createGpgHome();
afterAll(() => gpg.close());
const fingerprint = gpg.createKey();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const ANCHORS: readonly TrustAnchor[] = [
  gpg.anchor(fingerprint),
  {
    kind: 'rsa',
    fingerprint: createHash('sha256')
      .update(rsa.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    material: Buffer.from(rsa.export({ type: 'spki', format: 'pem' })),
    name: 'test.rsa.pub',
  },
];

const COMMON = {
  uris: ['https://packages.example/'],
  mirrorList: null,
  suite: '',
  components: [],
  signature: 'metadata',
} as const;
const DEFINITIONS: Readonly<Record<RepositoryFormatId, RepositoryDefinition>> = {
  apt: { ...COMMON, format: 'apt', suite: 'stable', components: ['main'], architectures: ['amd64'] },
  rpm: { ...COMMON, format: 'rpm', architectures: ['x86_64'] },
  apk: { ...COMMON, format: 'apk', architectures: ['x86_64'] },
  generic: {
    ...COMMON,
    format: 'generic',
    architectures: [],
    files: [
      {
        name: 'tool',
        version: '1',
        url: 'tool.exe',
        sha256: 'a'.repeat(64),
        sizeBytes: null,
        signatureKind: 'none',
      },
    ],
  },
};

test('every folder of a format is registered, under its own name', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(import.meta.dirname, entry.name, 'index.ts')))
    .map((entry) => entry.name);
  expect([...FORMATS.keys()].toSorted()).toEqual(folders.toSorted());
  expect([...FORMATS].map(([id, format]) => [id, format.id])).toEqual([...FORMATS.keys()].map((id) => [id, id]));
});

describe.each([...FORMATS])('%s', (id, format) => {
  const definition = DEFINITIONS[id];

  test('without an upstream is a fault that says what is missing', async () => {
    const fault = await faultOf(format, definition, new Map());
    expect(fault).toMatchObject({ name: 'ContentFault', code: 'missing' });
    expect(fault?.message.length).toBeGreaterThan(20);
  });

  test('never ends well, and never with anything but a fault, whatever upstream answers', async () => {
    const text = fc.constantFrom(
      '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n',
      '-----BEGIN PGP SIGNATURE-----\n\n',
      '<?xml version="1.0"?><repomd>',
      'Origin: x\n',
      '\u001f\u008b',
      '\n\n',
      '0'.repeat(64),
    );
    const answer = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.uint8Array({ maxLength: 600 }).map((bytes) => gzipSync(bytes)),
      fc.array(text, { maxLength: 6 }).map((parts) => Buffer.from(parts.join(''), 'latin1')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), async (answers) => {
        let asked = 0;
        const files = new Map<string, Uint8Array>();
        files.get = () => answers[asked++ % answers.length];
        const fault = await faultOf(format, definition, files);
        expect(fault).toBeInstanceOf(ContentFault);
        // What answers nonsense is not asked for ever.
        expect(asked).toBeLessThan(50);
      }),
      { numRuns: 150 },
    );
  });

  test('has a media type for every path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (path) => {
        expect(format.contentType(path)).toMatch(/^[a-z]+\/[a-z0-9.+-]+(; charset=utf-8)?$/);
      }),
    );
  });

  const labels = ['Debian', '', '../../etc/passwd', 'a\nb: c', '“quotes” & <tags>', '[main]', 'x'.repeat(200)];
  test.each(labels)('tells clients to use it, and keeps passwords apart (label %j)', (label) => {
    const address = {
      url: 'https://thimble.example/content/revisions/r1/',
      keyringPath: '/etc/keys/vendor.gpg',
      label,
    };
    // No client has a configuration for a list of files.
    if (id === 'generic')
      return expect(format.clientConfiguration(definition, { ...address, credentials: null })).toEqual([]);
    const open = format.clientConfiguration(definition, { ...address, credentials: null });
    const credentials = { user: 'agent', password: 'not-for-everybody' };
    const closed = format.clientConfiguration(definition, { ...address, credentials });
    expect(open.some(({ secret }) => secret)).toBe(false);
    expect(open.map(({ text }) => text).join('')).toContain('https://thimble.example/content/revisions/r1');
    for (const { path, text, secret } of [...open, ...closed]) {
      expect(path).toMatch(/^(\/[A-Za-z0-9@_.-]*[A-Za-z0-9_-])+$/);
      expect(path.slice(path.lastIndexOf('/') + 1).length).toBeLessThan(256);
      expect(text).toMatch(/\n$/);
      expect(text.split('\n')).not.toContain('b: c');
      if (!secret) expect(text).not.toContain(credentials.password);
    }
    expect(closed.filter(({ text }) => text.includes(credentials.password)).length).toBeGreaterThan(0);
  });
});

async function faultOf(
  format: RepositoryFormat,
  definition: RepositoryDefinition,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Error | null> {
  const context = createMemoryContext({ files, anchors: ANCHORS });
  try {
    await format.freeze(definition, context, () => {});
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
