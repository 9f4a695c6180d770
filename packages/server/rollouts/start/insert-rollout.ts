import type { DeployRules, TrialRules } from '@thimble/protocol';
import type { Policy, Trial } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { StartedFor } from '../rows.ts';
import { timestamp } from '../timestamp.ts';
import type { Gathered } from './gather-members.ts';

export interface NewRollout {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly startedAt: Date;
  readonly startedBy: string;
  readonly startedFor: StartedFor;
}

/** Writes down who takes part and by which rules. From here on changes of the policy, of labels or of updates change nothing of it. */
export async function insertRollout(
  within: Kysely<Tables>,
  { id, organisationId, name, startedAt, startedBy, startedFor }: NewRollout,
  { standing, members, patches }: Gathered,
): Promise<void> {
  const { policy } = standing;
  const { consent, deferForMs } = policy.deploy.reboot;
  await sql`
    insert into rollout (id, organisation_id, policy_id, policy_version, name, explanation, started_at, started_by,
      started_for, deploy, defer_reboot_seconds, look_at)
    values (${id}, ${organisationId}, ${standing.id}, ${standing.version}, ${name}, 'is being prepared', ${startedAt},
      ${startedBy}, ${startedFor}, ${JSON.stringify(deployRules(policy))}::jsonb,
      ${consent === 'ask' ? Math.round(deferForMs / 1000) : null}, ${startedAt})`.execute(within);
  const rings = policy.rings.map(({ name, trial }, number) => ({
    number,
    name,
    trial: trialRules(trial),
  }));
  await sql`insert into rollout_ring (rollout_id, number, name, trial)
    select ${id}::uuid, r.number, r.name, r.trial
    from jsonb_to_recordset(${JSON.stringify(rings)}::jsonb) as r (number integer, name text, trial jsonb)`.execute(
    within,
  );
  const rows = patches.patches.map((patch, number) => ({ ...patch, number, deadline: timestamp(patch.deadlineMs) }));
  await sql`
    insert into rollout_patch (rollout_id, number, name, version, severity, kev, vulnerabilities, deadline,
      deadline_because, risk)
    select ${id}::uuid, p.number, p.name, p.version, p.severity, p.kev,
      array(select jsonb_array_elements_text(p.vulnerabilities)), p.deadline, p."deadlineBecause", p.risk
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p (number integer, name text, version text, severity text,
      kev boolean, vulnerabilities jsonb, deadline timestamptz, "deadlineBecause" text, risk double precision)`.execute(
    within,
  );
  const sets = patches.sets.map((set, number) => ({ ...set, number, deadline: timestamp(set.deadlineMs) }));
  await sql`
    insert into rollout_patch_set (rollout_id, number, patches, selection, deadline)
    select ${id}::uuid, s.number, array(select jsonb_array_elements_text(s.patches)::integer), s.selection, s.deadline
    from jsonb_to_recordset(${JSON.stringify(sets)}::jsonb) as s (number integer, patches jsonb, selection jsonb,
      deadline timestamptz)`.execute(within);
  await sql`
    insert into rollout_member (rollout_id, endpoint_id, organisation_id, ring, patch_set, time_zone, budget_groups,
      expected_ms)
    select ${id}::uuid, m."endpointId", ${organisationId}::uuid, m.ring, m."patchSet", m."timeZone", m."budgetGroups",
      m."expectedMs"
    from jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as m ("endpointId" uuid, ring integer,
      "patchSet" integer, "timeZone" text, "budgetGroups" jsonb, "expectedMs" integer)`.execute(within);
}

function deployRules({ deploy }: Policy): DeployRules {
  const { before, after, fileSystemSnapshot, checks } = deploy;
  return { before: [...before], after: [...after], fileSystemSnapshot, checks: [...checks] };
}

function trialRules({ checks, deadlineMs, diskBytes, memoryBytes }: Trial): TrialRules {
  return { checks: [...checks], deadlineSeconds: Math.round(deadlineMs / 1000), diskBytes, memoryBytes };
}
