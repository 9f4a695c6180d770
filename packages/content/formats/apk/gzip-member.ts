import { constants, crc32, inflateRawSync } from 'node:zlib';
import { ContentFault } from '../../model/index.ts';

const FIXED_BYTES = 10;
const TRAILER_BYTES = 8;
/** Packed, of which a tar entry's name can be read. */
const START_BYTES = 1024;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/**
 * Unpacks the first gzip member (RFC 1952 clause 2.3) and says where it ends: apk signs the bytes behind it.
 *
 * @throws ContentFault `malformed`, `too-large`
 */
export function firstGzipMember(
  bytes: Uint8Array,
  limits: { readonly limitBytes: number },
  what: string,
): { readonly content: Uint8Array; readonly end: number } {
  const damaged = (cause?: unknown): ContentFault =>
    new ContentFault('malformed', `${what} does not begin with a whole gzip member`, { cause });
  const start = endOfHeader(bytes);
  if (start === null) throw damaged();
  let inflated: { readonly buffer: Buffer; readonly consumed: number };
  try {
    inflated = inflate(bytes.subarray(start), limits.limitBytes);
  } catch (error) {
    if (error instanceof RangeError)
      throw new ContentFault('too-large', `${what} has a signature of more than ${limits.limitBytes} bytes`);
    throw damaged(error);
  }
  const trailerAt = start + inflated.consumed;
  if (trailerAt + TRAILER_BYTES > bytes.length) throw damaged();
  const trailer = Buffer.from(bytes.subarray(trailerAt, trailerAt + TRAILER_BYTES));
  if (trailer.readUInt32LE(0) !== crc32(inflated.buffer) || trailer.readUInt32LE(4) !== inflated.buffer.length)
    throw damaged();
  return { content: inflated.buffer, end: trailerAt + TRAILER_BYTES };
}

/** The first unpacked bytes, whatever follows; empty when this is no gzip. */
export function gzipStart(bytes: Uint8Array): Uint8Array {
  const start = endOfHeader(bytes);
  if (start === null) return new Uint8Array();
  try {
    // Deflate reaches 1,032:1.
    const limits = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: START_BYTES * 1100 };
    return inflateRawSync(bytes.subarray(start, start + START_BYTES), limits);
  } catch {
    return new Uint8Array();
  }
}

/** With `info`, which the types of Node leave out, zlib says how many bytes it took. */
function inflate(bytes: Uint8Array, limitBytes: number): { readonly buffer: Buffer; readonly consumed: number } {
  const result: unknown = inflateRawSync(bytes, { info: true, maxOutputLength: limitBytes });
  const { buffer, engine } = result as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
  return { buffer, consumed: engine.bytesWritten };
}

/** @returns null when this is no gzip */
function endOfHeader(bytes: Uint8Array): number | null {
  const flags = bytes[3] ?? FLAG.reserved;
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8 || (flags & FLAG.reserved) !== 0) return null;
  let at = FIXED_BYTES;
  if ((flags & FLAG.extra) !== 0) at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end === -1) return null;
    at = end + 1;
  }
  if ((flags & FLAG.headerCrc) !== 0) at += 2;
  return at < bytes.length ? at : null;
}
