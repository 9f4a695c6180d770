import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { recordEvents } from '../record-event.ts';
import { publishDecision } from '../publish.ts';
import type { StartedFor } from '../rows.ts';
import { countInWords, firstInWords } from '../words.ts';
import { heedFailures } from '../shared-failures/heed-failures.ts';
import { beginRollout } from './begin-rollout.ts';
import { chooseContent } from './choose-content.ts';
import { type Gathered, gatherMembers } from './gather-members.ts';
import { insertRollout } from './insert-rollout.ts';

export interface StartRequest {
  readonly organisationId: string;
  readonly policyId: string;
  readonly name?: string | undefined;
  readonly snapshotId?: string | undefined;
  readonly startedBy: string;
  readonly startedFor: StartedFor;
}

/** Any constant: with the policy it makes the lock under which its rollouts start, one at a time ('roll' in ASCII). */
const LOCK = 0x726f_6c6c;

/**
 * Starts a rollout of a policy's newest version: who takes part and what each lacks is written down, and if its content is there already
 * it begins. All in the caller's transaction, or nothing.
 *
 * @returns its id
 * @throws HttpProblem 404 `unknown-policy`; 409 `policy-disabled`, `rollout-active`, `no-endpoints`, `nothing-to-do`, and those of its
 *   content
 */
export async function startRollout(
  within: Kysely<Tables>,
  context: ServerContext,
  request: StartRequest,
): Promise<string> {
  const { organisationId, policyId, startedBy, startedFor } = request;
  const now = context.clock();
  await sql`select pg_advisory_xact_lock(${LOCK}::int, hashtext(${policyId}))`.execute(within);
  await assertPolicy(within, organisationId, policyId);
  await assertNoneActive(within, policyId);
  const gathered = await gatherMembers(within, organisationId, policyId, { now, timeZone: context.settings.timeZone });
  if (gathered === undefined)
    throw new HttpProblem(409, 'policy-disabled', {
      detail: 'This policy is switched off, so no endpoint follows it.',
      hint: 'Switch it on first: enabled: true.',
    });
  assertSomethingToDo(gathered);
  const { policy } = gathered.standing;
  const content = await chooseContent(within, organisationId, policy.content, request.snapshotId);
  const id = context.newId();
  const name = request.name ?? `${policy.name} ${now.toISOString().slice(0, 10)}`;
  await insertRollout(within, { id, organisationId, name, startedAt: now, startedBy, startedFor }, gathered);
  const rollout = { id, organisation_id: organisationId };
  let runId: string | null = null;
  if (content.kind === 'new') {
    // The name makes it one snapshot, however often a killed server tries anew.
    await sql`update rollout set snapshot_name = ${snapshotName(policy.name, now, id)}, explanation = 'its snapshot is being made'
      where id = ${id}`.execute(within);
    await publishDecision(context, rollout, within);
  } else {
    const snapshotId = content.kind === 'snapshot' ? content.id : null;
    runId = await beginRollout(within, context, { id, organisationId, name, actor: startedBy, snapshotId }, policy);
  }
  const { members, patches, standing, ringless } = gathered;
  const { kysely: seeing } = context.database;
  const heeded = await heedFailures(within, seeing, now, { id, organisationId, name });
  await recordEvents(within, context, { ...rollout, run_id: runId }, [
    {
      actor: startedBy,
      kind: 'started',
      ring: null,
      summary: `${startedBy} started ${name}: ${countInWords(members.length, 'endpoint')}, ${countInWords(patches.patches.length, 'patch', 'patches')}, policy ${policy.name} version ${standing.version}${leftOut(ringless)}`,
      detail: { policyId, policyVersion: standing.version, members: members.length, content: content.kind },
    },
    ...heeded,
  ]);
  return id;
}

function snapshotName(policyName: string, now: Date, rolloutId: string): string {
  return `${policyName} ${now.toISOString().slice(0, 10)} ${rolloutId.slice(-8)}`;
}

async function assertPolicy(within: Kysely<Tables>, organisationId: string, policyId: string): Promise<void> {
  const { rows } = await sql`select 1 from policy where id = ${policyId} and organisation_id = ${organisationId}
    and removed_at is null`.execute(within);
  if (rows.length === 0)
    throw new HttpProblem(404, 'unknown-policy', { detail: 'There is no such policy, or it was removed.' });
}

async function assertNoneActive(within: Kysely<Tables>, policyId: string): Promise<void> {
  const { rows } = await sql<{ name: string; state: string }>`
    select name, state from rollout where policy_id = ${policyId} and ended_at is null`.execute(within);
  const [active] = rows;
  if (active !== undefined)
    throw new HttpProblem(409, 'rollout-active', {
      detail: `${active.name} is still under way (${active.state}); a policy has one rollout at a time.`,
      hint: 'Wait until it is over, or cancel it first.',
    });
}

/** @throws HttpProblem 409 */
function assertSomethingToDo({ standing, members, followerCount, ringless }: Gathered): void {
  const { name } = standing.policy;
  if (followerCount === 0)
    throw new HttpProblem(409, 'no-endpoints', {
      detail: `No endpoint follows the policy ${name}.`,
      hint: 'Look at its scope, and at policies with a higher priority.',
    });
  if (members.length > 0) return;
  throw new HttpProblem(409, 'nothing-to-do', {
    detail:
      ringless.length > 0
        ? `The endpoints that lack something are in no ring of the policy ${name}: ${firstInWords(ringless)}.`
        : `None of the ${countInWords(followerCount, 'endpoint')} that follow the policy ${name} lacks anything that it takes.`,
    hint: ringless.length > 0 ? 'Give it a ring for the rest (members: rest).' : 'There is nothing to do.',
  });
}

function leftOut(ringless: readonly string[]): string {
  return ringless.length === 0 ? '' : `; in no ring: ${firstInWords(ringless)}`;
}
