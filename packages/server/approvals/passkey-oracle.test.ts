import { createPublicKey, randomBytes } from 'node:crypto';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { cose, isoCBOR } from '@simplewebauthn/server/helpers';
import { APPROVAL_PAYLOAD_TYPE, type ApproverSignature } from '@thimble/protocol';
import { statementChallenge, verifyStatement } from '@thimble/protocol/signing';
import { makeApproverSet, makePasskey, type AssertionChange, type TestPasskey } from '@thimble/protocol/testing';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const payload = Buffer.from('{"kind":"approval"}');
type Assertion = Extract<ApproverSignature, { kind: 'passkey' }>;

/** What a library that others look after says to the same assertion; endpoints verify with their own few lines. */
async function oracle(
  { key }: TestPasskey,
  { authenticatorData, clientDataJson, signature }: Assertion,
): Promise<boolean> {
  const verified = await verifyAuthenticationResponse({
    response: {
      id: key.credentialId,
      rawId: key.credentialId,
      type: 'public-key',
      clientExtensionResults: {},
      response: { authenticatorData, clientDataJSON: clientDataJson, signature },
    },
    expectedChallenge: statementChallenge(APPROVAL_PAYLOAD_TYPE, payload),
    expectedOrigin: [...key.origins],
    expectedRPID: key.rpId,
    requireUserVerification: true,
    credential: { id: key.credentialId, publicKey: coseOf(key.publicKey), counter: 0 },
  }).catch(() => null);
  return verified?.verified ?? false;
}

function ours({ key }: TestPasskey, assertion: Assertion): boolean {
  const set = makeApproverSet('0199a5a0-0000-7000-8000-0000000000aa', 1, [[{ key, sign: () => assertion }]]);
  const statement = {
    payloadType: APPROVAL_PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [assertion],
  };
  return verifyStatement(statement, APPROVAL_PAYLOAD_TYPE, set).approvers.length === 1;
}

/** RFC 9053: how an authenticator gives its key. */
function coseOf(spki: string): Uint8Array<ArrayBuffer> {
  const key = createPublicKey({ key: Buffer.from(spki, 'base64url'), format: 'der', type: 'spki' });
  const jwk = key.export({ format: 'jwk' });
  const bytes = (text: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(String(text), 'base64url'));
  const { COSEKEYS, COSEKTY, COSEALG, COSECRV } = cose;
  const map = new Map<number, number | Uint8Array<ArrayBuffer>>();
  if (key.asymmetricKeyType === 'ec')
    map
      .set(COSEKEYS.kty, COSEKTY.EC2)
      .set(COSEKEYS.alg, COSEALG.ES256)
      .set(COSEKEYS.crv, COSECRV.P256)
      .set(COSEKEYS.x, bytes(jwk.x))
      .set(COSEKEYS.y, bytes(jwk.y));
  else if (key.asymmetricKeyType === 'ed25519')
    map
      .set(COSEKEYS.kty, COSEKTY.OKP)
      .set(COSEKEYS.alg, COSEALG.EdDSA)
      .set(COSEKEYS.crv, COSECRV.ED25519)
      .set(COSEKEYS.x, bytes(jwk.x));
  else
    map
      .set(COSEKEYS.kty, COSEKTY.RSA)
      .set(COSEKEYS.alg, COSEALG.RS256)
      .set(COSEKEYS.n, bytes(jwk.n))
      .set(COSEKEYS.e, bytes(jwk.e));
  return isoCBOR.encode(map);
}

describe('what endpoints verify of an assertion, an independent library verifies, too', () => {
  test.each(['ES256', 'EdDSA', 'RS256'] as const)('%s', async (algorithm) => {
    const passkey = makePasskey(algorithm);
    const good = passkey.sign(APPROVAL_PAYLOAD_TYPE, payload);
    expect([ours(passkey, good), await oracle(passkey, good)]).toEqual([true, true]);
  });

  const passkey = makePasskey();
  test.each<[string, AssertionChange]>([
    ['another type', { clientData: { type: 'webauthn.create' } }],
    ['another challenge', { clientData: { challenge: randomBytes(32).toString('base64url') } }],
    ['another origin', { clientData: { origin: 'https://evil.example.org' } }],
    ['another relying party', { rpId: 'evil.example.org' }],
    ['nobody present', { flags: 0x04 }],
    ['nobody verified', { flags: 0x01 }],
    ['a backup that can’t be', { flags: 0x15 }],
  ])('with %s both refuse', async (_what, change) => {
    const assertion = passkey.sign(APPROVAL_PAYLOAD_TYPE, payload, change);
    expect([ours(passkey, assertion), await oracle(passkey, assertion)]).toEqual([false, false]);
  });

  test('with any flags and any changed byte, endpoints accept nothing that the library refuses', async () => {
    const field = fc.constantFrom('authenticatorData', 'clientDataJson', 'signature', 'none');
    await fc.assert(
      fc.asyncProperty(fc.nat(255), field, fc.nat(1000), async (flags, changed, at) => {
        const assertion = passkey.sign(APPROVAL_PAYLOAD_TYPE, payload, { flags });
        const given = changed === 'none' ? assertion : { ...assertion, [changed]: altered(assertion[changed], at) };
        if (ours(passkey, given)) expect(await oracle(passkey, given)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

function altered(text: string, at: number): string {
  const bytes = Buffer.from(text, 'base64url');
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64url');
}
