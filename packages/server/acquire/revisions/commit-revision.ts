import { ContentFault, type FrozenMetadata } from '@thimble/content';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishContent } from '../publish.ts';
import { type RepositoryRow, definitionOf } from '../repositories/rows.ts';
import { resolveFaults } from './faults.ts';
import { assertSameBytes } from './same-bytes.ts';

export interface FrozenRevision {
  readonly frozen: FrozenMetadata;
  /** SHA-256 of the definition and keys with which it was frozen. */
  readonly verifiedAs: string;
  /** The metadata that a person took in spite of a fault; null: none. */
  readonly accepted: string | null;
}

/**
 * Makes what was staged the newest revision: all of it, or nothing. What has not changed costs no row.
 *
 * @param session whose connection has the staged packages
 * @returns its sequence; null: metadata and packages are what they were
 * @throws ContentFault `rolled-back`, `same-version-other-bytes`
 */
export async function commitRevision(
  context: ServerContext,
  session: Kysely<Tables>,
  row: RepositoryRow,
  { frozen, verifiedAs, accepted }: FrozenRevision,
): Promise<number | null> {
  const now = context.clock();
  return session.transaction().execute(async (within) => {
    await forWholeLists(within);
    const before = await lockRepository(within, row.id);
    if (before === undefined) return null;
    assertNotOlder(frozen, before.newestDate);
    if (frozen.metadataSha256 !== accepted && row.format !== 'generic')
      await assertSameBytes(within, row.id, frozen.metadataSha256);
    const sequence = before.lastSequence + 1;
    const { added, removed } = await differenceFrom(within, row.id, before.sequence);
    // The same bytes by another signature: what is frozen says by which key it counts, and has that signature's file.
    const isNew =
      added + removed > 0 ||
      before.metadataSha256 !== frozen.metadataSha256 ||
      (before.signedBy !== null &&
        before.signedBy !== frozen.signedBy &&
        !(await isApproved(within, row.id, before.signedBy)));
    if (isNew) {
      await writePackages(within, row.id, sequence);
      await insertRevision(within, context, { row, frozen, sequence, added, removed, frozenAt: now, now });
    }
    await sql`
      update content_repository set sequence = ${isNew ? sequence : before.sequence}, verified_as = ${verifiedAs},
        newest_date = greatest(newest_date, ${frozen.date}::timestamptz), checked_at = ${now},
        changed_at = case when ${isNew}::boolean then ${now}::timestamptz else changed_at end,
        accept_fault_id = null
      where id = ${row.id}`.execute(within);
    const evidence = await resolveFaults(within, row, now);
    await publishContent(context, row.organisationId, 'repositories', within);
    await appendEvidence(within, evidence);
    return isNew ? sequence : null;
  });
}

/** Upstream has what it had: only that is noted. */
export async function confirmRevision(context: ServerContext, row: RepositoryRow): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    await sql`update content_repository set checked_at = ${now} where id = ${row.id}`.execute(within);
    const evidence = await resolveFaults(within, row, now);
    await appendEvidence(within, evidence);
  });
}

/**
 * Whole lists are compared. Right after a first synchronisation the planner knows nothing of the table's size, and would take minutes to
 * look up 64,000 rows one by one in what it believes to be empty.
 */
export async function forWholeLists(within: Kysely<Tables>): Promise<void> {
  await sql`set local enable_nestloop = off`.execute(within);
  await sql`set local work_mem = '64MB'`.execute(within);
}

export interface Before {
  /** Of the newest revision; 0: none. */
  readonly sequence: number;
  /** The highest that was given out: bundles bring older states too. */
  readonly lastSequence: number;
  readonly newestDate: Date | null;
  readonly metadataSha256: string | null;
  readonly signedBy: string | null;
}

async function isApproved(within: Kysely<Tables>, repositoryId: string, fingerprint: string): Promise<boolean> {
  const { rows } = await sql`select 1 from content_trust_anchor
    where repository_id = ${repositoryId} and fingerprint = ${fingerprint}`.execute(within);
  return rows.length > 0;
}

/** Undefined: it was removed meanwhile. */
export async function lockRepository(within: Kysely<Tables>, id: string): Promise<Before | undefined> {
  // In a statement of its own: one for both would not see the revision that it has waited for.
  await sql`select 1 from content_repository where id = ${id} for no key update`.execute(within);
  const { rows } = await sql<Before>`
    select r.sequence, greatest(r.sequence, r.imported_sequence) as "lastSequence",
      r.newest_date as "newestDate", v.metadata_sha256 as "metadataSha256",
      v.signed_by as "signedBy"
    from content_repository r
    left join content_revision v on v.repository_id = r.id and v.sequence = r.sequence
    where r.id = ${id} and r.removed_at is null`.execute(within);
  return rows[0];
}

/** The format compares too; what is at stake is a replay of vulnerable versions, so it is asked twice. */
function assertNotOlder({ date, metadataPath }: FrozenMetadata, newestDate: Date | null): void {
  if (date === null || newestDate === null || date >= newestDate) return;
  throw new ContentFault(
    'rolled-back',
    `${metadataPath} is of ${date.toISOString()}, but one of ${newestDate.toISOString()} was seen before. An old state is ` +
      'being served: a stale mirror, or somebody who replays it. Ask another mirror.',
    { path: metadataPath },
  );
}

