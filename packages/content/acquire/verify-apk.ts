import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { ContentFault } from '../model/index.ts';

/** Signature and control of a package, packed: scripts and .PKGINFO, a few kilobytes in all of Alpine. */
const HEAD_LIMIT_BYTES = 8 * 1024 * 1024;
/** The same of one of them, unpacked. */
const SEGMENT_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * Checks a package of apk-tools 2 against what the signed index says of it. An .apk is three gzip members one after the other, each a piece
 * of a tar archive: a signature (which may be missing), control and data (apk-package(5)). The index has the SHA-1 of the control
 * member (`C:Q1…`), whose .PKGINFO has the SHA-256 of the data member (`datahash`).
 *
 * @returns what is wrong; null: nothing
 */
export async function verifyApk(path: string, controlSha1: string, name: string): Promise<ContentFault | null> {
  const file = await open(path);
  try {
    const head = await readHead(file);
    const first = memberAt(head, 0);
    const isSigned = tarEntries(first.content).every((entry) => entry.name.startsWith('.SIGN.'));
    const start = isSigned ? first.end : 0;
    const control = isSigned ? memberAt(head, start) : first;
    const sha1 = createHash('sha1').update(head.subarray(start, control.end)).digest('hex');
    if (sha1 !== controlSha1)
      return wrong(`${name}: its control segment has the SHA-1 ${sha1}, the signed index says ${controlSha1}`);
    const stated = dataDigestOf(control.content);
    const found = await digestFrom(path, control.end);
    if (found === stated) return null;
    return wrong(`${name}: its data has the SHA-256 ${found}, its signed control segment says ${stated}`);
  } catch (error) {
    if (!(error instanceof MalformedApk)) throw error;
    return new ContentFault('malformed', `${name} is no package of apk-tools 2: ${error.message}`, { cause: error });
  } finally {
    await file.close();
  }
}

class MalformedApk extends Error {}

function wrong(message: string): ContentFault {
  return new ContentFault('wrong-digest', message);
}

async function readHead(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const head = Buffer.alloc(Math.min(size, HEAD_LIMIT_BYTES));
  let filled = 0;
  while (filled < head.length) {
    const { bytesRead } = await file.read(head, filled, head.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return head.subarray(0, filled);
}

interface Member {
  readonly content: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

/** One gzip member (RFC 1952 section 2.3). Node's own gunzip goes on into the next one and does not say where it began. */
function memberAt(bytes: Buffer, start: number): Member {
  const begin = headerEnd(bytes, start);
  const { buffer: content, consumed } = inflate(bytes.subarray(begin));
  const trailer = begin + consumed;
  if (trailer + 8 > bytes.length) throw new MalformedApk('it is cut off');
  if (bytes.readUInt32LE(trailer) !== crc32(content) || bytes.readUInt32LE(trailer + 4) !== content.length)
    throw new MalformedApk('the checksum of a gzip member is wrong');
  return { content, end: trailer + 8 };
}

function headerEnd(bytes: Buffer, start: number): number {
  if (bytes.length < start + 10 || bytes.readUInt16BE(start) !== 0x1f8b || bytes[start + 2] !== 8)
    throw new MalformedApk('it has no gzip member where one should begin');
  const flags = bytes[start + 3] ?? 0;
  let at = start + 10;
  if ((flags & 4) !== 0) at += 2 + (at + 2 <= bytes.length ? bytes.readUInt16LE(at) : 0);
  // Name and comment end with a zero byte.
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) throw new MalformedApk('a gzip header has no end');
    at = zero + 1;
  }
  return (flags & 2) === 0 ? at : at + 2;
}

function inflate(bytes: Buffer): { readonly buffer: Buffer; readonly consumed: number } {
  try {
    const result: unknown = inflateRawSync(bytes, { maxOutputLength: SEGMENT_LIMIT_BYTES, info: true });
    if (isInflated(result)) return { buffer: result.buffer, consumed: result.engine.bytesWritten };
  } catch (cause) {
    throw new MalformedApk('a gzip member can’t be unpacked, or is far larger than any package’s', { cause });
  }
  throw new TypeError('zlib does not say how much it has read');
}

/** With `info`, which Node's declarations do not know, zlib gives its engine along, which counts what it has read. */
function isInflated(
  result: unknown,
): result is { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } {
  if (typeof result !== 'object' || result === null || !('buffer' in result) || !('engine' in result)) return false;
  const { engine } = result;
  return typeof engine === 'object' && engine !== null && 'bytesWritten' in engine;
}

interface TarEntry {
  readonly name: string;
  readonly content: Buffer;
}

/** The files of a piece of a tar archive (ustar; longer names and attributes stand in entries of their own, whose names do not count here). */
function tarEntries(bytes: Buffer): readonly TarEntry[] {
  const entries: TarEntry[] = [];
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const header = bytes.subarray(at, at + 512);
    const size = Number.parseInt(textUntilZero(header.subarray(124, 136)).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || size < 0 || at + 512 + size > bytes.length)
      throw new MalformedApk('a tar archive in it is damaged');
    entries.push({ name: textUntilZero(header.subarray(0, 100)), content: bytes.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  if (entries.length === 0) throw new MalformedApk('a segment has no files');
  return entries;
}

function textUntilZero(bytes: Buffer): string {
  const zero = bytes.indexOf(0);
  return bytes.subarray(0, zero < 0 ? bytes.length : zero).toString('latin1');
}

function dataDigestOf(control: Buffer): string {
  const [info, ...more] = tarEntries(control).filter(({ name }) => name === '.PKGINFO');
  if (info === undefined || more.length > 0) throw new MalformedApk('it has no .PKGINFO, or several');
  const [stated, ...others] = [...info.content.toString('utf8').matchAll(/^datahash = ([0-9a-f]{64})$/gm)];
  if (stated?.[1] === undefined || others.length > 0)
    throw new MalformedApk('its .PKGINFO states no SHA-256 of the data, or several');
  return stated[1];
}

async function digestFrom(path: string, start: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { start })) if (chunk instanceof Buffer) hash.update(chunk);
  return hash.digest('hex');
}
