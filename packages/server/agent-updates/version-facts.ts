import type { AgentMember, AgentVersionFacts } from '@thimble/rollouts';
import { orderVersions } from '@thimble/versions';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../storage/index.ts';

/** The label whose endpoints go first; with the value `no` it says nothing. */
const CANARY_LABEL = 'agent-canary';
const HOUR_MS = 3_600_000;
/** An endpoint that was not heard for so many check-ins, and for so long, is not known to be well. */
const SILENT_CHECK_INS = 10;
const SILENT_MS = 15 * 60_000;

interface Row {
  readonly id: string;
  readonly hostname: string;
  readonly is_canary: boolean;
  readonly enrolled_at: Date;
  readonly last_seen_at: Date;
  readonly agent_version: string;
  readonly agent_version_since: Date;
  readonly told_at: Date | null;
  readonly given_up_at: Date | null;
  readonly given_up_reason: string | null;
}

/** The endpoints that the version is for: they take updates, are of its platforms, and don't run something newer. */
export async function agentMembers(
  within: Kysely<Tables>,
  organisationId: string,
  version: string,
  architectures: readonly string[],
): Promise<readonly AgentMember[]> {
  const { rows } = await sql<Row>`
    select e.id, e.hostname, coalesce(e.labels ->> ${CANARY_LABEL}, 'no') <> 'no' as is_canary, e.enrolled_at,
      h.last_seen_at, h.agent_version, h.agent_version_since, t.told_at, g.reported_at as given_up_at,
      g.reason as given_up_reason
    from heartbeat h join endpoint e on e.id = h.endpoint_id
      left join agent_told t on t.endpoint_id = e.id and t.version = ${version}
      left join agent_given_up g on g.endpoint_id = e.id and g.version = ${version}
    where h.organisation_id = ${organisationId} and h.takes_updates and e.removed_at is null
      and e.admission = 'admitted' and e.quarantined_at is null
      and e.architecture = any(${[...architectures]}::text[])`.execute(within);
  return rows.flatMap((row) => {
    const order = orderVersions('semver', version, row.agent_version);
    // What is no version was never told of any.
    if (!('order' in order) || order.order < 0) return [];
    return [
      {
        endpointId: row.id,
        hostname: row.hostname,
        isCanary: row.is_canary,
        enrolledAtMs: row.enrolled_at.getTime(),
        lastSeenAtMs: row.last_seen_at.getTime(),
        runs: order.order === 0 ? ('this' as const) : ('older' as const),
        runsSinceMs: row.agent_version_since.getTime(),
        toldAtMs: row.told_at?.getTime() ?? null,
        returned:
          row.given_up_at === null ? null : { atMs: row.given_up_at.getTime(), reason: row.given_up_reason ?? '' },
      },
    ];
  });
}

export function agentRules({ settings }: ServerContext): AgentVersionFacts['rules'] {
  const { agentCanaryPercent, agentSoakHours, checkInIntervalS } = settings;
  return {
    canaryPercent: agentCanaryPercent,
    soakMs: agentSoakHours * HOUR_MS,
    silentMs: Math.max(SILENT_MS, SILENT_CHECK_INS * checkInIntervalS * 1000),
  };
}
