/** One stanza of a Packages index, as far as the tests need it. */
export type PackageRecord = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly sha256: string;
};

/** Name → the stanza. An index may hold several versions of a name (its last one counts here). */
export function parsePackagesIndex(text: string): ReadonlyMap<string, PackageRecord> {
  const records = new Map<string, PackageRecord>();
  for (const stanza of text.split('\n\n')) {
    const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const name = field('Package');
    if (name === '') continue;
    records.set(name, {
      name,
      version: field('Version'),
      architecture: field('Architecture'),
      filename: field('Filename'),
      sizeBytes: Number(field('Size')),
      sha256: field('SHA256'),
    });
  }
  return records;
}
