import { copyFileSync, createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Real advisories that lie beside a checkout; never part of it. */
export const REAL_DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

export function hasRealData(): boolean {
  return existsSync(join(REAL_DATA, 'INDEX.md'));
}

/** What a mirror of the feeds holds (`thimble feeds serve`), and where the collection has it; unpacked where the publisher's is. */
const DOCUMENTS: readonly (readonly [place: string, source: string])[] = [
  ['debian-lists/data/DSA/list', 'debian/DSA-list.txt.gz'],
  ['debian-lists/data/DLA/list', 'debian/DLA-list.txt.gz'],
  ['debian-tracker/data/json', 'debian/tracker-derived.json.gz'],
  ['distro-info/debian.csv', 'debian/support/debian.csv'],
  ['distro-info/ubuntu.csv', 'debian/support/ubuntu.csv'],
  ['osv-pypi/PyPI/all.zip', 'osv-pypi/all.zip'],
  ['osv-go/Go/all.zip', 'osv-go/all.zip'],
  ['osv-almalinux/AlmaLinux/all.zip', 'almalinux/all.zip'],
  ['epss/epss_scores-current.csv.gz', 'epss/epss_scores-2026-08-16.csv.gz'],
  ['kev/known_exploited_vulnerabilities.json', 'kev/known_exploited_vulnerabilities.json.gz'],
  ['debian-support/security-support-limited', 'debian/support/security-support-limited'],
  ...['9', '10', '11', '12'].map(
    (release) =>
      [
        `debian-support/security-support-ended.deb${release}`,
        `debian/support/security-support-ended.deb${release}`,
      ] as const,
  ),
];

/** Lays a mirror of these feeds out. @param feeds which of them; others' documents are left out. */
export async function layOutMirror(folder: string, feeds: readonly string[]): Promise<void> {
  for (const [place, source] of DOCUMENTS) {
    if (!feeds.includes(place.slice(0, place.indexOf('/')))) continue;
    const from = join(REAL_DATA, source);
    const to = join(folder, place);
    mkdirSync(dirname(to), { recursive: true });
    if (source.endsWith('.gz') && !place.endsWith('.gz'))
      await pipeline(createReadStream(from), createGunzip(), createWriteStream(to));
    else copyFileSync(from, to);
  }
}
