import type { FileCheck } from '@thimble/content';
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { checkValue } from './check-value.ts';

/** Notes that the store has a file, and under which name what metadata calls otherwise. */
export async function recordObject(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  { sha256, sizeBytes, check }: { readonly sha256: string; readonly sizeBytes: number; readonly check: FileCheck },
): Promise<void> {
  const now = clock();
  if (check.kind !== 'sha256')
    await sql`update content_package set sha256 = ${sha256}
      where check_kind = ${check.kind} and check_value = ${checkValue(check)} and size_bytes = ${sizeBytes}
        and sha256 is null`.execute(database.kysely);
  await sql`
    insert into content_object (sha256, size_bytes, stored_at, last_used_at)
    values (${sha256}, ${sizeBytes}, ${now}, ${now})
    on conflict (sha256) do update set last_used_at = greatest(content_object.last_used_at, excluded.last_used_at)`.execute(
    database.kysely,
  );
}

/**
 * Under which SHA-256 a file is stored that metadata names by another digest. Of the same size: what apk's digest covers is not the
 * whole file, so a package that somebody signed anew has the same one and other bytes.
 */
export async function knownObject(
  { database }: Pick<ServerContext, 'database'>,
  check: FileCheck,
): Promise<string | null> {
  if (check.kind === 'sha256') return check.sha256;
  const { rows } = await sql<{ sha256: string }>`
    select sha256 from content_package
    where check_kind = ${check.kind} and check_value = ${checkValue(check)} and size_bytes = ${check.sizeBytes}
      and sha256 is not null limit 1`.execute(database.kysely);
  return rows[0]?.sha256 ?? null;
}

/** For whom something was fetched. */
export interface FetchedFor {
  readonly organisationId: string;
  readonly repositoryId: string | null;
  readonly revisionId?: string | null;
  readonly snapshotId?: string | null;
  readonly site?: string;
}

/** Counts bytes that crossed the Internet link. */
export async function recordUpstream(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  { organisationId, repositoryId, revisionId = null, snapshotId = null, site = '' }: FetchedFor,
  bytes: number,
): Promise<void> {
  if (bytes === 0) return;
  await sql`
    insert into content_usage (organisation_id, hour, repository_id, revision_id, snapshot_id, site, upstream_bytes)
    values (${organisationId}, date_trunc('hour', ${clock()}::timestamptz), ${repositoryId}, ${revisionId}, ${snapshotId},
      ${site}, ${bytes})
    on conflict (organisation_id, hour, repository_id, revision_id, snapshot_id, relay_id, site)
    do update set upstream_bytes = content_usage.upstream_bytes + excluded.upstream_bytes`.execute(database.kysely);
}
