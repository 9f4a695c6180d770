import { createCipheriv, createDecipheriv } from 'node:crypto';
import { BackupError } from '../backup-error.ts';
import { ByteReader } from './byte-reader.ts';

/** Of what is sealed at a time: small enough to be held, large enough for the tag to be no burden. */
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;

/**
 * Seals a stream in chunks by AES-256-GCM, each with its number and whether it is the last, so that none can be left out, repeated,
 * exchanged or cut off (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár 2015). The key is for this stream alone, by its
 * own salt, so numbers are nonces.
 */
export async function* sealChunks(
  source: AsyncIterable<Uint8Array>,
  key: Buffer,
  header: string,
): AsyncGenerator<Buffer> {
  let number = 0;
  let pending = Buffer.alloc(0);
  for await (const given of source) {
    pending = Buffer.concat([pending, given]);
    // What is exactly one chunk waits: it may be the last.
    for (; pending.length > CHUNK_BYTES; pending = pending.subarray(CHUNK_BYTES)) {
      yield sealed(pending.subarray(0, CHUNK_BYTES), number, false, key, header);
      number += 1;
    }
  }
  yield sealed(pending, number, true, key, header);
}

/** @throws BackupError `passphrase` for the first chunk, `damaged`, `truncated` */
export async function* openChunks(
  source: AsyncIterable<Uint8Array>,
  key: Buffer,
  header: string,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source);
  for (let number = 0; ; number += 1) {
    const chunk = await reader.upTo(CHUNK_BYTES + TAG_BYTES);
    const isLast = await reader.atEnd();
    const plain = opened(chunk, number, isLast, key, header);
    if (plain === undefined && number === 0)
      throw new BackupError('passphrase', 'the passphrase is not the one of this backup, or its beginning was changed');
    if (plain === undefined)
      throw isLast && opened(chunk, number, false, key, header) !== undefined
        ? new BackupError('truncated', 'the backup was cut off')
        : new BackupError(
            'damaged',
            `the backup was changed or cut off, at chunk ${number} of ${CHUNK_BYTES / 1024} KiB`,
          );
    yield plain;
    if (isLast) return;
  }
}

function sealed(plain: Buffer, number: number, isLast: boolean, key: Buffer, header: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, isLast), { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(header));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function opened(chunk: Buffer, number: number, isLast: boolean, key: Buffer, header: string): Buffer | undefined {
  if (chunk.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, isLast), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(header));
  decipher.setAuthTag(chunk.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(chunk.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(isLast ? 1 : 0, 0);
  // 2^48 chunks of 64 KiB are more than any disk.
  nonce.writeUIntBE(number, 6, 6);
  return nonce;
}