const SAME = sql`s.name = p.name and s.version = p.version and s.architecture = p.architecture and s.source = p.source
  and s.source_version = p.source_version and s.size_bytes = p.size_bytes and s.check_kind = p.check_kind
  and s.check_value = p.check_value`;

/** How the staged list differs from that of a sequence. */
export async function differenceFrom(
  within: Kysely<Tables>,
  repositoryId: string,
  sequence: number,
): Promise<{ readonly added: number; readonly removed: number }> {
  const { rows } = await sql<{ added: number; removed: number }>`
    with known as (select * from content_package p where p.repository_id = ${repositoryId}
      and p.since_sequence <= ${sequence} and (p.until_sequence is null or p.until_sequence > ${sequence}))
    select
      (select count(*) from known p
        where not exists (select 1 from staged_package s where s.path = p.path and ${SAME})) as removed,
      (select count(*) from staged_package s
        where not exists (select 1 from known p where s.path = p.path and ${SAME})) as added`.execute(within);
  return rows[0] ?? { added: 0, removed: 0 };
}

/** Makes the staged list that of a new highest sequence: what has not changed since the one before costs no row. */
export async function writePackages(within: Kysely<Tables>, repositoryId: string, sequence: number): Promise<void> {
  await endGone(within, repositoryId, sequence);
  await addNew(within, repositoryId, sequence);
}

async function endGone(within: Kysely<Tables>, repositoryId: string, sequence: number): Promise<void> {
  await sql`
    update content_package p set until_sequence = ${sequence}
    where p.repository_id = ${repositoryId} and p.until_sequence is null
      and not exists (select 1 from staged_package s where s.path = p.path and ${SAME})`.execute(within);
}

/** After `endGone`, what still holds is what has not changed. */
async function addNew(within: Kysely<Tables>, repositoryId: string, sequence: number): Promise<void> {
  await sql`
    insert into content_package (repository_id, path, name, version, architecture, source, source_version, size_bytes,
      check_kind, check_value, sha256, since_sequence)
    select ${repositoryId}::uuid, s.path, s.name, s.version, s.architecture, s.source, s.source_version, s.size_bytes,
      s.check_kind, s.check_value,
      case s.check_kind when 'sha256' then s.check_value else (
        select h.sha256 from content_package h where h.repository_id = ${repositoryId} and h.path = s.path
          and h.check_kind = s.check_kind and h.check_value = s.check_value and h.size_bytes = s.size_bytes
          and h.sha256 is not null limit 1) end,
      ${sequence}::int
    from staged_package s
    where not exists (select 1 from content_package p
      where p.repository_id = ${repositoryId} and p.until_sequence is null and p.path = s.path)`.execute(within);
}

/** @returns its id */
export async function insertRevision(
  within: Kysely<Tables>,
  { newId }: Pick<ServerContext, 'newId'>,
  {
    row,
    frozen,
    sequence,
    added,
    removed,
    frozenAt,
    now,
  }: {
    readonly row: Pick<RepositoryRow, 'id' | 'organisationId'> & Parameters<typeof definitionOf>[0];
    readonly frozen: FrozenMetadata;
    readonly sequence: number;
    readonly added: number;
    readonly removed: number;
    readonly frozenAt: Date;
    readonly now: Date;
  },
): Promise<string> {
  const id = newId();
  const metadataBytes = frozen.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await sql`
    insert into content_revision (id, repository_id, organisation_id, sequence, created_at, metadata_path, metadata_sha256,
      signed_by, date, valid_until, labels, mirrors, definition, package_count, package_bytes, metadata_bytes, added_count,
      removed_count)
    select ${id}::uuid, ${row.id}::uuid, ${row.organisationId}::uuid, ${sequence}::int, ${frozenAt}::timestamptz,
      ${frozen.metadataPath}, ${frozen.metadataSha256}, ${frozen.signedBy}, ${frozen.date}::timestamptz,
      ${frozen.validUntil}::timestamptz, ${JSON.stringify(frozen.labels)}::jsonb, ${[...(frozen.mirrors ?? [])]}::text[],
      ${JSON.stringify(definitionOf(row))}::jsonb, count(*), coalesce(sum(size_bytes), 0), ${metadataBytes}::bigint,
      ${added}::int, ${removed}::int
    from staged_package`.execute(within);
  const files = [
    ...frozen.files.map(({ path, sha256, sizeBytes }) => ({ path, sha256, sizeBytes, onDemand: false })),
    ...frozen.onDemand.flatMap(({ path, check }) =>
      check.kind === 'sha256' ? [{ path, sha256: check.sha256, sizeBytes: check.sizeBytes, onDemand: true }] : [],
    ),
  ];
  await sql`
    insert into content_revision_file (revision_id, path, sha256, size_bytes, on_demand)
    select ${id}::uuid, f.path, f.sha256, f."sizeBytes", f."onDemand"
    from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) as f (path text, sha256 text, "sizeBytes" bigint,
      "onDemand" boolean)
    on conflict do nothing`.execute(within);
  // What was kept without being fetched (signed text that was verified in memory) is in the store, too.
  await sql`
    insert into content_object (sha256, size_bytes, stored_at, last_used_at)
    select distinct sha256, size_bytes, ${now}::timestamptz, ${now}::timestamptz from content_revision_file
    where revision_id = ${id} and not on_demand
    on conflict (sha256) do update set last_used_at = excluded.last_used_at`.execute(within);
  return id;
}
