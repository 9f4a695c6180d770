import type { PackageInUse } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { holds } from '../../advisories/index.ts';
import type { Tables } from '../../storage/index.ts';
import { activeExceptions } from '../exceptions/active.ts';
import type { Kernels } from '../summaries/kernel-role.ts';
import type { Surroundings } from './classify.ts';
import { inUseOf } from './runtime.ts';

interface Row {
  readonly id: string;
  readonly running: string | null;
  readonly installed: string | null;
  readonly in_use: PackageInUse[] | null;
  readonly scheduled: [string, string][] | null;
}

/**
 * What of endpoints decides about the verdicts on their software, as it was then.
 *
 * @param packages whose use is asked for; null: all.
 * @param at null: now.
 */
export async function surroundingsOf(
  within: Kysely<Tables>,
  organisationId: string,
  endpointIds: readonly string[],
  packages: readonly string[] | null,
  at: Date | null,
  now: Date,
): Promise<ReadonlyMap<string, Omit<Surroundings, 'inNextKernel'>>> {
  const exceptions = await activeExceptions(within, organisationId, at ?? now);
  const used = packages === null ? sql`true` : sql`u->>'package' = any(${packages}::text[])`;
  const { rows } = await sql<Row>`
    select e.id, k.running, k.installed,
      case when s.document ? 'inUse' then coalesce((
        select jsonb_agg(u) from jsonb_array_elements(s.document->'inUse') u where ${used}), '[]') end as in_use,
      ${at === null ? scheduledNow() : sql`null::jsonb`} as scheduled
    from endpoint e
    left join endpoint_kernel k on k.endpoint_id = e.id and ${holds('k', at)}
    left join endpoint_system s on s.endpoint_id = e.id and ${holds('s', at)}
    where e.organisation_id = ${organisationId} and e.id = any(${endpointIds}::uuid[])`.execute(within);
  return new Map(
    rows.map((row) => {
      const kernels: Kernels = { running: row.running, installed: row.installed };
      const around = { endpointId: row.id, kernels, inUse: inUseOf(row.in_use), exceptions };
      return [row.id, { ...around, scheduled: new Map(row.scheduled ?? []) }];
    }),
  );
}

function scheduledNow() {
  return sql`(
    select jsonb_agg(jsonb_build_array(f.package, f.explanation)) from finding f
    where f.endpoint_id = e.id and f.closed_at is null and f.state = 'scheduled')`;
}
