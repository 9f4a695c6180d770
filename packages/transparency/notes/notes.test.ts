import { createPrivateKey } from 'node:crypto';
import { generateSigningKey, signingKeyFromPem } from '@thimble/protocol/signing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashLeaf } from '../merkle/hash.ts';
import { checkpointText, openCheckpoint, readCheckpoint, signCheckpoint } from './checkpoint.ts';
import { cosign, verifyCosignature } from './cosignature.ts';
import { parseNote, signNote, verifiedBy } from './note.ts';
import { parseVerifierKey, verifierKeyOf } from './verifier-key.ts';

/** The example that the reference implementation of signed notes publishes: key, seed and note. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETERS_SEED = 'YEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const NOTE = `${TEXT}\n${LINE}`;

const keyOf = (text: string) => {
  const key = parseVerifierKey(text);
  if (key === undefined) throw new Error(`${text} is no key`);
  return key;
};
const noteOf = (text: string) => {
  const note = parseNote(text);
  if (note === undefined) throw new Error('no note');
  return note;
};
/** An Ed25519 seed as PKCS #8 (RFC 8410). */
const keyFromSeed = (seed: Buffer) => {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const pem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' });
  return signingKeyFromPem(pem.toString());
};

describe('the published note', () => {
  test('is read and verified', () => {
    const note = noteOf(NOTE);
    expect(note).toMatchObject({ text: TEXT, signatures: [{ name: 'PeterNeumann', keyId: 'c74f20a3', line: LINE }] });
    expect(verifiedBy(note, keyOf(PETER))).toBe(true);
  });

  test('is made again byte for byte', () => {
    const seed = Buffer.from(`A${PETERS_SEED}`, 'base64').subarray(1);
    const key = keyFromSeed(seed);
    expect(verifierKeyOf('PeterNeumann', 'ed25519', key.publicKey).text).toBe(PETER);
    expect(signNote(TEXT, keyOf(PETER), key)).toBe(NOTE);
  });

  test('with any byte of the text changed it is not verified', () => {
    for (let at = 0; at < TEXT.length; at += 1) {
      const changed = parseNote(`${TEXT.slice(0, at)}#${TEXT.slice(at + 1)}\n${LINE}`);
      expect(changed !== undefined && TEXT[at] !== '#' && verifiedBy(changed, keyOf(PETER))).toBe(false);
    }
  });

  test('parts of its key are no keys, and nor is one with another letter', () => {
    for (let from = 0; from < PETER.length; from += 1)
      for (let to = from + 1; to <= PETER.length; to += 1)
        if (to - from < PETER.length) expect(parseVerifierKey(PETER.slice(from, to))).toBeUndefined();
    for (let at = 0; at < PETER.length; at += 1)
      expect(parseVerifierKey(`${PETER.slice(0, at)}!${PETER.slice(at + 1)}`)).toBeUndefined();
  });

  test('the key of the Go checksum database is read', () => {
    const text = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
    expect(keyOf(text)).toMatchObject({ name: 'sum.golang.org', keyId: '033de0ae', kind: 'ed25519', text });
  });
});

