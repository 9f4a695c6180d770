import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { PasskeyAssertion, PasskeyAttestation } from '@thimble/protocol';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What a real authenticator or browser would never do, or somebody in between. */
export interface Change {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** User present, user verified. */
  readonly flags?: number;
  readonly counter?: number;
  readonly userHandle?: string;
}

export interface SoftwareAuthenticator {
  readonly create: (options: Readonly<Record<string, unknown>>, change?: Change) => PasskeyAttestation;
  readonly get: (options: Readonly<Record<string, unknown>>, change?: Change) => PasskeyAssertion;
}

const PRESENT_AND_VERIFIED = 0x05;
const ATTESTED = 0x40;

/** An authenticator and a browser on `origin` in one, with a passkey of its own (ES256), as Web Authentication level 3 has them. */
export function softwareAuthenticator(origin: string): SoftwareAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(16);
  const id = credentialId.toString('base64url');
  const rpId = new URL(origin).hostname;
  let holder = '';
  let uses = 0;

  const clientData = (type: string, options: Readonly<Record<string, unknown>>, change: Change): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: change.type ?? type,
        challenge: change.challenge ?? options['challenge'],
        origin: change.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const authenticatorData = (flags: number, change: Change, counter: number): Buffer => {
    const head = Buffer.alloc(37);
    createHash('sha256')
      .update(change.rpId ?? rpId)
      .digest()
      .copy(head);
    head.writeUInt8(flags, 32);
    head.writeUInt32BE(counter, 33);
    return head;
  };

  return {
    create: (options, change = {}) => {
      const { user } = options;
      if (typeof user === 'object' && user !== null && 'id' in user) holder = String(user.id);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credentialId.length);
      const authData = Buffer.concat([
        authenticatorData((change.flags ?? PRESENT_AND_VERIFIED) | ATTESTED, change, 0),
        Buffer.alloc(16),
        length,
        credentialId,
        coseKey(publicKey.export({ format: 'jwk' })),
      ]);
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', Uint8Array.from(authData)],
      ]);
      return {
        id,
        rawId: id,
        type: 'public-key',
        response: {
          clientDataJSON: clientData('webauthn.create', options, change).toString('base64url'),
          attestationObject: encode(attestation).toString('base64url'),
          transports: ['internal'],
        },
        clientExtensionResults: {},
      };
    },
    get: (options, change = {}) => {
      uses += 1;
      const data = authenticatorData(change.flags ?? PRESENT_AND_VERIFIED, change, change.counter ?? uses);
      const said = clientData('webauthn.get', options, change);
      const signed = Buffer.concat([data, createHash('sha256').update(said).digest()]);
      return {
        id,
        rawId: id,
        type: 'public-key',
        response: {
          clientDataJSON: said.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
          userHandle: change.userHandle ?? holder,
        },
        clientExtensionResults: {},
      };
    },
  };
}

/** COSE_Key of RFC 9053 section 7.1.1. */
function coseKey({ x, y }: { readonly x?: string; readonly y?: string }): Buffer {
  const bytes = (text = ''): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64url'));
  return encode(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ]),
  );
}

function encode(value: unknown): Buffer {
  return Buffer.from(isoCBOR.encode(value as Parameters<typeof isoCBOR.encode>[0]));
}
