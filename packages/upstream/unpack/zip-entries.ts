import { statSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromRandomAccessReader, type ZipFile } from 'yauzl';
import { UpstreamError } from '../upstream-error.ts';
import type { ArchiveEntry, UnpackLimits } from './archive-entry.ts';
import { FileWindow } from './file-window.ts';
import { asUpstreamError, createGuard, type Guard } from './guard.ts';
import { ARCHIVE_ENTRIES_LIMIT, ENTRY_NAME_LIMIT } from './limits.ts';

/**
 * The files of a zip archive. Nothing is allocated by a claimed length: packed bytes by what the file has, unpacked ones
 * by what inflating yields, up to the claimed length and the limit.
 *
 * @throws UpstreamError `malformed`, `too-large`; `unsupported` for encrypted entries and methods other than deflate
 */
export async function* zipEntries(path: string, limits: UnpackLimits): AsyncGenerator<ArchiveEntry> {
  const { size } = statSync(path);
  const guard = createGuard(limits.name, size, limits.limitBytes);
  const file = new FileWindow(path);
  let zip: ZipFile | undefined;
  try {
    zip = await open(file, size);
    if (zip.entryCount > ARCHIVE_ENTRIES_LIMIT)
      throw new UpstreamError('too-large', `${limits.name} claims ${zip.entryCount} files`);
    for (let entry = await next(zip); entry !== null; entry = await next(zip))
      if (!entry.fileName.endsWith('/')) yield archiveEntry({ zip, file, fileSize: size, guard, limits }, entry);
  } catch (error) {
    throw asUpstreamError(limits.name, error);
  } finally {
    if (zip === undefined) file.close(() => undefined);
    else zip.close();
  }
}

interface Archive {
  readonly zip: ZipFile;
  readonly file: FileWindow;
  readonly fileSize: number;
  readonly guard: Guard;
  readonly limits: UnpackLimits;
}

function archiveEntry(archive: Archive, entry: Entry): ArchiveEntry {
  const { limits } = archive;
  if (entry.fileName.length > ENTRY_NAME_LIMIT)
    throw new UpstreamError(
      'malformed',
      `${limits.name} has a file with a name of ${entry.fileName.length} characters`,
    );
  return {
    name: entry.fileName,
    sizeBytes: entry.uncompressedSize,
    bytes: async () => {
      try {
        return await content(archive, entry);
      } catch (error) {
        throw asUpstreamError(`${limits.name} (${entry.fileName})`, error);
      }
    },
  };
}

async function content({ zip, file, fileSize, guard, limits }: Archive, entry: Entry): Promise<Uint8Array> {
  const place = `${limits.name} (${entry.fileName})`;
  if (entry.isEncrypted()) throw new UpstreamError('unsupported', `${place} is encrypted`);
  if (entry.uncompressedSize > guard.remaining())
    throw new UpstreamError('too-large', `${place} claims ${entry.uncompressedSize} bytes, more than are read`);
  const start = await contentStart(zip, entry);
  if (start + entry.compressedSize > fileSize) throw new UpstreamError('malformed', `${place} is cut off`);
  const packed = file.slice(start, entry.compressedSize);
  const bytes = inflate(packed, entry, place);
  guard.count(bytes.length);
  if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32)
    throw new UpstreamError('malformed', `${place} does not have the stated length and checksum`);
  return bytes;
}

function inflate(packed: Buffer, entry: Entry, place: string): Buffer {
  if (entry.compressionMethod === 0) return packed;
  if (entry.compressionMethod !== 8)
    throw new UpstreamError(
      'unsupported',
      `${place} is packed with zip's method ${entry.compressionMethod}, not deflate`,
    );
  // Zlib wants room for one byte at least.
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
}

function open(file: FileWindow, size: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromRandomAccessReader(file, size, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(error);
    });
  });
}

function next(zip: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      zip.removeAllListeners();
      act();
    };
    zip.on('entry', (entry: Entry) => settle(() => resolve(entry)));
    zip.on('end', () => settle(() => resolve(null)));
    zip.on('error', (error: Error) => settle(() => reject(error)));
    zip.readEntry();
  });
}

function contentStart(zip: ZipFile, entry: Entry): Promise<number> {
  return new Promise((resolve, reject) => {
    zip.readLocalFileHeader(entry, { minimal: true }, (error, header) => {
      if (error === null) resolve(header.fileDataStart);
      else reject(error);
    });
  });
}
