import { HostError } from '../host.ts';

/** Bytes of a database, a page at a time. */
export interface PageSource {
  readonly sizeBytes: number;
  readRange(offsetBytes: number, lengthBytes: number): Promise<Buffer>;
}

export type SqliteValue = null | number | string | Uint8Array;

/** rpm's largest headers (collections of thousands of fonts) have some megabytes; its own limit is 256 MB. */
const RECORD_MAX_BYTES = 64 * 1024 * 1024;
const MAGIC = 'SQLite format 3\0';
const INTERIOR_TABLE = 5;
const LEAF_TABLE = 13;
const FILE_HEADER_BYTES = 100;

/**
 * The rows of one table of an SQLite database (https://www.sqlite.org/fileformat.html), in the order of their keys. Not by
 * SQLite itself: a hostile file could make it compute for ever, or run what its schema says. Here each page is read once
 * at most, so that the file's size is the limit of the work. A write-ahead log beside the file is not read.
 *
 * @throws HostError `io` when it is no such database
 */
export async function* sqliteRows(source: PageSource, table: string): AsyncGenerator<readonly SqliteValue[]> {
  const header = await source.readRange(0, FILE_HEADER_BYTES);
  if (header.length < FILE_HEADER_BYTES || header.toString('latin1', 0, 16) !== MAGIC) throw broken('it is none');
  const stated = header.readUInt16BE(16);
  const pageBytes = stated === 1 ? 65_536 : stated;
  const usableBytes = pageBytes - (header[20] ?? 0);
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0 || usableBytes < 480)
    throw broken('its page size is none');
  const file: File = { source, pageBytes, usableBytes, visited: new Set() };
  let root: SqliteValue | undefined;
  for await (const [type, name, , rootPage] of recordsOf(file, 1))
    if (type === 'table' && name === table) root = rootPage;
  if (typeof root !== 'number') throw broken(`it has no table ${table}`);
  yield* recordsOf(file, root);
}

interface File {
  readonly source: PageSource;
  readonly pageBytes: number;
  readonly usableBytes: number;
  readonly visited: Set<number>;
}

async function* recordsOf(file: File, root: number): AsyncGenerator<readonly SqliteValue[]> {
  const pending = [root];
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const page = await pageOf(file, number);
    const at = number === 1 ? FILE_HEADER_BYTES : 0;
    const kind = page[at];
    const cells = page.readUInt16BE(at + 3);
    if (kind !== INTERIOR_TABLE && kind !== LEAF_TABLE) throw broken(`page ${number} is not of a table`);
    const pointersAt = at + (kind === LEAF_TABLE ? 8 : 12);
    if (pointersAt + cells * 2 > page.length) throw broken(`page ${number} claims too many cells`);
    const places = Array.from({ length: cells }, (_, index) => page.readUInt16BE(pointersAt + index * 2));
    if (kind === INTERIOR_TABLE) {
      const children = places.map((place) => uint32(page, place));
      pending.push(uint32(page, at + 8), ...children.reverse());
    } else for (const place of places) yield valuesOf(await payloadOf(file, page, place));
  }
}

async function pageOf({ source, pageBytes, visited }: File, number: number): Promise<Buffer> {
  if (number < 1 || number * pageBytes > source.sizeBytes || visited.has(number))
    throw broken(`page ${number} is not there, or is named twice`);
  visited.add(number);
  const page = await source.readRange((number - 1) * pageBytes, pageBytes);
  if (page.length < pageBytes) throw broken('it ends in the middle');
  return page;
}

/** A leaf's cell: length, key, the start of the record, and the first of its overflow pages. */
async function payloadOf(file: File, page: Buffer, place: number): Promise<Buffer> {
  const length = varint(page, place);
  const key = varint(page, length.end);
  if (length.value > RECORD_MAX_BYTES) throw broken('a record is too large');
  const most = file.usableBytes - 35;
  const least = Math.floor(((file.usableBytes - 12) * 32) / 255) - 23;
  const spilled = least + ((length.value - least) % (file.usableBytes - 4));
  const local = length.value <= most ? length.value : spilled <= most ? spilled : least;
  const start = page.subarray(key.end, key.end + local);
  if (local === length.value) return whole(start, local);
  const parts = [start];
  let missing = length.value - local;
  for (let next = uint32(page, key.end + local); missing > 0;) {
    const overflow = await pageOf(file, next);
    const part = overflow.subarray(4, Math.min(file.usableBytes, 4 + missing));
    parts.push(part);
    missing -= part.length;
    next = uint32(overflow, 0);
  }
  return whole(Buffer.concat(parts), length.value);
}

function valuesOf(record: Buffer): readonly SqliteValue[] {
  const head = varint(record, 0);
  const values: SqliteValue[] = [];
  let at = head.value;
  for (let next = head.end; next < head.value;) {
    const type = varint(record, next);
    next = type.end;
    const length = lengthOf(type.value);
    if (at + length > record.length) throw broken('a record ends in the middle');
    values.push(valueOf(type.value, record.subarray(at, at + length)));
    at += length;
  }
  return values;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0] as const;

function lengthOf(type: number): number {
  return INTEGER_BYTES[type] ?? Math.floor((type - 12) / 2);
}

function valueOf(type: number, bytes: Buffer): SqliteValue {
  if (type >= 12) return type % 2 === 0 ? bytes : bytes.toString('utf8');
  if (type >= 1 && type <= 5) return bytes.readIntBE(0, bytes.length);
  if (type === 6) return Number(bytes.readBigInt64BE(0));
  if (type === 7) return bytes.readDoubleBE(0);
  return type === 8 ? 0 : type === 9 ? 1 : null;
}

/** Seven bits a byte, most significant first; of the ninth byte all eight. */
function varint(bytes: Buffer, from: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = from; at < from + 9; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) throw broken('a number ends in the middle');
    value = at === from + 8 ? value * 256 + byte : value * 128 + (byte & 0x7f);
    if (byte < 0x80 || at === from + 8) return { value, end: at + 1 };
  }
  throw broken('a number does not end');
}

function uint32(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw broken('a page number ends in the middle');
  return bytes.readUInt32BE(at);
}

function whole(bytes: Buffer, length: number): Buffer {
  if (bytes.length < length) throw broken('a record ends in the middle');
  return bytes;
}

function broken(why: string): HostError {
  return new HostError('io', `not a readable SQLite database: ${why}`);
}
