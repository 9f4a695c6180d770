import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ContentFault, type TrustAnchor } from '../model/index.ts';
import { createGpgHome } from '../testing/gpg-home.ts';
import { readKeyring, verifyClearsigned, verifyDetached } from './index.ts';

const home = createGpgHome();
const work = mkdtempSync(join(tmpdir(), 'signatures-'));
afterAll(() => {
  home.close();
  rmSync(work, { recursive: true, force: true });
});

const NOW = new Date();
const approved = home.createKey();
const rsa = home.createKey({ userId: 'RSA <rsa@example.org>', algorithm: 'rsa2048' });
const short = home.createKey({ userId: 'Short <short@example.org>', algorithm: 'rsa1024' });
const stranger = home.createKey({ userId: 'Stranger <stranger@example.org>' });
const expired = home.createKey({ userId: 'Old <old@example.org>', at: '20200101T000000', expires: '20210101T000000' });
const subkey = home.addSigningSubkey(approved);
const TEXT = 'Origin: Test\nSuite: stable  \t\n- listed\n-----dashes\nFrom here\n\nEnd: é\n';

/** What GnuPG's own verifier says of the same bytes with the same keys. */
function gpgv(signed: Uint8Array, anchors: readonly TrustAnchor[], detached?: Uint8Array): boolean {
  const keyring = join(work, 'keyring.gpg');
  const file = join(work, 'signed');
  writeFileSync(keyring, Buffer.concat(anchors.map((anchor) => anchor.material)));
  writeFileSync(file, signed);
  const files = [file];
  if (detached !== undefined) {
    files.unshift(join(work, 'signature'));
    writeFileSync(join(work, 'signature'), detached);
  }
  const args = ['--homedir', work, '--status-fd', '1', '--keyring', keyring, ...files];
  const { stdout } = spawnSync('gpgv', args, { encoding: 'utf8' });
  return /^\[GNUPG:\] VALIDSIG/m.test(stdout) && !/\] (BADSIG|EXPKEYSIG|EXPSIG|REVKEYSIG)/.test(stdout);
}

async function outcome(work: Promise<{ readonly signedBy: string }>): Promise<string> {
  try {
    return (await work).signedBy;
  } catch (error) {
    if (error instanceof ContentFault) return error.code;
    throw error;
  }
}

const anchors = (...fingerprints: readonly string[]): readonly TrustAnchor[] => fingerprints.map(home.anchor);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytes = (value: string): Uint8Array => Buffer.from(value, 'latin1');
const clearsigned = (by: readonly string[], content: string | Uint8Array = TEXT): Uint8Array =>
  home.sign(content, { by, kind: 'clearsigned' });
const changed = (signed: Uint8Array, from: string, to: string): Uint8Array => {
  expect(text(signed)).toContain(from);
  return bytes(text(signed).replace(from, to));
};

