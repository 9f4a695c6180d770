import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { BackupError } from '../backup-error.ts';
import { type Entry, parseEntries, printEntries } from './entries.ts';
import { HEADER_LIMIT_BYTES, keyOf, newHeader, parseHeader, printHeader } from './header.ts';
import { openChunks, sealChunks } from './seal-chunks.ts';

/** Writes a backup: entries, packed, sealed if there is a passphrase. */
export async function writeContainer(
  entries: AsyncIterable<Entry>,
  target: Writable,
  passphrase: string | undefined,
): Promise<void> {
  const header = newHeader(passphrase !== undefined);
  const line = printHeader(header);
  const key = await keyOf(header, passphrase);
  target.write(line);
  const packing = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const source = Readable.from(printEntries(entries));
  if (key === undefined) await pipeline(source, packing, target);
  else await pipeline(source, packing, (packed: AsyncIterable<Uint8Array>) => sealChunks(packed, key, line), target);
}

/**
 * The entries of a backup, one after another.
 *
 * @throws BackupError `not-a-backup`, `passphrase`, `truncated`, `damaged`
 */
export async function* readContainer(path: string, passphrase: string | undefined): AsyncGenerator<Entry> {
  const line = await readFirstLine(path);
  const key = await keyOf(parseHeader(line.trimEnd()), passphrase);
  const body = createReadStream(path, { start: Buffer.byteLength(line) });
  const unpacked = createZstdDecompress();
  const whole =
    key === undefined
      ? pipeline(body, unpacked)
      : pipeline(body, (sealed: AsyncIterable<Uint8Array>) => openChunks(sealed, key, line), unpacked);
  // Whoever reads hears of it.
  whole.catch(() => undefined);
  try {
    yield* parseEntries(toldOurWay(unpacked, whole));
  } finally {
    body.destroy();
    unpacked.destroy();
  }
}

async function readFirstLine(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_LIMIT_BYTES), 0, HEADER_LIMIT_BYTES, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    return text.slice(0, text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

/** The bytes, and at their end what was wrong after them. */
async function* toldOurWay(bytes: AsyncIterable<Uint8Array>, whole: Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
    await whole;
  } catch (error) {
    throw asBackupError(error);
  }
}

/** What zstd says of bytes that are not its own. */
function asBackupError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_OUT_OF_BOUNDS' || code === 'Z_BUF_ERROR' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new BackupError('truncated', 'the backup was cut off', { cause: error });
  return code.startsWith('ZSTD_') || code.startsWith('Z_')
    ? new BackupError('damaged', 'the backup was changed: it can’t be unpacked', { cause: error })
    : error;
}
