import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { ApproverKey, ApproverSignature } from '../orders/approval.ts';
import { sha256 } from '../signing/digest.ts';
import { statementChallenge } from '../signing/statement.ts';

/** An authenticator in software, which can also be told to do what a real one never does. */
export interface TestPasskey {
  readonly key: Extract<ApproverKey, { kind: 'passkey' }>;
  readonly privateKey: KeyObject;
  sign(payloadType: string, payload: Uint8Array, change?: AssertionChange): Assertion;
}

type Assertion = Extract<ApproverSignature, { kind: 'passkey' }>;

export interface AssertionChange {
  readonly clientData?: Readonly<Record<string, unknown>>;
  readonly rpId?: string;
  /** User present, user verified; backup eligible and backed up as most passkeys are. */
  readonly flags?: number;
  /** After the 37 bytes that are always there. */
  readonly extra?: Uint8Array;
}

const USUAL_FLAGS = 0x01 | 0x04 | 0x08 | 0x10;

export function makePasskey(
  algorithm: 'ES256' | 'EdDSA' | 'RS256' = 'ES256',
  { rpId = 'patch.example.org', origin = 'https://patch.example.org' } = {},
): TestPasskey {
  const { publicKey, privateKey } = keyPair(algorithm);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const key = {
    kind: 'passkey',
    keyid: sha256(spki),
    publicKey: spki.toString('base64url'),
    credentialId: randomBytes(16).toString('base64url'),
    rpId,
    origins: [origin],
  } as const;

  function assert(payloadType: string, payload: Uint8Array, change: AssertionChange = {}): Assertion {
    const said = {
      type: 'webauthn.get',
      challenge: statementChallenge(payloadType, payload),
      origin,
      crossOrigin: false,
    };
    const clientData = Buffer.from(JSON.stringify({ ...said, ...change.clientData }));
    const rpIdHash = createHash('sha256')
      .update(change.rpId ?? rpId)
      .digest();
    const flagsAndCounter = Buffer.from([change.flags ?? USUAL_FLAGS, 0, 0, 0, 7]);
    const data = Buffer.concat([rpIdHash, flagsAndCounter, change.extra ?? new Uint8Array()]);
    const signed = Buffer.concat([data, createHash('sha256').update(clientData).digest()]);
    return {
      kind: 'passkey',
      keyid: key.keyid,
      authenticatorData: data.toString('base64url'),
      clientDataJson: clientData.toString('base64url'),
      signature: sign(algorithm === 'EdDSA' ? null : 'sha256', signed, privateKey).toString('base64url'),
    };
  }

  return { key: { ...key, origins: [...key.origins] }, privateKey, sign: assert };
}

function keyPair(algorithm: 'ES256' | 'EdDSA' | 'RS256'): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    default:
      return algorithm satisfies never;
  }
}
