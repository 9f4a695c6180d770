import { type ContentFaultCode, FAULT_SIDES } from '@thimble/content';
import type { ContentFaultReport } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type NewEvidence, appendEvidence } from '../../report/index.ts';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { publishContent } from '../publish.ts';
import type { RepositoryRow } from '../repositories/rows.ts';

const MESSAGE_LIMIT = 4_000;
const FAULTS_SHOWN = 100;

/** What is wrong with an upstream's content. */
export interface FoundFault {
  readonly code: ContentFaultCode;
  readonly message: string;
  readonly path: string | null;
  /** Of the metadata that was verified and refused all the same: a person may take exactly this state. Null: none. */
  readonly metadataSha256: string | null;
}

/**
 * Notes a fault: one row for each code and path as long as it lasts, counted up. Its first time is evidence.
 *
 * @returns how often in a row
 */
export async function recordFault(
  context: Pick<ServerContext, 'database' | 'clock' | 'newId' | 'events'>,
  { id: repositoryId, organisationId, name }: NamedRepository,
  fault: FoundFault,
): Promise<number> {
  const now = context.clock();
  const message = storable(fault.message).slice(0, MESSAGE_LIMIT);
  const path = fault.path === null ? null : storable(fault.path).slice(0, 1_024);
  return context.database.kysely.transaction().execute(async (within) => {
    const known = await sql<{ count: number }>`
      update content_fault set count = count + 1, last_at = ${now}, message = ${message},
        metadata_sha256 = ${fault.metadataSha256}
      where repository_id = ${repositoryId} and code = ${fault.code} and path is not distinct from ${path}::text
        and resolved_at is null returning count`.execute(within);
    await publishContent(context, organisationId, 'repositories', within);
    const [again] = known.rows;
    if (again !== undefined) return again.count;
    const id = context.newId();
    await sql`
      insert into content_fault (id, repository_id, organisation_id, code, message, path, metadata_sha256, first_at, last_at)
      values (${id}, ${repositoryId}, ${organisationId}, ${fault.code}, ${message}, ${path}, ${fault.metadataSha256},
        ${now}, ${now})`.execute(within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'repository-fault',
        actor: 'thimble',
        summary: `Content of ${name} was refused (${fault.code}): ${message}`,
        detail: { repositoryId, faultId: id, code: fault.code, path, metadataSha256: fault.metadataSha256 },
      },
    ]);
    return 1;
  });
}

/** Without what no database or terminal takes: upstream has a say in it. */
function storable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').toWellFormed();
}

/**
 * Ends what is open, because upstream was found good: all but faults of package files that are still not here, and a full disk while
 * files that are to be fetched ahead are missing.
 *
 * @returns its evidence, to be appended last
 */
export async function resolveFaults(
  within: Kysely<Tables>,
  repository: NamedRepository,
  now: Date,
): Promise<readonly NewEvidence[]> {
  const { rows } = await sql<ResolvedRow>`
    update content_fault f set resolved_at = ${now} from content_repository r
    where f.repository_id = ${repository.id} and f.resolved_at is null and r.id = f.repository_id
      and not (f.metadata_sha256 is null and exists (
        select from content_package p where p.repository_id = f.repository_id and p.path = f.path and p.until_sequence is null
          and not exists (select from content_object o where o.sha256 = p.sha256)))
      and not (f.code = 'disk-full' and f.path is null and r.mode = 'mirror' and r.mirrored_sequence < r.sequence)
    returning f.id, f.code, f.count`.execute(within);
  return recovery(repository, rows, now);
}

/** A file has arrived that could not be had before; nothing happens when none was missed. */
export async function resolveFileFault(
  context: Pick<ServerContext, 'database' | 'clock' | 'newId' | 'events'>,
  repository: NamedRepository,
  path: string,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<ResolvedRow>`
      update content_fault set resolved_at = ${now}
      where repository_id = ${repository.id} and path = ${path} and resolved_at is null
      returning id, code, count`.execute(within);
    if (rows.length === 0) return;
    await publishContent(context, repository.organisationId, 'repositories', within);
    await appendEvidence(within, recovery(repository, rows, now));
  });
}

