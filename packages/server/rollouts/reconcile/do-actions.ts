import type { Selection } from '@thimble/protocol';
import type { RolloutAction } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import {
  approveTargets,
  askTargets,
  endRolloutRun,
  lockRun,
  publishRun,
  requestInTime,
  requestTargets,
  withdrawTargets,
} from '../../deploy/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { NewRolloutEvent } from '../record-event.ts';
import type { RolloutRow } from '../rows.ts';

type Of<K extends RolloutAction['kind']> = Extract<RolloutAction, { kind: K }>;

/** Who decides what the planner decides, in events and evidence. */
export const PLANNER = 'planner';

/**
 * Does a plan's actions, in the transaction in which its input was read and the plan became the one in force. Of endpoints it notes only what
 * they shall do; the run's reconciler makes orders of that.
 *
 * @returns what people want to know of it
 */
export async function doActions(
  within: Kysely<Tables>,
  context: ServerContext,
  rollout: RolloutRow & { readonly run_id: string },
  actions: readonly RolloutAction[],
  ringNames: readonly string[],
): Promise<readonly NewRolloutEvent[]> {
  if (actions.length === 0) return [];
  const { run_id: runId, organisation_id: organisationId } = rollout;
  const run = { id: runId, organisation_id: organisationId };
  await lockRun(within, runId);
  await doOfEndpoints(within, context, rollout, actions);
  const events: NewRolloutEvent[] = [];
  for (const action of actions) {
    const event = await doOfRollout(within, context, rollout, action, ringNames);
    if (event !== undefined) events.push(event);
  }
  await publishRun(context, run, within);
  return events;
}

/** The kinds of requests that go to targets as they are, and what the planner calls them. */
const REQUESTS = [
  ['try', 'trial'],
  ['pre-stage', 'pre-stage'],
  ['retry', 'retry'],
  ['roll-back', 'roll-back'],
] as const;

async function doOfEndpoints(
  within: Kysely<Tables>,
  { clock }: ServerContext,
  { id, organisation_id: organisationId, run_id: runId }: RolloutRow & { readonly run_id: string },
  actions: readonly RolloutAction[],
): Promise<void> {
  const of = <K extends RolloutAction['kind']>(kind: K): readonly Of<K>[] =>
    actions.filter((action): action is Of<K> => action.kind === kind);
  const asked = of('ask').map(({ endpointId }) => endpointId);
  if (asked.length > 0)
    await askTargets(within, { id: runId, organisationId }, await readSelections(within, id, asked));
  for (const [kind, request] of REQUESTS) {
    const ids = of(kind).map(({ endpointId }) => endpointId);
    if (ids.length > 0) await requestTargets(within, runId, request, ids);
  }
  for (const request of ['reboot', 'restart-services'] as const) {
    const asked = of(request).map(({ endpointId, startBeforeMs }) => ({
      endpointId,
      startBefore: new Date(startBeforeMs),
    }));
    if (asked.length > 0) await requestInTime(within, runId, request, asked);
  }
  const rebooted = of('reboot').map(({ endpointId }) => endpointId);
  if (rebooted.length > 0)
    await sql`update rollout_member set rebooted_at = ${clock()}
      where rollout_id = ${id} and endpoint_id = any(${rebooted}::uuid[])`.execute(within);
  const applied = of('apply').map(({ endpointId, transactionDigest: digest, startBeforeMs }) => ({
    endpointId,
    digest,
    startBefore: new Date(startBeforeMs),
  }));
  if (applied.length > 0) await approveTargets(within, runId, applied);
}

/** What each of them lacks, as it was written down at the start. */
async function readSelections(
  within: Kysely<Tables>,
  rolloutId: string,
  endpointIds: readonly string[],
): Promise<readonly { readonly endpointId: string; readonly selection: Selection }[]> {
  const { rows } = await sql<{ endpointId: string; selection: Selection }>`
    select m.endpoint_id as "endpointId", s.selection from rollout_member m
    join rollout_patch_set s on s.rollout_id = m.rollout_id and s.number = m.patch_set
    where m.rollout_id = ${rolloutId} and m.endpoint_id = any(${[...endpointIds]}::uuid[])`.execute(within);
  return rows;
}

async function doOfRollout(
  within: Kysely<Tables>,
  context: ServerContext,
  rollout: RolloutRow & { readonly run_id: string },
  action: RolloutAction,
  ringNames: readonly string[],
): Promise<NewRolloutEvent | undefined> {
  const now = context.clock();
  const ofRing = (number: number) => sql`rollout_id = ${rollout.id} and number = ${number}`;
  switch (action.kind) {
    case 'open-ring':
      await sql`update rollout_ring set opened_at = ${now} where ${ofRing(action.ring)} and opened_at is null`.execute(
        within,
      );
      return {
        actor: PLANNER,
        kind: 'ring-opened',
        ring: action.ring,
        summary: `ring ${ringNames[action.ring]} is open`,
      };
    case 'pass-gate':
      await sql`update rollout_ring set passed_at = ${now} where ${ofRing(action.ring)} and passed_at is null`.execute(
        within,
      );
      return {
        actor: PLANNER,
        kind: 'gate-passed',
        ring: action.ring,
        summary: `ring ${ringNames[action.ring]} passed its gate`,
      };
    case 'halt':
      await sql`update rollout set halted_at = ${now}, halted_by = ${PLANNER}, halted_why = ${action.why}
        where id = ${rollout.id} and halted_at is null`.execute(within);
      await withdrawTargets(within, context, { id: rollout.run_id, organisation_id: rollout.organisation_id });
      return { actor: PLANNER, kind: 'halted', ring: action.ring, summary: `halted: ${action.why}` };
    case 'roll-back-ring':
      await sql`update rollout_ring set roll_back_at = ${now}, roll_back_by = ${PLANNER}
        where ${ofRing(action.ring)} and roll_back_at is null`.execute(within);
      return {
        actor: PLANNER,
        kind: 'roll-back',
        ring: action.ring,
        summary: `ring ${ringNames[action.ring]} goes back: ${action.why}`,
      };
    case 'block': {
      const { endpointIds } = action;
      // Recalling locks more than a rollout; it is done right after this transaction, and again if that is killed.
      const wanted = { endpointIds, actor: PLANNER, reason: `failed in the rollout ${rollout.name}` };
      await sql`update rollout_ring set block = ${JSON.stringify(wanted)}::jsonb
        where ${ofRing(action.ring)} and block is null`.execute(within);
      return undefined;
    }
    case 'finish': {
      await sql`update rollout set state = ${action.state}, ended_at = ${now} where id = ${rollout.id}`.execute(within);
      await endRolloutRun(within, context, rollout.run_id, action.state === 'cancelled');
      return { actor: PLANNER, kind: action.state, ring: null, summary: `${rollout.name} is ${action.state}` };
    }
    default:
      return undefined;
  }
}
