import { createHash } from 'node:crypto';

const SECRET_BYTES = 32;

/** 256 random bits as base64url, with a prefix by which a leaked one is recognised in a log or a repository. */
export function newSecret(prefix: string, random: (sizeBytes: number) => Uint8Array): string {
  return prefix + Buffer.from(random(SECRET_BYTES)).toString('base64url');
}

/** What is stored. Nobody can guess 256 bits, so no salt and no slow hash are needed, and a look-up by it leaks no timing. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
