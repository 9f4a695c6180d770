import fc from 'fast-check';
import { verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openEnvelope, signEnvelope } from './envelope.ts';
import { generateSigningKey, KeyError, signingKeyFromPem, signingKeyToPem, verifyingKey } from './keys.ts';

const key = generateSigningKey();
const trusted = new Map([[key.keyid, verifyingKey(key.publicKey)]]);
const TYPE = 'http://example.com/HelloWorld';

describe('an envelope', () => {
  it("signs the specification's pre-authentication encoding", () => {
    const { signatures } = signEnvelope(TYPE, Buffer.from('hello world'), [key]);
    const encoded = Buffer.from('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    expect(verify(null, encoded, verifyingKey(key.publicKey), Buffer.from(signatures[0]?.sig ?? '', 'base64'))).toBe(
      true,
    );
  });

  it('gives back any payload that a trusted key signed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(openEnvelope(signEnvelope(TYPE, payload, [key]), TYPE, trusted)).toEqual(Buffer.from(payload));
      }),
    );
  });

  it('is opened when one of several signatures is trusted', () => {
    expect(
      openEnvelope(signEnvelope(TYPE, Buffer.from('x'), [generateSigningKey(), key]), TYPE, trusted).toString(),
    ).toBe('x');
  });

  it('is refused when another key signed it, even under the trusted key’s id', () => {
    const other = generateSigningKey();
    const envelope = signEnvelope(TYPE, Buffer.from('x'), [{ ...other, keyid: key.keyid }]);
    expect(() => openEnvelope(envelope, TYPE, trusted)).toThrow(expect.objectContaining({ code: 'bad-signature' }));
  });

  it('is refused with a changed payload', () => {
    const envelope = {
      ...signEnvelope(TYPE, Buffer.from('{"kind":"scan"}'), [key]),
      payload: Buffer.from('{"kind":"plan"}').toString('base64'),
    };
    expect(() => openEnvelope(envelope, TYPE, trusted)).toThrow(expect.objectContaining({ code: 'bad-signature' }));
  });

  it('is refused as another type, though the bytes are the same', () => {
    const envelope = signEnvelope(TYPE, Buffer.from('x'), [key]);
    expect(() => openEnvelope(envelope, 'another/type', trusted)).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
    expect(() => openEnvelope({ ...envelope, payloadType: 'another/type' }, 'another/type', trusted)).toThrow(
      expect.objectContaining({ code: 'bad-signature' }),
    );
  });

  it.each(['!', 'eA', 'eB==', 'eA==\n'])('is malformed with base64 that has two readings: %j', (payload) => {
    expect(() => openEnvelope({ ...signEnvelope(TYPE, Buffer.from('x'), [key]), payload }, TYPE, trusted)).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});

describe('a signing key', () => {
  it('is the same after a round trip through PEM', () => {
    expect(signingKeyFromPem(signingKeyToPem(key))).toMatchObject({ keyid: key.keyid, publicKey: key.publicKey });
  });
  it.each(['', 'not a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'])(
    'is refused when it is none',
    (pem) => {
      expect(() => signingKeyFromPem(pem)).toThrow(KeyError);
    },
  );
  it.each(['', 'short', 'A'.repeat(44), '='.repeat(43)])('is refused when the public half is %j', (raw) => {
    expect(() => verifyingKey(raw)).toThrow(KeyError);
  });
});
