const LEAD_BYTES = 96;
const INTRO_BYTES = 16;
const ENTRY_BYTES = 16;
const TAG_RSA = 268;

/** Where the parts of an rpm file begin. */
export function rpmLayout(bytes: Buffer): { readonly headerAt: number; readonly payloadAt: number } {
  const lengthAt = (at: number): number =>
    INTRO_BYTES + bytes.readUInt32BE(at + 8) * ENTRY_BYTES + bytes.readUInt32BE(at + 12);
  const headerAt = Math.ceil((LEAD_BYTES + lengthAt(LEAD_BYTES)) / 8) * 8;
  return { headerAt, payloadAt: headerAt + lengthAt(headerAt) };
}

/** The file with this RSA signature over its header in place of the one that it has, which must be longer: rpm accepts it. */
export function withRsaSignature(rpm: Buffer, signature: Uint8Array): Buffer {
  const bytes = Buffer.from(rpm);
  const entries = bytes.readUInt32BE(LEAD_BYTES + 8);
  const entryAt = Array.from({ length: entries }, (_, i) => LEAD_BYTES + INTRO_BYTES + i * ENTRY_BYTES).find(
    (at) => bytes.readUInt32BE(at) === TAG_RSA,
  );
  if (entryAt === undefined || bytes.readUInt32BE(entryAt + 12) < signature.length)
    throw new Error('there is no room for this signature');
  bytes.writeUInt32BE(signature.length, entryAt + 12);
  bytes.set(signature, LEAD_BYTES + INTRO_BYTES + entries * ENTRY_BYTES + bytes.readUInt32BE(entryAt + 8));
  return bytes;
}

/** A tag's value: a number, a text, texts, or bytes. */
export type HeaderEntry = readonly [tag: number, value: number | string | readonly string[] | Uint8Array];

/** A header as in a file; nothing is sorted, so that it can be as wrong as a test wants. */
export function headerOf(entries: readonly HeaderEntry[]): Buffer {
  const index: Buffer[] = [];
  const values: Buffer[] = [];
  let offset = 0;
  for (const [tag, value] of entries) {
    const [type, count, bytes] = encoded(value);
    const gap = type === 4 ? (4 - (offset % 4)) % 4 : 0;
    const entry = Buffer.alloc(ENTRY_BYTES);
    [tag, type, offset + gap, count].forEach((number, at) => entry.writeUInt32BE(number, at * 4));
    index.push(entry);
    values.push(Buffer.alloc(gap), bytes);
    offset += gap + bytes.length;
  }
  const intro = Buffer.from([0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0, ...Buffer.alloc(8)]);
  intro.writeUInt32BE(entries.length, 8);
  intro.writeUInt32BE(offset, 12);
  return Buffer.concat([intro, ...index, ...values]);
}

/** @returns type (rpmtag.h), count and bytes */
function encoded(value: HeaderEntry[1]): readonly [number, number, Buffer] {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return [4, 1, bytes];
  }
  if (typeof value === 'string') return [6, 1, Buffer.from(`${value}\0`)];
  if (value instanceof Uint8Array) return [7, value.length, Buffer.from(value)];
  return [8, value.length, Buffer.from(value.map((text) => `${text}\0`).join(''))];
}

/** An rpm file of these parts. */
export function rpmOf(signatures: readonly HeaderEntry[], header: Uint8Array, payload: Uint8Array): Buffer {
  const lead = Buffer.alloc(LEAD_BYTES);
  lead.writeUInt32BE(0xedabeedb);
  const signature = headerOf(signatures);
  const padding = Buffer.alloc((8 - ((LEAD_BYTES + signature.length) % 8)) % 8);
  return Buffer.concat([lead, signature, padding, header, payload]);
}