type NamedRepository = Pick<RepositoryRow, 'id' | 'organisationId' | 'name'>;

interface ResolvedRow {
  readonly id: string;
  readonly code: string;
  readonly count: number;
}

function recovery(
  { id, organisationId, name }: NamedRepository,
  rows: readonly ResolvedRow[],
  now: Date,
): readonly NewEvidence[] {
  if (rows.length === 0) return [];
  return [
    {
      organisationId,
      at: now,
      kind: 'repository-recovered',
      actor: 'thimble',
      summary: `Content of ${name} is good again after ${[...new Set(rows.map(({ code }) => code))].sort().join(', ')}`,
      detail: { repositoryId: id, faultIds: rows.map((row) => row.id) },
    },
  ];
}

interface FaultRow {
  readonly id: string;
  readonly repositoryId: string;
  readonly code: ContentFaultCode;
  readonly message: string;
  readonly path: string | null;
  readonly metadataSha256: string | null;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly count: number;
  readonly resolvedAt: Date | null;
}

const COLUMNS = sql`id, repository_id as "repositoryId", code, message, path, metadata_sha256 as "metadataSha256",
  first_at as "firstAt", last_at as "lastAt", count, resolved_at as "resolvedAt"`;

/**
 * The newest open fault of each repository that has one.
 *
 * @param of `state`: not of single package files, which a verified state lists and upstream does not give; these hold up nobody who
 *   freezes the state
 */
export async function openFaults(
  within: Kysely<Tables>,
  repositoryIds: readonly string[],
  of: 'all' | 'state' = 'all',
): Promise<ReadonlyMap<string, ContentFaultReport>> {
  const whole = sql`not (f.metadata_sha256 is null and exists (
    select from content_package p where p.repository_id = f.repository_id and p.path = f.path))`;
  const { rows } = await sql<FaultRow>`
    select distinct on (repository_id) ${COLUMNS} from content_fault f
    where repository_id = any(${[...repositoryIds]}::uuid[]) and resolved_at is null
      and ${of === 'all' ? sql`true` : whole}
    order by repository_id, last_at desc, id desc`.execute(within);
  return new Map(rows.map((row) => [row.repositoryId, toReport(row)]));
}

/** Open ones first, then the newest. */
export async function faultsOf(within: Kysely<Tables>, repositoryId: string): Promise<readonly ContentFaultReport[]> {
  const { rows } = await sql<FaultRow>`
    select ${COLUMNS} from content_fault where repository_id = ${repositoryId}
    order by resolved_at is not null, last_at desc, id desc limit ${FAULTS_SHOWN}`.execute(within);
  return rows.map(toReport);
}

function toReport(row: FaultRow): ContentFaultReport {
  return {
    id: row.id,
    at: row.firstAt.toISOString(),
    code: row.code,
    side: FAULT_SIDES[row.code],
    message: row.message,
    path: row.path,
    count: row.count,
    lastAt: row.lastAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    acceptable: isAcceptable(row),
  };
}

/** Only what was verified to the end, and only as long as nothing else was found: a person decides about exactly that. */
export function isAcceptable({
  code,
  metadataSha256,
  resolvedAt,
}: Pick<FaultRow, 'code' | 'metadataSha256' | 'resolvedAt'>): boolean {
  return code === 'same-version-other-bytes' && metadataSha256 !== null && resolvedAt === null;
}

/** @returns the metadata that a person may accept by this fault; null: none. */
export async function acceptableMetadata(
  within: Kysely<Tables>,
  repositoryId: string,
  faultId: string,
): Promise<string | null> {
  const { rows } = await sql<FaultRow>`
    select ${COLUMNS} from content_fault where id = ${faultId} and repository_id = ${repositoryId}`.execute(within);
  const [row] = rows;
  return row !== undefined && isAcceptable(row) ? row.metadataSha256 : null;
}
