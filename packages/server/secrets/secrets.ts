import { createCipheriv, createDecipheriv } from 'node:crypto';
import { SecretsError } from './error.ts';
import type { SecretsKey } from './secrets-key.ts';

/** Keeps what the server has to know in clear (a TOTP secret, a client secret) out of the database's reach. */
export interface Secrets {
  /**
   * @param purpose Where it is kept, `table.column`. It is bound to the result: what was sealed for one place does not open in another.
   *   The column's name ends in `_sealed`, by which a change of keys finds it (see reseal.ts).
   */
  readonly seal: (purpose: string, plain: string | Uint8Array) => Buffer;
  /** @throws SecretsError `not-sealed`, `unknown-key`, `damaged` */
  readonly open: (purpose: string, sealed: Uint8Array) => Buffer;
  /** Id of the key that seals now, hex. */
  readonly keyId: string;
}

/** First byte of what is sealed, so that another way of sealing can follow. */
const VERSION = 1;
const KEY_ID_BYTES = 8;
/** NIST SP 800-38D section 8.2.2: random nonces of 96 bits are good for 2^32 seals with a key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/**
 * AES-256-GCM: version, key id, nonce, cipher text, tag. The header and the purpose are authenticated with it.
 *
 * @param keys The first seals, all open: this is how keys change.
 */
export function createSecrets(
  keys: readonly [SecretsKey, ...SecretsKey[]],
  random: (sizeBytes: number) => Uint8Array,
): Secrets {
  const [first] = keys;
  return {
    keyId: first.id,
    seal: (purpose, plain) => {
      const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(first.id, 'hex'), random(NONCE_BYTES)]);
      const cipher = createCipheriv('aes-256-gcm', first.bytes, header.subarray(1 + KEY_ID_BYTES), {
        authTagLength: TAG_BYTES,
      });
      cipher.setAAD(authenticated(header, purpose));
      const text = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([header, text, cipher.getAuthTag()]);
    },
    open: (purpose, given) => {
      const sealed = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
      if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== VERSION)
        throw new SecretsError(
          'not-sealed',
          `what is kept as ${purpose} is not sealed, or by a newer version of Thimble`,
        );
      const header = sealed.subarray(0, HEADER_BYTES);
      const id = header.toString('hex', 1, 1 + KEY_ID_BYTES);
      const key = keys.find((each) => each.id === id);
      if (key === undefined)
        throw new SecretsError(
          'unknown-key',
          `what is kept as ${purpose} was sealed with key ${id}, but this server has ${keys.map((each) => each.id).join(', ')}`,
        );
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, header.subarray(1 + KEY_ID_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(authenticated(header, purpose));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw new SecretsError('damaged', `what is kept as ${purpose} was changed, or belongs elsewhere`, { cause });
      }
    },
  };
}

function authenticated(header: Buffer, purpose: string): Buffer {
  return Buffer.concat([header, Buffer.from(purpose, 'utf8')]);
}
