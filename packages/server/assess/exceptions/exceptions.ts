import type { CreateExceptionRequest, Exception, ExceptionList } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { EVERYWHERE, type Reach, endpointReachCondition } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { markSummaries } from '../verdicts/note-changes.ts';

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

interface Row {
  readonly id: string;
  readonly vulnerability: string;
  readonly package: string | null;
  readonly purl: string | null;
  readonly endpoint_id: string | null;
  readonly hostname: string | null;
  readonly kind: Exception['kind'];
  readonly justification: string | null;
  readonly reason: string;
  readonly owner: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

const SHOWN = 10_000;

/** Newest first; those that ended are kept. Of an endpoint's own only those of endpoints within reach, which is all when not said. */
export async function listExceptions(
  within: Kysely<Tables>,
  organisationId: string,
  now: Date,
  {
    vulnerability,
    ids,
    reach = EVERYWHERE,
  }: { readonly vulnerability?: string; readonly ids?: readonly string[]; readonly reach?: Reach } = {},
): Promise<ExceptionList> {
  const parts = [
    sql`x.organisation_id = ${organisationId}`,
    sql`(x.endpoint_id is null or ${endpointReachCondition(reach, sql`x.endpoint_id`)})`,
  ];
  if (vulnerability !== undefined) parts.push(sql`x.vulnerability = ${vulnerability}`);
  if (ids !== undefined) parts.push(sql`x.id = any(${ids}::uuid[])`);
  const { rows } = await sql<Row>`
    select x.*, e.hostname from vulnerability_exception x left join endpoint e on e.id = x.endpoint_id
    where ${sql.join(parts, sql` and `)} order by x.created_at desc, x.id desc limit ${SHOWN}`.execute(within);
  const items = rows.map((row) => toException(row, now));
  return { items, total: items.length };
}

function toException(row: Row, now: Date): Exception {
  const ended = row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now);
  return {
    id: row.id,
    vulnerability: row.vulnerability,
    package: row.package ?? row.purl?.slice(0, 512) ?? null,
    endpointId: row.endpoint_id,
    hostname: row.hostname,
    kind: row.kind,
    justification: row.justification,
    reason: row.reason,
    owner: row.owner,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    active: !ended,
  };
}

/** @throws HttpProblem 404 for another's endpoint, 422 for an accepted risk without an end to come */
export async function createException(
  context: Pick<ServerContext, 'database' | 'clock' | 'newId'>,
  operator: Operator,
  request: CreateExceptionRequest,
): Promise<Exception> {
  const now = context.clock();
  const expiresAt = request.expiresAt === undefined ? null : new Date(request.expiresAt);
  if (expiresAt === null && request.kind === 'accepted')
    throw new HttpProblem(422, 'no-expiry', {
      detail: 'An accepted risk needs an end: give expiresAt.',
      hint: 'What is not affected at all is of the kind not-affected, and needs none.',
    });
  if (expiresAt !== null && !(expiresAt > now))
    throw new HttpProblem(422, 'expired', { detail: 'expiresAt is no time to come.' });
  return context.database.kysely.transaction().execute(async (within) => {
    if (request.endpointId !== undefined) await assertOwn(within, operator.organisationId, request.endpointId);
    const exception = {
      id: context.newId(),
      vulnerability: request.vulnerability,
      package: request.package ?? null,
      endpointId: request.endpointId ?? null,
      purl: null,
      kind: request.kind,
      justification: request.justification ?? null,
      reason: request.reason,
      owner: request.owner,
      expiresAt: expiresAt?.toISOString() ?? null,
    };
    await insertExceptions(within, operator, [exception], now);
    await markSummaries(within, now, operator.organisationId);
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: now,
        kind: 'exception-created',
        actor: operator.name,
        endpointId: exception.endpointId,
        summary: `${operator.name} set ${exception.vulnerability} aside (${exception.kind}): ${exception.reason}`,
        detail: exception,
      },
    ]);
    const { items } = await listExceptions(within, operator.organisationId, now, { ids: [exception.id] });
    const [created] = items;
    if (created === undefined) throw new Error('an exception that was just created is not there');
    return created;
  });
}

/** An exception that is to be stored. */
export interface NewException {
  readonly id: string;
  readonly vulnerability: string;
  readonly package: string | null;
  readonly endpointId: string | null;
  readonly purl: string | null;
  readonly kind: Exception['kind'];
  readonly justification: string | null;
  readonly reason: string;
  readonly owner: string;
  readonly expiresAt: string | null;
}

export async function insertExceptions(
  within: Kysely<Tables>,
  { organisationId, name }: Operator,
  exceptions: readonly NewException[],
  now: Date,
): Promise<void> {
  await sql`
    insert into vulnerability_exception (id, organisation_id, vulnerability, package, endpoint_id, purl, kind,
      justification, reason, owner, created_by, created_at, expires_at)
    select r.id, ${organisationId}::uuid, r.vulnerability, r.package, r."endpointId", r.purl, r.kind, r.justification,
      r.reason, r.owner, ${name}, ${now}::timestamptz, r."expiresAt"
    from jsonb_to_recordset(${JSON.stringify(exceptions)}::jsonb) as r (id uuid, vulnerability text, package text,
      "endpointId" uuid, purl text, kind text, justification text, reason text, owner text,
      "expiresAt" timestamptz)`.execute(within);
}

async function assertOwn(within: Kysely<Tables>, organisationId: string, endpointId: string): Promise<void> {
  const { rows } = await sql`
    select 1 from endpoint where id = ${endpointId} and organisation_id = ${organisationId} and removed_at is null`.execute(
    within,
  );
  if (rows.length === 0) throw new HttpProblem(404, 'unknown-endpoint', { detail: 'There is no such endpoint.' });
}

/** What it set aside is open again from now on. @throws HttpProblem 404 */
export async function revokeException(
  context: Pick<ServerContext, 'database' | 'clock'>,
  operator: Operator,
  id: string,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ vulnerability: string; endpoint_id: string | null }>`
      update vulnerability_exception set revoked_at = ${now}, revoked_by = ${operator.name}
      where id = ${id} and organisation_id = ${operator.organisationId} and revoked_at is null
      returning vulnerability, endpoint_id`.execute(within);
    const [row] = rows;
    if (row === undefined)
      throw new HttpProblem(404, 'unknown-exception', { detail: 'There is no such exception in force.' });
    await markSummaries(within, now, operator.organisationId);
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: now,
        kind: 'exception-revoked',
        actor: operator.name,
        endpointId: row.endpoint_id,
        summary: `${operator.name} revoked the exception for ${row.vulnerability}`,
        detail: { exceptionId: id },
      },
    ]);
  });
}
