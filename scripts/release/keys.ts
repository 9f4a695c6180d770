import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/** A key as metadata lists it (TUF section 4.2). */
export interface PublicKey {
  readonly keytype: 'ed25519';
  readonly scheme: 'ed25519';
  readonly keyval: { readonly public: string };
}

export interface ReleaseKey {
  readonly keyid: string;
  readonly publicKey: PublicKey;
  /** Null: only the public half is here, the other one signs elsewhere. */
  sign: ((data: Uint8Array) => string) | null;
}

/** Makes a key: `FILE` (PEM, PKCS #8, mode 0600) and `FILE.pub`. It never overwrites one. */
export async function makeKey(file: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  await writeFile(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
  await writeFile(`${file}.pub`, publicKey.export({ format: 'pem', type: 'spki' }), { mode: 0o644, flag: 'wx' });
}

/** @param file PEM of the private or of the public half. */
export async function readKey(file: string): Promise<ReleaseKey> {
  const pem = await readFile(file, 'utf8');
  const privateKey = pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : null;
  const publicKey: KeyObject = createPublicKey(pem);
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new Error(`${file} is no Ed25519 key`);
  const hex = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  return {
    keyid: createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex'),
    publicKey: { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: hex } },
    sign: privateKey === null ? null : (data) => sign(null, data, privateKey).toString('hex'),
  };
}
