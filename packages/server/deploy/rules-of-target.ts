import type { DeployRules, RebootConsent, Selection, TrialRules } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';
import type { RunRow } from './load-targets.ts';

/** What the orders of one endpoint say besides packages. */
export interface TargetRules {
  readonly selection: Selection;
  readonly trial: TrialRules;
  /** Undefined: nothing but the transaction. */
  readonly deploy: DeployRules | undefined;
  /** Undefined: nobody is asked before a reboot. */
  readonly consent: RebootConsent | undefined;
  /** An installation, reboot or restart begins before this; null: whenever the endpoint gets its order. */
  readonly startBefore: Date | null;
}

const MEGABYTE = 1024 * 1024;
/** Of a person's run, which has no policy; the same as a policy that says nothing. */
const USUAL_TRIAL: TrialRules = {
  checks: [],
  deadlineSeconds: 30 * 60,
  diskBytes: 4096 * MEGABYTE,
  memoryBytes: 1024 * MEGABYTE,
};

interface RulesRow {
  readonly selection: Selection | null;
  readonly start_before: Date | null;
  readonly trial: TrialRules;
  readonly deploy: DeployRules;
  readonly defer_reboot_seconds: number | null;
}

/** A rollout wrote its policy's rules down when it started: a policy that is changed meanwhile changes no order of it. */
export async function rulesOfTarget(within: Kysely<Tables>, run: RunRow, endpointId: string): Promise<TargetRules> {
  if (run.rollout_id === null)
    return { selection: run.selection, trial: USUAL_TRIAL, deploy: undefined, consent: undefined, startBefore: null };
  const { rows } = await sql<RulesRow>`
    select t.selection, t.start_before, g.trial, o.deploy, o.defer_reboot_seconds
    from run_target t
    join rollout o on o.id = ${run.rollout_id}
    join rollout_member m on m.rollout_id = o.id and m.endpoint_id = t.endpoint_id
    join rollout_ring g on g.rollout_id = o.id and g.number = m.ring
    where t.run_id = ${run.id} and t.endpoint_id = ${endpointId}`.execute(within);
  const [row] = rows;
  if (row === undefined) throw new Error(`endpoint ${endpointId} is no member of the rollout ${run.rollout_id}`);
  const { defer_reboot_seconds: deferForSeconds } = row;
  return {
    selection: row.selection ?? run.selection,
    trial: row.trial,
    deploy: row.deploy,
    consent: deferForSeconds === null ? undefined : { deferForSeconds },
    startBefore: row.start_before,
  };
}
