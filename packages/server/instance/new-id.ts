/**
 * Makes UUIDs of version 7 (RFC 9562 section 5.7): 48 bits of time in ms, then 74 random bits. They sort by time, which
 * keeps indexes small and new rows together.
 */
export function createNewId(clock: () => Date, random: (sizeBytes: number) => Uint8Array): () => string {
  return () => {
    const bytes = Buffer.alloc(16);
    bytes.writeUIntBE(clock().getTime(), 0, 6);
    bytes.set(random(10), 6);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
}
