import { DatabaseSync } from 'node:sqlite';
import { type InstalledDatabase, type InstalledSoftware, readRpmHeader, SbomError } from '@thimble/sbom';
import { CliError } from '../../cli-error.ts';

/** Relative to a root; the newer place first. */
export const RPM_DATABASE_PATHS = ['usr/lib/sysimage/rpm/rpmdb.sqlite', 'var/lib/rpm/rpmdb.sqlite'] as const;
/** Formats from before sqlite, which only rpm itself reads. */
export const OLD_RPM_DATABASE_PATHS = [
  'var/lib/rpm/Packages',
  'usr/lib/sysimage/rpm/Packages.db',
  'var/lib/rpm/Packages.db',
] as const;

/** @throws CliError `malformed` */
export function readRpmDatabase(file: string, shownPath: string): InstalledDatabase {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const packages: InstalledSoftware[] = [];
    const problems: string[] = [];
    for (const row of database.prepare('select blob from Packages').iterate()) {
      const blob = row['blob'];
      if (!(blob instanceof Uint8Array)) continue;
      try {
        const read = readRpmHeader(blob);
        if (read !== null) packages.push(read);
      } catch (error) {
        if (!(error instanceof SbomError)) throw error;
        problems.push(error.message);
      }
    }
    packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
    return { packages, problems };
  } catch (cause) {
    throw new CliError('malformed', `${shownPath} is not a readable rpm database (sqlite)`, { cause });
  } finally {
    database?.close();
  }
}