describe('a note', () => {
  test.each([
    ['without signatures', TEXT],
    ['without an end of line', NOTE.trimEnd()],
    ['without a blank line', `${TEXT}${LINE}`],
    ['with carriage returns', NOTE.replaceAll('\n', '\r\n')],
    ['with a control character', `\u0000${NOTE}`],
    ['with a signature of nothing', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['with a hyphen for a dash', NOTE.replace('—', '-')],
    ['with base64 that prints otherwise', NOTE.replace('AM=', 'AN=')],
    ['with text after the signatures', `${NOTE}more\n`],
    ['with more than a hundred signatures', `${TEXT}\n${LINE.repeat(101)}`],
    ['of megabytes', `${'x'.repeat(1_000_001)}\n\n${LINE}`],
  ])('%s is none', (_, text) => {
    expect(parseNote(text)).toBeUndefined();
  });

  test('a second signature of the same key that does not hold refuses it', () => {
    const forged = signNote('other\n', keyOf(PETER), generateSigningKey()).split('\n\n')[1] ?? '';
    expect(verifiedBy(noteOf(NOTE + forged), keyOf(PETER))).toBe(false);
  });

  test('whatever text it is, nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 80 }), (text, signature) => {
        parseVerifierKey(text);
        const note = parseNote(`${text}\n\n— ${signature}\n`);
        if (note === undefined) return;
        readCheckpoint(note);
        verifiedBy(note, keyOf(PETER));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a checkpoint', () => {
  const key = generateSigningKey();
  const log = verifierKeyOf('thimble/evidence/one', 'ed25519', key.publicKey);
  const head = { size: 42, root: hashLeaf(Buffer.from('x')) };
  const signed = signCheckpoint(head, log, key);

  test('is opened with the key of its log and with no other', () => {
    expect(openCheckpoint(signed, log)).toEqual({ origin: log.name, ...head });
    const elsewhere = verifierKeyOf('thimble/evidence/two', 'ed25519', key.publicKey);
    expect(openCheckpoint(signed, elsewhere)).toBeUndefined();
    const other = generateSigningKey();
    expect(openCheckpoint(signed, verifierKeyOf(log.name, 'ed25519', other.publicKey))).toBeUndefined();
  });

  test('of another log’s name is refused, though the key signed it', () => {
    const text = checkpointText({ origin: 'thimble/evidence/two', ...head });
    expect(openCheckpoint(signNote(text, log, key), log)).toBeUndefined();
  });

  const root = head.root.toString('base64');
  test.each([
    ['a size with a zero before it', `o\n042\n${root}\n`],
    ['a negative size', `o\n-1\n${root}\n`],
    ['a size that is no exact number', `o\n99999999999999999\n${root}\n`],
    ['a short root', `o\n1\n${root.slice(4)}\n`],
    ['no origin', `\n1\n${root}\n`],
    ['no root', 'o\n1\n'],
    ['no end of line', `o\n1\n${root}`],
    ['a blank extension line', `o\n1\n${root}\n\nx\n`],
  ])('has not %s', (_, text) => {
    expect(readCheckpoint({ text, signatures: [] })).toBeUndefined();
  });

  test('may have extension lines', () => {
    expect(readCheckpoint({ text: `o\n1\n${root}\nmore\n`, signatures: [] })).toMatchObject({ origin: 'o', size: 1 });
  });
});

describe('a witness', () => {
  const key = generateSigningKey();
  const log = verifierKeyOf('log', 'ed25519', key.publicKey);
  const witnessKey = generateSigningKey();
  const witness = verifierKeyOf('witness.example', 'cosignature', witnessKey.publicKey);
  const signed = signCheckpoint({ size: 1, root: hashLeaf(Buffer.of(1)) }, log, key);
  const line = cosign(noteOf(signed), 1_700_000_000, witness, witnessKey);

  test('says when it saw a checkpoint', () => {
    const note = noteOf(signed + line);
    expect(verifyCosignature(note, witness)).toEqual({ witness: 'witness.example', seenAt: 1_700_000_000, line });
    expect(verifiedBy(note, log)).toBe(true);
    expect(parseVerifierKey(witness.text)).toMatchObject({ kind: 'cosignature', keyId: witness.keyId });
  });

  test('its line is of no use below another checkpoint, with another time or for another witness', () => {
    const other = signCheckpoint({ size: 2, root: hashLeaf(Buffer.of(1)) }, log, key);
    expect(verifyCosignature(noteOf(other + line), witness)).toBeUndefined();
    expect(verifyCosignature(noteOf(signed), witness)).toBeUndefined();
    const [, , base64 = ''] = line.trimEnd().split(' ');
    const bytes = Buffer.from(base64, 'base64');
    bytes[11] = (bytes[11] ?? 0) ^ 1;
    expect(verifyCosignature(noteOf(`${signed}— witness.example ${bytes.toString('base64')}\n`), witness)).toBe(
      undefined,
    );
  });

  test('a log’s signature is none of a witness, and the reverse', () => {
    const asLog = verifierKeyOf('witness.example', 'ed25519', witnessKey.publicKey);
    expect(verifiedBy(noteOf(signed + line), asLog)).toBe(false);
    expect(verifyCosignature(noteOf(signed), log)).toBeUndefined();
  });
});
