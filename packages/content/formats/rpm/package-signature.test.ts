import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContentFault } from '../../model/index.ts';
import { nativeToolsForTests } from '../../testing/native-tools.ts';
import { createSignedRpmRepository, type SignedRpmRepository } from '../../testing/signed-rpm-repository.ts';
import { rpmPackageCheck } from './package-check.ts';
import { verifyRpmPackage } from './package-signature.ts';
import { signOldStyle, type OldSignatureSettings } from './testing/old-signature.ts';
import { headerOf, rpmLayout, rpmOf, withRsaSignature, type HeaderEntry } from './testing/rpm-layout.ts';

const available = await nativeToolsForTests('the signatures of rpm files', 'rpm');
const execute = promisify(execFile);

describe.skipIf(!available)('an rpm file', () => {
  let repository: SignedRpmRepository;
  let otherKey: string;
  let modernKey: string;
  let database: string;
  let signed: Buffer;
  const paths = { unsigned: '', signed: '', other: '', modern: '' };

  beforeAll(async () => {
    repository = await createSignedRpmRepository();
    const above = (name: string): string => join(repository.folder, '..', name);
    const built = join(repository.folder, await repository.build({ name: 'tool', version: '1.0', epoch: 3 }));
    otherKey = repository.gpg.createKey({ userId: 'Somebody else <other@example.org>', algorithm: 'rsa2048' });
    modernKey = repository.gpg.createKey({ userId: 'Modern <modern@example.org>' });
    const signedBy = async (name: string, fingerprint: string): Promise<string> => {
      await copyFile(built, join(repository.folder, name));
      await repository.signPackage(name, fingerprint);
      return join(repository.folder, name);
    };
    paths.unsigned = built;
    paths.signed = await signedBy('signed.rpm', repository.fingerprint);
    paths.other = await signedBy('other.rpm', otherKey);
    paths.modern = await signedBy('modern.rpm', modernKey);
    signed = await readFile(paths.signed);
    database = above('rpmdb');
    for (const key of [repository.fingerprint, modernKey]) {
      await writeFile(above('key.asc'), repository.gpg.exportKeys([key], true));
      await execute('rpmkeys', ['--dbpath', database, '--import', above('key.asc')]);
    }
  });
  afterAll(async () => repository?.close());

  /** What rpm says: the file is whole and signed by a key that it knows. */
  const rpmAccepts = async (path: string): Promise<boolean> => {
    const argv = ['--dbpath', database, '--define', '_pkgverify_level all', '--checksig', path];
    try {
      return /signatures OK/.test((await execute('rpmkeys', argv, { env: { ...process.env, LC_ALL: 'C' } })).stdout);
    } catch {
      return false;
    }
  };
  const verify = (path: string, by = repository.fingerprint, at = new Date()) =>
    verifyRpmPackage(path, [repository.gpg.anchor(by)], at);
  const write = async (bytes: Uint8Array): Promise<string> => {
    const path = join(repository.folder, 'changed.rpm');
    await writeFile(path, bytes);
    return path;
  };
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(signed);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  const oldStyle = async (settings: OldSignatureSettings = {}, by = repository.fingerprint): Promise<string> => {
    const { headerAt, payloadAt } = rpmLayout(signed);
    const secret = repository.gpg.run(['--export-secret-keys', by]);
    return write(withRsaSignature(signed, await signOldStyle(signed.subarray(headerAt, payloadAt), secret, settings)));
  };

  test('that an approved key signed is good, as rpm says, and tells which package it is', async () => {
    expect(await rpmAccepts(paths.signed)).toBe(true);
    expect(await verify(paths.signed)).toEqual({
      signedBy: repository.fingerprint,
      signedAt: expect.any(Date),
      name: 'tool',
      version: '3:1.0-1',
      architecture: 'noarch',
    });
  });

  test('that is signed by Ed25519 is good, as rpm says', async () => {
    expect(await rpmAccepts(paths.modern)).toBe(true);
    expect((await verify(paths.modern, modernKey)).signedBy).toBe(modernKey);
  });

  test('that is signed in version 3, as Red Hat does, is good, as rpm says', async () => {
    const path = await oldStyle();
    expect(await rpmAccepts(path)).toBe(true);
    expect(await verify(path)).toMatchObject({ signedBy: repository.fingerprint, name: 'tool' });
  });

  test.each([
    ['over other bytes', { content: 'other' }, 'bad-signature'],
    ['with a key of another id', { keyId: '0123456789ABCDEF' }, 'unknown-key'],
    ['with SHA-1', { hash: 'sha1' }, 'weak-signature'],
    ['from the future', { signedAt: new Date(Date.now() + 3_600_000) }, 'from-the-future'],
    ['before its key was made', { signedAt: new Date('2001-01-01') }, 'bad-signature'],
    ['as text', { type: 1 }, 'unsupported'],
  ] as const)('that is signed in version 3 %s is refused', async (_title, settings, code) => {
    await expect(verify(await oldStyle(settings))).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test.each([
    ['that nobody signed', async () => paths.unsigned, 'unsigned'],
    ['that somebody else signed', async () => paths.other, 'unknown-key'],
    ['whose header was changed', async () => write(flipped(rpmLayout(signed).payloadAt - 1)), 'bad-signature'],
    ['whose payload was changed', async () => write(flipped(signed.length - 10)), 'wrong-digest'],
    ['with more payload', async () => write(Buffer.concat([signed, Buffer.from('x')])), 'wrong-digest'],
    ['with less payload', async () => write(signed.subarray(0, -1)), 'wrong-digest'],
    ['that ends in its header', async () => write(signed.subarray(0, 2000)), 'truncated'],
    ['that is no rpm', async () => write(Buffer.from('!<arch>\n'.repeat(100))), 'malformed'],
    ['that is empty', async () => write(new Uint8Array()), 'truncated'],
    [
      'that claims an endless header',
      async () => write(Buffer.concat([signed.subarray(0, 104), Buffer.alloc(8, 0x7f), signed.subarray(112)])),
      'too-large',
    ],
  ] as const)('%s is refused, as rpm does', async (_title, make, code) => {
    const path = await make();
    await expect(verify(path)).rejects.toMatchObject({ name: 'ContentFault', code });
    expect(await rpmAccepts(path)).toBe(false);
  });

  test('that is signed in version 3 by a key that has expired, or that is not the approved one, is refused', async () => {
    const expired = repository.gpg.createKey({
      algorithm: 'rsa2048',
      at: '20240101T000000',
      expires: '20240201T000000',
    });
    const path = await oldStyle({ signedAt: new Date('2024-01-15') }, expired);
    await expect(verify(path, expired)).rejects.toMatchObject({ code: 'weak-signature' });
    expect((await verify(path, expired, new Date('2024-01-20'))).signedBy).toBe(expired);
    const swapped = { ...repository.anchor, fingerprint: otherKey };
    await expect(verifyRpmPackage(await oldStyle(), [swapped], new Date())).rejects.toMatchObject({
      code: 'unknown-key',
    });
  });

  describe('of our own making', () => {
    const PAYLOAD = Buffer.from('payload');
    const SHA256 = createHash('sha256').update(PAYLOAD).digest('hex');
    const HEADER: readonly HeaderEntry[] = [
      ...([
        [1000, 'made'],
        [1001, '1'],
        [1002, '2'],
        [1022, 'x86_64'],
        [1044, 'made-1-2.src.rpm'],
      ] as const),
      ...([
        [5092, [SHA256]],
        [5093, 8],
      ] as const),
    ];
    const signature = (content: Uint8Array, by: string): Uint8Array =>
      repository.gpg.sign(content, { by: [by], kind: 'detached-binary' });
    const made = (sign: (header: Buffer) => readonly HeaderEntry[], entries = HEADER) => {
      const header = headerOf(entries);
      return write(rpmOf(sign(header), header, PAYLOAD));
    };
    const good = (header: Buffer): Uint8Array => signature(header, repository.fingerprint);
    const without = (tag: number): readonly HeaderEntry[] => HEADER.filter(([one]) => one !== tag);

    test.each<readonly [string, (header: Buffer) => readonly HeaderEntry[]]>([
      ['RSA', (header) => [[268, good(header)]]],
      ['the list of rpm 6', (header) => [[278, [Buffer.from(good(header)).toString('base64')]]]],
      [
        'a key of another kind beside it',
        (header) => [
          [267, signature(header, modernKey)],
          [268, good(header)],
        ],
      ],
    ])('is good with a signature by %s', async (_title, sign) => {
      expect(await verify(await made(sign))).toMatchObject({ name: 'made', version: '1-2', architecture: 'x86_64' });
    });

    test('is a source package when it names no source', async () => {
      const path = await made((header) => [[268, good(header)]], without(1044));
      expect(await verify(path)).toMatchObject({ architecture: 'src' });
    });

    test.each<readonly [string, (header: Buffer) => readonly HeaderEntry[], readonly HeaderEntry[], string]>([
      ['no payload digest', (header) => [[268, good(header)]], without(5092), 'unsupported'],
      ['a payload digest of no kind', (header) => [[268, good(header)]], without(5093), 'unsupported'],
      ['SHA-1 of its payload', (header) => [[268, good(header)]], [...without(5093), [5093, 2]], 'weak-signature'],
      ['no name', (header) => [[268, good(header)]], without(1000), 'malformed'],
      ['a name that is a number', (header) => [[268, good(header)]], [...without(1000), [1000, 7]], 'malformed'],
      ['two names', (header) => [[268, good(header)]], [...HEADER, [1000, 'other']], 'malformed'],
      [
        'two signatures of one tag',
        (header) => [
          [268, good(header)],
          [268, good(header)],
        ],
        HEADER,
        'malformed',
      ],
      [
        'a bad signature beside a good one',
        (header) => [
          [267, good(Buffer.from('other'))],
          [268, good(header)],
        ],
        HEADER,
        'bad-signature',
      ],
      ['a signature over other bytes', () => [[268, good(Buffer.from('other'))]], HEADER, 'bad-signature'],
      ['a signature that is none', () => [[268, Buffer.from('no signature')]], HEADER, 'malformed'],
      ['a signature that is not base64', () => [[278, ['!']]], HEADER, 'malformed'],
      ['signatures without end', () => [[278, Array.from({ length: 17 }, () => 'AAAA')]], HEADER, 'too-large'],
      ['texts without end', () => [[278, Array.from({ length: 65 }, () => 'AAAA')]], HEADER, 'too-large'],
    ])('is refused with %s', async (_title, sign, entries, code) => {
      await expect(verify(await made(sign, entries))).rejects.toMatchObject({ name: 'ContentFault', code });
    });
  });

  test('must be the package that unsigned metadata calls so', async () => {
    const definition = { ...repository.definition, signature: 'packages' as const };
    expect(rpmPackageCheck(repository.definition, [repository.anchor], new Date())).toBeNull();
    const check = rpmPackageCheck(definition, [repository.anchor], new Date());
    const tool = { path: 'tool.rpm', name: 'tool', version: '3:1.0-1', architecture: 'noarch' };
    await expect(check?.(tool, paths.signed)).resolves.toBeUndefined();
    for (const other of [{ name: 'gadget' }, { version: '3:1.0-2' }, { version: '1.0-1' }, { architecture: 'x86_64' }])
      await expect(check?.({ ...tool, ...other }, paths.signed)).rejects.toMatchObject({
        code: 'wrong-digest',
        path: 'tool.rpm',
      });
    await expect(check?.(tool, paths.unsigned)).rejects.toMatchObject({ code: 'unsigned' });
  });

  test('with any bytes changed is never taken for another package, and nothing but a ContentFault is thrown', async () => {
    const whole = await verify(paths.signed);
    const { payloadAt } = rpmLayout(signed);
    const change = fc.tuple(fc.nat(payloadAt + 20), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(signed);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          expect(await verify(await write(bytes))).toEqual(whole);
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 50 },
    );
  });
});
