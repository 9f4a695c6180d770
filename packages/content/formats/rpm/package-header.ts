import { ContentFault } from '../../model/index.ts';

/** One header of an rpm file: a list of tagged values ('RPM package file structure', LSB core 22.2.3). */
export interface RpmHeader {
  /** As in the file, from its magic to its last value: what signatures are over. */
  readonly bytes: Uint8Array;
  number(tag: number): number | null;
  text(tag: number): string | null;
  texts(tag: number): readonly string[];
  binary(tag: number): Uint8Array | null;
}

export const INTRO_BYTES = 16;
const ENTRY_BYTES = 16;
const MAGIC = [0x8e, 0xad, 0xe8, 0x01] as const;
const TYPE = { int32: 4, string: 6, binary: 7, stringArray: 8, i18nString: 9 } as const;
/** rpm's own limit is 65,536 entries (headerVerifyInfo). */
const ENTRIES_LIMIT = 65_536;
/** Headers of packages with 100,000 files have 15 MB. */
const HEADER_LIMIT_BYTES = 32 * 1024 * 1024;
/** Most strings of one value that are read; those that matter here have one to three. */
const TEXTS_LIMIT = 64;

/** How many bytes follow the intro. @throws ContentFault `malformed`, `too-large` */
export function headerLength(intro: Uint8Array): number {
  if (intro.length < INTRO_BYTES || MAGIC.some((byte, at) => intro[at] !== byte)) throw broken('it has no rpm header');
  const view = viewOf(intro);
  const entries = view.getUint32(8);
  const dataBytes = view.getUint32(12);
  const length = entries * ENTRY_BYTES + dataBytes;
  if (entries > ENTRIES_LIMIT || length > HEADER_LIMIT_BYTES)
    throw new ContentFault('too-large', `the rpm's header claims ${entries} entries and ${dataBytes} bytes`);
  return length;
}

/**
 * Reads a whole header. A tag that is there twice is refused, since readers would differ in which one they take.
 *
 * @param bytes the intro and what follows it
 * @throws ContentFault `malformed`, `too-large`
 */
export function readHeader(bytes: Uint8Array): RpmHeader {
  if (bytes.length !== INTRO_BYTES + headerLength(bytes)) throw broken('its header is cut off');
  const view = viewOf(bytes);
  const dataAt = INTRO_BYTES + view.getUint32(8) * ENTRY_BYTES;
  const entries = new Map<number, { readonly type: number; readonly at: number; readonly count: number }>();
  for (let at = INTRO_BYTES; at < dataAt; at += ENTRY_BYTES) {
    const tag = view.getUint32(at);
    const start = dataAt + view.getUint32(at + 8);
    if (start >= bytes.length) throw broken('its header points behind its end');
    if (entries.has(tag)) throw broken(`its header has tag ${tag} twice`);
    entries.set(tag, { type: view.getUint32(at + 4), at: start, count: view.getUint32(at + 12) });
  }
  const entry = (tag: number, types: readonly number[]) => {
    const found = entries.get(tag);
    if (found === undefined) return null;
    if (!types.includes(found.type) || found.count === 0) throw broken(`tag ${tag} of its header is of another type`);
    return found;
  };
  const texts = (tag: number): readonly string[] => {
    const found = entry(tag, [TYPE.string, TYPE.stringArray, TYPE.i18nString]);
    if (found === null) return [];
    if (found.count > TEXTS_LIMIT)
      throw new ContentFault('too-large', `tag ${tag} of the rpm has ${found.count} texts`);
    return textsAt(bytes, found.at, found.count);
  };
  return {
    bytes,
    texts,
    text: (tag) => texts(tag)[0] ?? null,
    number(tag) {
      const found = entry(tag, [TYPE.int32]);
      if (found === null) return null;
      if (found.at + 4 > bytes.length) throw broken('a number crosses its header’s end');
      return view.getUint32(found.at);
    },
    binary(tag) {
      const found = entry(tag, [TYPE.binary]);
      if (found === null) return null;
      if (found.at + found.count > bytes.length) throw broken('a value crosses its header’s end');
      return bytes.subarray(found.at, found.at + found.count);
    },
  };
}

function textsAt(bytes: Uint8Array, from: number, count: number): readonly string[] {
  const found: string[] = [];
  let at = from;
  while (found.length < count) {
    const end = bytes.indexOf(0, at);
    if (end === -1) throw broken('a text does not end before its header does');
    found.push(Buffer.from(bytes.subarray(at, end)).toString('utf8'));
    at = end + 1;
  }
  return found;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function broken(why: string): ContentFault {
  return new ContentFault('malformed', `this is no rpm file that can be read: ${why}`);
}
