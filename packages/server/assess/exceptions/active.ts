import { statementFor } from '@thimble/advisories';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** An exception as far as it decides about findings. */
export interface ActiveException {
  readonly id: string;
  readonly vulnerability: string;
  /** Null: every package, every endpoint. */
  readonly package: string | null;
  readonly endpoint_id: string | null;
  /** Package URL, with or without a version; null: not tied to one. */
  readonly purl: string | null;
  readonly kind: 'accepted' | 'not-affected' | 'false-positive';
  readonly justification: string | null;
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
    select id, vulnerability, package, endpoint_id, purl, kind, justification, reason, owner, expires_at from vulnerability_exception
    where organisation_id = ${organisationId} and ${which} and created_at <= ${at}::timestamptz
      and (expires_at is null or expires_at > ${at}::timestamptz)
      and (revoked_at is null or revoked_at > ${at}::timestamptz)
    order by created_at, id`.execute(within);
  return rows;
}

/** Whether it speaks of this software on this endpoint. Whose vulnerability it is about has to be looked at before. */
export function excepts(
  exception: ActiveException,
  software: { readonly name: string; readonly source: string | null; readonly purl: string },
  endpointId: string | null,
): boolean {
  if (exception.endpoint_id !== null && exception.endpoint_id !== endpointId) return false;
  if (exception.purl !== null && !speaksOf(exception.purl, exception.vulnerability, software.purl)) return false;
  return exception.package === null || exception.package === software.name || exception.package === software.source;
}

function speaksOf(stated: string, vulnerability: string, purl: string): boolean {
  const statement = {
    vulnerability,
    products: [stated],
    status: 'not_affected',
    justification: null,
    detail: '',
  } as const;
  return statementFor([statement], vulnerability, purl) !== null;
}

/** Why a finding is set aside, in words. */
export function exceptionText({ kind, reason, owner, expires_at: end }: ActiveException): string {
  const until = end === null ? '' : ` until ${end.toISOString().slice(0, 10)}`;
  const what = { accepted: 'risk accepted', 'not-affected': 'not affected', 'false-positive': 'false positive' }[kind];
  return `${what} by ${owner}${until}: ${reason}`;
}
