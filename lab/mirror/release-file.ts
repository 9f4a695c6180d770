/** What a verified Release file says: its fields, and the index files that it vouches for. */
export type ReleaseFile = {
  readonly fields: ReadonlyMap<string, string>;
  /** Path below dists/SUITE → its digest and size. */
  readonly indexes: ReadonlyMap<string, { readonly sha256: string; readonly sizeBytes: number }>;
};

/** The Debian repository format, "Release" files. Lines that don't parse are left out: apt itself checks the original. */
export function parseRelease(text: string): ReleaseFile {
  const fields = new Map<string, string>();
  const indexes = new Map<string, { sha256: string; sizeBytes: number }>();
  let section = '';
  for (const line of text.split('\n')) {
    const field = /^([A-Za-z][A-Za-z0-9-]*):\s*(.*)$/.exec(line);
    if (field !== null) {
      section = field[1] ?? '';
      if (field[2] !== '') fields.set(section, field[2] ?? '');
    } else if (section === 'SHA256') {
      const entry = /^\s+([0-9a-f]{64})\s+(\d+)\s+(\S+)$/.exec(line);
      if (entry !== null) indexes.set(entry[3] ?? '', { sha256: entry[1] ?? '', sizeBytes: Number(entry[2]) });
    }
  }
  return { fields, indexes };
}
