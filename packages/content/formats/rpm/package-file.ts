import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { ContentFault } from '../../model/index.ts';
import { headerLength, INTRO_BYTES, readHeader, type RpmHeader } from './package-header.ts';

/** An rpm file before its payload. Nothing of it is verified. */
export interface RpmFile {
  readonly signatures: RpmHeader;
  readonly header: RpmHeader;
  readonly payloadAt: number;
}

const LEAD_BYTES = 96;
const LEAD_MAGIC = 0xedabeedb;
/** The signature header is padded to this; the main header is not. */
const ALIGNMENT_BYTES = 8;
const CHUNK_BYTES = 1024 * 1024;

/** @throws ContentFault `malformed`, `too-large`, `truncated` */
export async function readRpmFile(file: FileHandle): Promise<RpmFile> {
  const lead = await readExactly(file, 0, LEAD_BYTES);
  if (lead.readUInt32BE(0) !== LEAD_MAGIC) throw new ContentFault('malformed', 'this is no rpm file');
  const signatures = await readHeaderAt(file, LEAD_BYTES);
  const end = LEAD_BYTES + signatures.bytes.length;
  const headerAt = end + ((ALIGNMENT_BYTES - (end % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES);
  const header = await readHeaderAt(file, headerAt);
  return { signatures, header, payloadAt: headerAt + header.bytes.length };
}

/** All bytes from there to the file's end. */
export async function digestFrom(file: FileHandle, start: number, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = start; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function readHeaderAt(file: FileHandle, at: number): Promise<RpmHeader> {
  const intro = await readExactly(file, at, INTRO_BYTES);
  return readHeader(await readExactly(file, at, INTRO_BYTES + headerLength(intro)));
}

async function readExactly(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (at + length > size) throw new ContentFault('truncated', `the rpm file ends after ${size} bytes, in its header`);
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(buffer, done, length - done, at + done);
    if (bytesRead === 0) throw new ContentFault('truncated', 'the rpm file became shorter while it was read');
    done += bytesRead;
  }
  return buffer;
}
