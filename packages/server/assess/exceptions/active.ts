import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** An exception as far as it decides about findings. */
export interface ActiveException {
  readonly id: string;
  readonly vulnerability: string;
  /** Null: every package, every endpoint. */
  readonly package: string | null;
  readonly endpoint_id: string | null;
  readonly kind: 'accepted' | 'not-affected' | 'false-positive';
  readonly reason: string;
  readonly owner: string;
  readonly expires_at: Date | null;
}

/** Those that hold at this moment. One that has expired holds no more, without anybody doing anything. */
export async function activeExceptions(
  within: Kysely<Tables>,
  organisationId: string,
  at: Date,
  vulnerability?: string,
): Promise<readonly ActiveException[]> {
  const which = vulnerability === undefined ? sql`true` : sql`vulnerability = ${vulnerability}`;
  const { rows } = await sql<ActiveException>`
    select id, vulnerability, package, endpoint_id, kind, reason, owner, expires_at from vulnerability_exception
    where organisation_id = ${organisationId} and ${which} and created_at <= ${at}::timestamptz
      and (expires_at is null or expires_at > ${at}::timestamptz)
      and (revoked_at is null or revoked_at > ${at}::timestamptz)
    order by created_at, id`.execute(within);
  return rows;
}

/** @param package a binary package's, a source package's or a component's name. */
export function excepts(
  exception: ActiveException,
  software: { readonly name: string; readonly source: string | null },
  endpointId: string | null,
): boolean {
  if (exception.endpoint_id !== null && exception.endpoint_id !== endpointId) return false;
  return exception.package === null || exception.package === software.name || exception.package === software.source;
}

/** Why a finding is set aside, in words. */
export function exceptionText({ kind, reason, owner, expires_at: end }: ActiveException): string {
  const until = end === null ? '' : ` until ${end.toISOString().slice(0, 10)}`;
  const what = { accepted: 'risk accepted', 'not-affected': 'not affected', 'false-positive': 'false positive' }[kind];
  return `${what} by ${owner}${until}: ${reason}`;
}
