import type { RolloutAction, RolloutDetail, RolloutRing } from '@thimble/protocol';
import { approvalsOf, type Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { unknownRollout } from '../decide/decide.ts';
import { readPolicyOf } from '../policy-of-rollout.ts';
import { readApprovals, readRollout, type RolloutRow, WHOLE_ROLLOUT } from '../rows.ts';
import { toldOf } from '../shared-failures/told-of.ts';
import { ringsOf } from './ring-list.ts';
import { summariesOf } from './rollout-list.ts';

const EVENTS_SHOWN = 200;
const PATCHES_SHOWN = 1000;

/** @throws HttpProblem 404 */
export async function rolloutDetail(
  within: Kysely<Tables>,
  organisationId: string,
  rolloutId: string,
): Promise<RolloutDetail> {
  const rollout = await readRollout(within, rolloutId, 'none');
  if (rollout === undefined || rollout.organisation_id !== organisationId) throw unknownRollout();
  const policy = await readPolicyOf(within, rollout);
  const [summary] = await summariesOf(within, [rollout]);
  if (summary === undefined) throw unknownRollout();
  const rings = await ringsOf(within, rolloutId, policy);
  const approvals = await readApprovals(within, rolloutId);
  const by = approvals.filter(({ ring }) => ring === WHOLE_ROLLOUT).map(({ person }) => person);
  const { required, from } = policy.approvals;
  return {
    summary,
    rings: [...rings],
    actions: [...actionsOf(rollout, rings, policy, approvalsOf(by, from))],
    approvals: { required, from: from === null ? null : [...from], by },
    patches: await patchesOf(within, rolloutId),
    misses: rollout.misses.map(({ patch, deadlineMs, endpoints, first, lastMs, advice }) => ({
      patch,
      deadline: new Date(deadlineMs).toISOString(),
      endpointCount: endpoints,
      first: [...first],
      lastAt: lastMs === null ? null : new Date(lastMs).toISOString(),
      advice: [...advice],
    })),
    failedElsewhere: await toldOf(within, rollout),
    events: await eventsOf(within, rolloutId, rings),
    plan: await planOf(within, rollout),
  };
}

/** What people can do with it now. */
function actionsOf(
  rollout: RolloutRow,
  rings: readonly RolloutRing[],
  policy: Policy,
  approvedBy: number,
): readonly RolloutAction[] {
  if (rollout.ended_at !== null) return [];
  const halted = rollout.halted_at !== null;
  const begun = rollout.run_id !== null;
  const goesBack = rings.some(({ state }) => state === 'rolling-back' || state === 'rolled-back');
  const open = rings.filter(({ openedAt, passedAt }) => openedAt !== null && passedAt === null);
  const waitsForPeople = open.some(({ approvals }) => approvals.by.length < approvals.required);
  const failed = rings.some(({ counts }) => counts.failed > 0);
  const possible: readonly (readonly [RolloutAction, boolean])[] = [
    ['approve', approvedBy < policy.approvals.required || waitsForPeople],
    ['halt', begun && !halted],
    ['resume', halted && !goesBack],
    ['skip-gate', open.some(({ skippedBy }) => skippedBy === null)],
    ['roll-back', rings.some(({ openedAt, state }) => openedAt !== null && !state.startsWith('roll'))],
    ['retry', failed],
    ['block', failed],
    ['cancel', rollout.cancelled_at === null],
  ];
  return possible.filter(([, is]) => is).map(([action]) => action);
}

async function patchesOf(within: Kysely<Tables>, rolloutId: string): Promise<RolloutDetail['patches']> {
  const { rows } = await sql<{
    name: string;
    version: string;
    severity: string;
    kev: boolean;
    vulnerabilities: string[];
    deadline: Date | null;
    deadline_because: string;
    endpoints: number;
    done: number;
  }>`
    with members as (
      select patch_set, count(*) as endpoints, count(*) filter (where outcome = 'done') as done
      from rollout_member where rollout_id = ${rolloutId} group by patch_set)
    select p.name, p.version, p.severity, p.kev, p.vulnerabilities, p.deadline, p.deadline_because,
      coalesce(sum(m.endpoints), 0)::bigint as endpoints, coalesce(sum(m.done), 0)::bigint as done
    from rollout_patch p
    left join rollout_patch_set s on s.rollout_id = p.rollout_id and p.number = any(s.patches)
    left join members m on m.patch_set = s.number
    where p.rollout_id = ${rolloutId}
    group by p.rollout_id, p.number
    order by p.deadline nulls last, p.risk desc, p.name limit ${PATCHES_SHOWN}`.execute(within);
  return rows.map((row) => ({
    name: row.name,
    version: row.version,
    severity: row.severity,
    kev: row.kev,
    vulnerabilities: row.vulnerabilities,
    deadline: row.deadline?.toISOString() ?? null,
    deadlineBecause: row.deadline_because,
    endpointCount: row.endpoints,
    doneCount: row.done,
  }));
}

async function eventsOf(
  within: Kysely<Tables>,
  rolloutId: string,
  rings: readonly RolloutRing[],
): Promise<RolloutDetail['events']> {
  const { rows } = await sql<{ at: Date; actor: string; kind: string; ring: number | null; summary: string }>`
    select at, actor, kind, ring, summary from rollout_event where rollout_id = ${rolloutId}
    order by id desc limit ${EVENTS_SHOWN}`.execute(within);
  return rows.map(({ at, actor, kind, ring, summary }) => ({
    at: at.toISOString(),
    actor,
    kind,
    ring: ring === null ? null : (rings[ring]?.name ?? null),
    summary,
  }));
}

async function planOf(within: Kysely<Tables>, { plan_id: id }: RolloutRow): Promise<RolloutDetail['plan']> {
  if (id === null) return null;
  const { rows } = await sql<{ parent_id: string | null; number: number; made_at: Date; sha256: string }>`
    select parent_id, number, made_at, sha256 from rollout_plan where id = ${id}`.execute(within);
  const [row] = rows;
  if (row === undefined) return null;
  return {
    id,
    parentId: row.parent_id,
    number: row.number,
    madeAt: row.made_at.toISOString(),
    sha256: row.sha256,
  };
}
