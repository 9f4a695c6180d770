import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../../storage/index.ts';
import { orderOf } from '../../revisions/newest-versions.ts';
import type { Pair } from './pairs.ts';

/** One version of a package in a repository. */
export interface PackageVersion {
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly sizeBytes: number;
}

/** A package whose newest version is another one, or that is only in one of the two. */
export interface ChangedPackage {
  readonly pair: Pair;
  readonly name: string;
  readonly architecture: string;
  readonly from: PackageVersion | null;
  readonly to: PackageVersion | null;
}

interface Row extends PackageVersion {
  readonly name: string;
  readonly architecture: string;
  readonly isFrom: boolean;
  readonly isTo: boolean;
}

/** What differs between two states of one repository. Of several versions in one state the highest counts: that is what is installed. */
export async function changedPackages(within: Kysely<Tables>, pair: Pair): Promise<readonly ChangedPackage[]> {
  if (pair.from === pair.to) return [];
  const rows = await readRows(within, pair);
  const changed: ChangedPackage[] = [];
  let from: PackageVersion | null = null;
  let to: PackageVersion | null = null;
  for (const [index, row] of rows.entries()) {
    if (row.isFrom) from = higher(pair.format, from, row);
    if (row.isTo) to = higher(pair.format, to, row);
    const next = rows[index + 1];
    if (next?.name === row.name && next.architecture === row.architecture) continue;
    if (from?.version !== to?.version) changed.push({ pair, name: row.name, architecture: row.architecture, from, to });
    from = to = null;
  }
  return changed;
}

function higher(format: string, known: PackageVersion | null, row: PackageVersion): PackageVersion {
  return known === null || orderOf(format, known.version, row.version) < 0 ? row : known;
}

/** All versions of the packages of which anything begins or ends in between, by name. */
async function readRows(within: Kysely<Tables>, { repositoryId, from, to }: Pair): Promise<readonly Row[]> {
  const isFrom = validAt(from);
  const isTo = validAt(to);
  const lower = Math.min(from ?? to ?? 0, to ?? from ?? 0);
  const upper = Math.max(from ?? 0, to ?? 0);
  // With a state on one side only, everything on that side is new or gone.
  const touched =
    from === null || to === null
      ? sql`(${isFrom} or ${isTo})`
      : sql`(p.name, p.architecture) in (
          select name, architecture from content_package
          where repository_id = ${repositoryId} and since_sequence > ${lower} and since_sequence <= ${upper}
          union
          select name, architecture from content_package
          where repository_id = ${repositoryId} and until_sequence > ${lower} and until_sequence <= ${upper})
        and (${isFrom} or ${isTo})`;
  const { rows } = await sql<Row>`
    select p.name, p.architecture, p.version, p.source, p.source_version as "sourceVersion", p.size_bytes as "sizeBytes",
      ${isFrom} as "isFrom", ${isTo} as "isTo"
    from content_package p where p.repository_id = ${repositoryId} and ${touched}
    order by p.name collate "C", p.architecture collate "C"`.execute(within);
  return rows;
}

function validAt(sequence: number | null) {
  return sequence === null
    ? sql`false`
    : sql`(p.since_sequence <= ${sequence} and (p.until_sequence is null or p.until_sequence > ${sequence}))`;
}
