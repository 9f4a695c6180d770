import { createSign, generateKeyPairSync, verify } from 'node:crypto';
import { approverKeyObject } from '@thimble/protocol/signing';
import { describe, expect, it } from 'vitest';
import { passkeyKey } from './passkey-key.ts';

const CONSOLE = 'https://patch.example.org:8443';

/** COSE_Key of ES256 as an authenticator registers it (RFC 9053 section 2.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function cosePublicKey(): { readonly bytes: Buffer; readonly sign: (text: string) => Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const coordinate = (text: string) => Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(text, 'base64url')]);
  const bytes = Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    coordinate(x),
    Buffer.from([0x22]),
    coordinate(y),
  ]);
  return { bytes, sign: (text) => createSign('sha256').update(text).sign(privateKey) };
}

describe('a passkey as an approver’s key', () => {
  it('is the same key in a form that endpoints understand', () => {
    const { bytes, sign } = cosePublicKey();
    const key = passkeyKey({ credential_id: 'abc', rp_id: 'patch.example.org', public_key: bytes }, CONSOLE);
    if (key === null) throw new Error('it can’t be used');
    expect(key).toMatchObject({ kind: 'passkey', credentialId: 'abc', origins: [CONSOLE] });
    expect(verify('sha256', Buffer.from('text'), approverKeyObject(key), sign('text'))).toBe(true);
  });

  it('of localhost is asked for on the console’s port', () => {
    const { bytes } = cosePublicKey();
    const key = passkeyKey({ credential_id: 'abc', rp_id: 'localhost', public_key: bytes }, 'https://localhost:8443');
    expect(key).toMatchObject({ origins: ['http://localhost:8443', 'https://localhost:8443'] });
  });
});
