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

/** The file with this RSA signature over its header in place of the one that it has, which must be longer. */
export function withSignature(rpm: Buffer, signature: Uint8Array): Buffer {
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
