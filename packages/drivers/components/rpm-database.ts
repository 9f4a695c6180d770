import { type InstalledDatabase, type InstalledSoftware, readRpmHeader, SbomError } from '@thimble/sbom';
import { type PageSource, sqliteRows } from './sqlite-table.ts';

/** Relative to a root; the newer place first. */
export const RPM_DATABASE_PATHS = ['usr/lib/sysimage/rpm/rpmdb.sqlite', 'var/lib/rpm/rpmdb.sqlite'] as const;
/** Formats from before sqlite, which only rpm itself reads. */
export const OLD_RPM_DATABASE_PATHS = [
  'var/lib/rpm/Packages',
  'usr/lib/sysimage/rpm/Packages.db',
  'var/lib/rpm/Packages.db',
] as const;

/** Fedora's whole archive has 70,000. */
const PACKAGES_MAX = 100_000;
const PROBLEMS_MAX = 20;

/** rpm's database of installed packages (rpmdb.sqlite). @throws HostError `io` when it is none */
export async function readRpmDatabase(source: PageSource): Promise<InstalledDatabase> {
  const packages: InstalledSoftware[] = [];
  const problems: string[] = [];
  for await (const row of sqliteRows(source, 'Packages')) {
    const blob = row.find((value) => value instanceof Uint8Array);
    if (blob === undefined) continue;
    try {
      const read = readRpmHeader(blob);
      if (read !== null) packages.push(read);
    } catch (error) {
      if (!(error instanceof SbomError)) throw error;
      if (problems.length < PROBLEMS_MAX) problems.push(error.message);
    }
    if (packages.length < PACKAGES_MAX) continue;
    problems.push(`more than ${PACKAGES_MAX} packages: the others were not read`);
    break;
  }
  packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
  return { packages, problems };
}

/** A database that is in memory already. */
export function pagesOf(bytes: Buffer): PageSource {
  return {
    sizeBytes: bytes.length,
    readRange: async (offsetBytes, lengthBytes) => bytes.subarray(offsetBytes, offsetBytes + lengthBytes),
  };
}
