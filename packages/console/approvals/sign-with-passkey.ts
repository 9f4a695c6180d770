import { startAuthentication } from '@simplewebauthn/browser';
import type { ApproverSet, ApproverSignature } from '@thimble/protocol';

/**
 * Lets an approver's passkey sign a statement: the challenge is the statement's digest, so the signature holds for these bytes alone and
 * endpoints can check it by themselves.
 *
 * @param digest SHA-256, hexadecimal
 */
export async function signWithPasskey(digest: string, set: ApproverSet): Promise<ApproverSignature> {
  const keys = set.approvers.flatMap((approver) => approver.keys).filter((key) => key.kind === 'passkey');
  const here = keys.filter(({ rpId }) => rpId === window.location.hostname);
  if (here.length === 0)
    throw new Error(
      keys.length === 0
        ? 'No approver has a passkey. Sign with a key file: thimble approve'
        : `The approvers’ passkeys are for ${keys[0]?.rpId ?? ''}: open the console there.`,
    );
  const { id, response } = await startAuthentication({
    optionsJSON: {
      challenge: base64Url(bytesOf(digest)),
      rpId: window.location.hostname,
      allowCredentials: here.map(({ credentialId }) => ({ id: credentialId, type: 'public-key' })),
      userVerification: 'required',
    },
  });
  const key = here.find(({ credentialId }) => credentialId === id);
  if (key === undefined) throw new Error('This passkey is no approver’s.');
  return {
    kind: 'passkey',
    keyid: key.keyid,
    authenticatorData: response.authenticatorData,
    clientDataJson: response.clientDataJSON,
    signature: response.signature,
  };
}

function bytesOf(hexadecimal: string): Uint8Array {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
