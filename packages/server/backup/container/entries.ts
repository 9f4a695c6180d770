import { BackupError } from '../backup-error.ts';
import { ByteReader } from './byte-reader.ts';

/** A named part of a backup, whose size is not known before it has been read. */
export interface Entry {
  readonly name: string;
  readonly content: AsyncIterable<Buffer>;
}

const NAME_LIMIT_BYTES = 200;
/** PostgreSQL's COPY gives a row at a time; the largest value of a column is far below this, and nobody need hold more. */
const FRAME_LIMIT_BYTES = 64 * 1024 * 1024;
/** Rows are small: a frame for each would cost more than they do. */
const GATHERED_BYTES = 64 * 1024;

/** Entries as frames: four bytes of length, so many bytes. A name, its content, an empty frame; another empty frame is the end. */
export async function* printEntries(entries: AsyncIterable<Entry>): AsyncGenerator<Buffer> {
  for await (const { name, content } of entries) {
    yield frame(Buffer.from(name));
    let gathered: Buffer[] = [];
    let sizeBytes = 0;
    for await (const part of content) {
      if (part.length === 0) continue;
      gathered.push(part);
      sizeBytes += part.length;
      if (sizeBytes < GATHERED_BYTES) continue;
      yield frame(Buffer.concat(gathered));
      gathered = [];
      sizeBytes = 0;
    }
    if (sizeBytes > 0) yield frame(Buffer.concat(gathered));
    yield frame(Buffer.alloc(0));
  }
  yield frame(Buffer.alloc(0));
}

/**
 * The content of an entry has to be read to its end before the next is asked for.
 *
 * @throws BackupError `truncated`, `damaged`
 */
export async function* parseEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const reader = new ByteReader(source);
  for (;;) {
    const name = await readFrame(reader, NAME_LIMIT_BYTES);
    if (name.length === 0) break;
    yield { name: name.toString('utf8'), content: contentOf(reader) };
  }
  if (!(await reader.atEnd())) throw new BackupError('damaged', 'the backup goes on after its end');
}

async function* contentOf(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    const content = await readFrame(reader, FRAME_LIMIT_BYTES);
    if (content.length === 0) return;
    yield content;
  }
}

async function readFrame(reader: ByteReader, limitBytes: number): Promise<Buffer> {
  const length = await reader.upTo(4);
  if (length.length < 4) throw new BackupError('truncated', 'the backup was cut off');
  const sizeBytes = length.readUInt32BE();
  if (sizeBytes > limitBytes)
    throw new BackupError('damaged', 'the backup was changed: a part of it is larger than any can be');
  const bytes = await reader.upTo(sizeBytes);
  if (bytes.length < sizeBytes) throw new BackupError('truncated', 'the backup was cut off');
  return bytes;
}

function frame(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
