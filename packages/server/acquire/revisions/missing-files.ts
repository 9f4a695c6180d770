import type { MirrorFilter } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { RepositoryRow } from '../repositories/rows.ts';
import { newestVersions } from './newest-versions.ts';
import type { PackageFile } from './wanted.ts';

export interface MirroredFile extends PackageFile {
  readonly id: number;
}

/** Architectures that every machine takes, as the formats name them. */
const ANY = ['all', 'noarch', 'any'];
/** Rows at a time: of a whole archive there are 64,000. */
const PAGE = 10_000;

/** Of the newest revision: what the filter keeps and the store has not. */
export async function missingFiles(
  within: Kysely<Tables>,
  row: Pick<RepositoryRow, 'id' | 'sequence' | 'format' | 'filter'>,
): Promise<readonly MirroredFile[]> {
  const missing: MirroredFile[] = [];
  // One page may end in the middle of a package's versions, so the last package of each waits for the next page.
  let waiting: Candidate[] = [];
  let after = { name: '', id: 0 };
  for (;;) {
    const page = await readPage(within, row, after);
    const groups = [...Map.groupBy([...waiting, ...page], ({ name }) => name).values()];
    const last = page.length < PAGE ? [] : (groups.pop() ?? []);
    for (const group of groups)
      for (const file of kept(row.format, row.filter, group)) if (!file.stored) missing.push(file);
    waiting = last;
    const end = page.at(-1);
    if (end === undefined || page.length < PAGE) return missing;
    after = { name: end.name, id: end.id };
  }
}

interface Candidate extends MirroredFile {
  readonly stored: boolean;
}

async function readPage(
  within: Kysely<Tables>,
  { id, sequence, filter, format }: Pick<RepositoryRow, 'id' | 'sequence' | 'format' | 'filter'>,
  after: { readonly name: string; readonly id: number },
): Promise<readonly Candidate[]> {
  const { rows } = await sql<Candidate>`
    select p.id, p.path, p.name, p.version, p.architecture, p.check_kind as "checkKind", p.check_value as "checkValue",
      p.size_bytes as "sizeBytes",
      exists (select 1 from content_object o where o.sha256 = p.sha256) as stored
    from content_package p
    where p.repository_id = ${id} and p.since_sequence <= ${sequence}
      and (p.until_sequence is null or p.until_sequence > ${sequence})
      and (cardinality(${filter.architectures}::text[]) = 0
        or p.architecture = any(${[...filter.architectures, ...ANY]}::text[]))
      and (cardinality(${filter.components}::text[]) = 0 or p.path ^@ any(${prefixes(format, filter)}::text[]))
      and (p.name collate "C", p.id) > (${after.name} collate "C", ${after.id})
    order by p.name collate "C", p.id limit ${PAGE}`.execute(within);
  return rows;
}

/** Archives of apt keep a component's packages below `pool/COMPONENT/`; others have it as their first folder. */
function prefixes(format: string, { components }: MirrorFilter): string[] {
  return components.flatMap((component) => [`${component}/`, ...(format === 'apt' ? [`pool/${component}/`] : [])]);
}

function kept(format: string, { newest }: MirrorFilter, group: readonly Candidate[]): readonly Candidate[] {
  if (newest === null) return group;
  const architectures = Map.groupBy(group, ({ architecture }) => architecture);
  return [...architectures.values()].flatMap((members) => {
    const versions = newestVersions(format, members, newest);
    return members.filter(({ version }) => versions.has(version));
  });
}