describe('a clearsigned text', () => {
  const good = clearsigned([`${approved}!`]);
  const pair = clearsigned([stranger, rsa]);

  test.each<[string, Uint8Array, readonly TrustAnchor[], string]>([
    ['counts when an approved key signed it', good, anchors(approved), approved],
    ['counts with an RSA key', clearsigned([rsa]), anchors(approved, rsa), rsa],
    ['counts with a subkey of an approved key', clearsigned([`${subkey}!`]), anchors(approved), approved],
    ['counts when one of two signatures is by an approved key', pair, anchors(rsa), rsa],
    ['counts with other line ends', bytes(text(good).replaceAll('\n', '\r\n')), anchors(approved), approved],
    ['counts with blanks behind lines', changed(good, 'Origin: Test', 'Origin: Test \t'), anchors(approved), approved],
    ['does not count when other keys signed it', good, anchors(stranger), 'unknown-key'],
    ['does not count without approved keys', good, [], 'unknown-key'],
    ['does not count with one letter changed', changed(good, 'Test', 'Tesu'), anchors(approved), 'bad-signature'],
    ['does not count with a line more', changed(good, 'End:', 'More: x\nEnd:'), anchors(approved), 'bad-signature'],
    ['does not count by a key too short', clearsigned([short]), anchors(short), 'weak-signature'],
    ['does not count when nothing signs it', bytes(TEXT), anchors(approved), 'unsigned'],
    ['does not count when it is empty', bytes(''), anchors(approved), 'unsigned'],
    ['does not count when it is cut off', good.subarray(0, good.length - 40), anchors(approved), 'malformed'],
  ])('%s', async (title, signed, keys, expected) => {
    expect(await outcome(verifyClearsigned(signed, keys, NOW))).toBe(expected);
    // The oracle takes 1024 bits of RSA still.
    if (!title.includes('too short')) expect(gpgv(signed, keys)).toBe(/^[0-9A-F]{40}$/.test(expected));
  });

  test('gives exactly what was signed, without the dashes’ escapes, and says when', async () => {
    const verified = await verifyClearsigned(good, anchors(approved), NOW);
    expect(verified).toEqual({
      text: 'Origin: Test\nSuite: stable\n- listed\n-----dashes\nFrom here\n\nEnd: é',
      signedBy: approved,
      signedAt: expect.any(Date),
    });
    expect(Math.abs(verified.signedAt.getTime() - NOW.getTime())).toBeLessThan(60_000);
  });

  test('does not count by an expired key, though it was valid when it signed', async () => {
    const old = home.sign(TEXT, { by: [expired], kind: 'clearsigned', at: '20200601T000000' });
    expect(await outcome(verifyClearsigned(old, anchors(expired), NOW))).toBe('weak-signature');
    expect(gpgv(old, anchors(expired))).toBe(false);
    expect(await outcome(verifyClearsigned(old, anchors(expired), new Date('2020-07-01')))).toBe(expired);
  });

  test('does not count when its signature has expired', async () => {
    const options = ['--default-sig-expire', '20200602T000000'];
    const brief = home.sign(TEXT, { by: [expired], kind: 'clearsigned', at: '20200601T000000', options });
    expect(await outcome(verifyClearsigned(brief, anchors(expired), new Date('2020-06-01T12:00:00Z')))).toBe(expired);
    expect(await outcome(verifyClearsigned(brief, anchors(expired), new Date('2020-07-01')))).toBe('weak-signature');
  });

  test('does not count when it was signed in time to come', async () => {
    expect(await outcome(verifyClearsigned(good, anchors(approved), new Date(NOW.getTime() - 3600_000)))).toMatch(
      /^from-the-future$/,
    );
  });

  test.each(['SHA1', 'RIPEMD160'])('does not count with the broken digest %s', async (digest) => {
    const options = ['--allow-weak-digest-algos'];
    const weak = home.sign(TEXT, { by: [rsa], kind: 'clearsigned', digest, options });
    expect(await outcome(verifyClearsigned(weak, anchors(rsa), NOW))).toBe('weak-signature');
  });

  test('does not count by a revoked key', async () => {
    const fingerprint = home.createKey({ userId: 'Gone <gone@example.org>' });
    const signed = clearsigned([fingerprint]);
    expect(await outcome(verifyClearsigned(signed, anchors(fingerprint), NOW))).toBe(fingerprint);
    const certificate = readFileSync(join(home.folder, 'openpgp-revocs.d', `${fingerprint}.rev`), 'latin1');
    home.run(['--import'], certificate.replace(':-----BEGIN', '-----BEGIN'));
    expect(await outcome(verifyClearsigned(signed, anchors(fingerprint), NOW))).toBe('weak-signature');
    expect(gpgv(signed, anchors(fingerprint))).toBe(false);
    expect(await readKeyring(home.exportKeys([fingerprint]))).toMatchObject([{ fingerprint, revoked: true }]);
  });

  test('is refused when an approved key’s signature does not hold, even beside a good one', async () => {
    const good = home.sign(TEXT, { by: [approved], kind: 'detached-binary' });
    const joined = Buffer.concat([good, home.sign('other', { by: [rsa], kind: 'detached-binary' })]);
    expect(await outcome(verifyDetached(Buffer.from(TEXT), joined, anchors(approved), NOW))).toBe(approved);
    expect(await outcome(verifyDetached(Buffer.from(TEXT), joined, anchors(approved, rsa), NOW))).toBe('bad-signature');
  });

  const END = '-----END PGP SIGNATURE-----\n';
  test.each<[string, (signed: string) => string]>([
    ['text before it', (signed) => `Origin: Evil\n${signed}`],
    ['an empty line before it', (signed) => `\n${signed}`],
    ['text after it', (signed) => `${signed}Origin: Evil\n`],
    ['a second message after it', (signed) => `${signed}${signed}`],
    ['a second message before it', (signed) => `${signed}\n${signed}`],
    ['headers that are not Hash', (signed) => signed.replace('Hash: SHA512', 'Hash: SHA512\nOrigin: Evil')],
    ['text among its headers', (signed) => signed.replace('Hash: SHA512', 'Hash: SHA512\nNotDashEscaped: You need')],
    ['an unescaped dash in its text', (signed) => signed.replace('- - listed', '- listed\n-----BEGIN X-----')],
    ['a message within its signature', (signed) => signed.replace(END, `-----BEGIN PGP SIGNED MESSAGE-----\n${END}`)],
    ['two ends', (signed) => `${signed}${END}`],
  ])('is refused with %s, which other readers may take for signed', async (_title, attack) => {
    expect(await outcome(verifyClearsigned(bytes(attack(text(good))), anchors(approved), NOW))).toBe('malformed');
  });

  test('blank lines after it are no text', async () => {
    expect(await outcome(verifyClearsigned(bytes(`${text(good)}\n \n`), anchors(approved), NOW))).toBe(approved);
  });

  test('a fault names the key that signed, so that people can ask the vendor about it', async () => {
    await expect(verifyClearsigned(good, anchors(stranger), NOW, 'InRelease')).rejects.toThrow(
      `InRelease is signed by key ${approved.slice(-16)}`,
    );
  });

  test('an approved fingerprint beside the material of another key approves nothing', async () => {
    const forged: TrustAnchor = { ...home.anchor(stranger), fingerprint: approved };
    expect(await outcome(verifyClearsigned(clearsigned([stranger]), [forged], NOW))).toBe('unknown-key');
  });

  test('of a key file with several keys only the approved one counts', async () => {
    const several: TrustAnchor = { ...home.anchor(approved), material: home.exportKeys([approved, stranger]) };
    expect(await outcome(verifyClearsigned(good, [several], NOW))).toBe(approved);
    expect(await outcome(verifyClearsigned(clearsigned([stranger]), [several], NOW))).toBe('unknown-key');
  });
});

describe('a detached signature', () => {
  const content = bytes('Origin: Test\r\nbytes \x00\xff as they are  \n');

  test.each(['detached', 'detached-binary'] as const)('%s counts over exactly these bytes', async (kind) => {
    const signature = home.sign(content, { by: [approved, stranger], kind });
    expect(await outcome(verifyDetached(content, signature, anchors(approved), NOW))).toBe(approved);
    expect(gpgv(content, anchors(approved), signature)).toBe(true);
    const other = Buffer.from(content);
    other[3] = 0x41;
    expect(await outcome(verifyDetached(other, signature, anchors(approved), NOW))).toBe('bad-signature');
    expect(gpgv(other, anchors(approved), signature)).toBe(false);
  });

  test.each<[string, Uint8Array, string]>([
    ['nothing', bytes(''), 'unsigned'],
    ['text', bytes('no signature'), 'malformed'],
    ['a key', home.exportKeys([approved], true), 'malformed'],
    ['a binary key', home.exportKeys([approved]), 'malformed'],
    ['more than anyone signs with', new Uint8Array(300_000), 'too-large'],
  ])('%s is not one', async (_title, signature, code) => {
    expect(await outcome(verifyDetached(content, signature, anchors(approved), NOW))).toBe(code);
  });
});

describe('a keyring', () => {
  test.each([false, true])('is read with all that people need to know of a key (armoured: %s)', async (armored) => {
    const keys = await readKeyring(home.exportKeys([approved, short, expired], armored));
    expect(keys.toSorted((a, b) => (a.userIds[0] ?? '').localeCompare(b.userIds[0] ?? ''))).toEqual([
      {
        fingerprint: expired,
        keyId: expired.slice(-16),
        userIds: ['Old <old@example.org>'],
        createdAt: new Date('2020-01-01T00:00:00Z'),
        expiresAt: new Date('2021-01-01T00:00:00Z'),
        revoked: false,
        algorithm: 'eddsaLegacy',
        bits: null,
        material: expect.any(Uint8Array),
      },
      expect.objectContaining({ fingerprint: short, expiresAt: null, algorithm: 'rsaEncryptSign', bits: 1024 }),
      expect.objectContaining({ fingerprint: approved, keyId: approved.slice(-16), expiresAt: null }),
    ]);
  });

  test('each key’s material is that key alone', async () => {
    for (const key of await readKeyring(home.exportKeys([approved, rsa])))
      expect(await readKeyring(key.material)).toEqual([key]);
  });

  test('several armoured blocks in one file are several keys', async () => {
    const file = `A vendor's page\n${text(home.exportKeys([approved], true))}\n${text(home.exportKeys([rsa], true))}`;
    const keys = await readKeyring(bytes(file));
    expect(keys.map((key) => key.fingerprint)).toEqual([approved, rsa]);
  });

  test.each<[string, () => Uint8Array, string]>([
    ['nothing', () => bytes(''), 'malformed'],
    ['a web page', () => bytes('<html>not found</html>'), 'malformed'],
    ['a private key', () => home.run(['--armor', '--export-secret-keys', stranger]), 'malformed'],
    ['a binary private key', () => home.run(['--export-secret-keys', stranger]), 'malformed'],
    ['a keybox of GnuPG', () => readFileSync(join(home.folder, 'pubring.kbx')), 'unsupported'],
    ['half a key', () => home.exportKeys([rsa]).subarray(0, 150), 'malformed'],
    ['too much', () => new Uint8Array(5_000_000).fill(0x99), 'too-large'],
  ])('%s is refused', async (_title, make, code) => {
    await expect(readKeyring(make())).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  const SYSTEM = '/usr/share/keyrings';
  const files = existsSync(SYSTEM) ? readdirSync(SYSTEM).filter((name) => /\.(gpg|asc)$/.test(name)) : [];
  if (files.length === 0) console.warn(`NOT TESTED: ${SYSTEM} has no keyrings on this machine`);
  test.skipIf(files.length === 0)('real vendors’ keyrings have the fingerprints that gpg lists', async () => {
    for (const name of files) {
      const path = join(SYSTEM, name);
      const listed = text(home.run(['--with-colons', '--show-keys', path]));
      const expected = [...listed.matchAll(/^pub:.*\n(?:rvk:.*\n)*fpr:{9}([0-9A-F]{40}):/gm)].map(([, found]) => found);
      const keys = await readKeyring(readFileSync(path));
      expect({ name, keys: keys.map((key) => key.fingerprint) }).toEqual({ name, keys: expected });
    }
  });
});

describe('the machine’s own repositories', () => {
  const LISTS = '/var/lib/apt/lists';
  const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const found = existsSync(LISTS) ? readdirSync(LISTS).filter((name) => /debian.*_InRelease$/.test(name)) : [];
  const usable = found.length > 0 && existsSync(KEYRING);
  if (!usable) console.warn(`NOT TESTED: no InRelease in ${LISTS}, or no ${KEYRING} on this machine`);

  test.skipIf(!usable)('are judged as gpgv judges them, whole and with one byte changed', async () => {
    const keys = await readKeyring(readFileSync(KEYRING));
    const all = keys.map(({ fingerprint, material }): TrustAnchor => {
      return { kind: 'openpgp', fingerprint, material, name: '' };
    });
    for (const name of found) {
      const signed = readFileSync(join(LISTS, name));
      const ours = await outcome(verifyClearsigned(signed, all, NOW));
      expect({ name, good: /^[0-9A-F]{40}$/.test(ours) }).toEqual({ name, good: gpgv(signed, all) });
      const forged = changed(signed, 'Codename: ', 'Codename: x');
      expect({ name, ours: await outcome(verifyClearsigned(forged, all, NOW)) }).toEqual({
        name,
        ours: 'bad-signature',
      });
      expect(gpgv(forged, all)).toBe(false);
    }
  });
});

describe('hostile input', () => {
  const anchor = home.anchor(approved);
  const good = clearsigned([approved]);
  const detached = home.sign(TEXT, { by: [approved], kind: 'detached-binary' });
  const keyring = home.exportKeys([rsa]);
  const mutation = fc.record({
    at: fc.nat(),
    length: fc.nat({ max: 20 }),
    put: fc.uint8Array({ maxLength: 20 }),
  });
  const mutated = (whole: Uint8Array, { at, length, put }: { at: number; length: number; put: Uint8Array }) => {
    const start = at % whole.length;
    return Buffer.concat([whole.subarray(0, start), put, whole.subarray(start + length)]);
  };

  test('never gives anything but a fault or what was signed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), mutation), async (input) => {
        const verified = await verifyClearsigned(
          input instanceof Uint8Array ? input : mutated(good, input),
          [anchor],
          NOW,
        ).catch((error: unknown) => error);
        if (verified instanceof Error) expect(verified).toBeInstanceOf(ContentFault);
        else
          expect(verified).toMatchObject({ text: expect.stringMatching(/^Origin: Test\nSuite: stable\n[^]*End: é$/) });
      }),
      { numRuns: 300 },
    );
  });

  test('random and damaged signatures and keyrings are faults', async () => {
    const noFault = (error: unknown): void => expect(error).toBeInstanceOf(ContentFault);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), mutation), async (input) => {
        const random = input instanceof Uint8Array;
        const signature = random ? input : mutated(detached, input);
        await verifyDetached(Buffer.from(TEXT), signature, [anchor], NOW).catch(noFault);
        await readKeyring(random ? input : mutated(keyring, input)).catch(noFault);
        await verifyDetached(Buffer.from(TEXT), signature, [{ ...anchor, material: signature }], NOW).catch(noFault);
      }),
      { numRuns: 300 },
    );
  });
});
