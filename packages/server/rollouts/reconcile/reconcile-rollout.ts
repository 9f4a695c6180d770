import { gateInWords, lint, type Plan, type PlanInput, RULES, standingOf } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { lockBlocks } from '../../acquire/index.ts';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { readPolicyOf } from '../policy-of-rollout.ts';
import { publishProgress } from '../publish.ts';
import { recordEvents } from '../record-event.ts';
import { readRollout, type RolloutRow } from '../rows.ts';
import { doActions } from './do-actions.ts';
import { heedAtOpening } from './heed-at-opening.ts';
import { loadFacts } from './load-facts.ts';
import { explainMember, type MemberReport, memberText } from './member-report.ts';
import type { RolloutMemory } from './memory.ts';
import { nextLook } from './next-look.ts';
import { refusePlan } from './refuse-plan.ts';
import { stateOfRollout } from './state-of-rollout.ts';
import { writePlan } from './write-plan.ts';
import { writeReport } from './write-report.ts';

type RunningRollout = RolloutRow & { readonly run_id: string };

/**
 * Moves a rollout on: reads the facts, plans, checks the plan independently, makes it the one in force and does its actions, in one
 * transaction. So it can be killed anywhere and done by several servers: one of them holds the rollout's row, and what is not committed
 * was not decided.
 *
 * @returns whether a ring or the whole rollout took a step, so that the next plan has more to do at once
 */
export async function reconcileRollout(
  context: ServerContext,
  memory: RolloutMemory,
  rolloutId: string,
): Promise<boolean> {
  const known = memory.known;
  try {
    return await context.database.kysely.transaction().execute(async (within) => {
      const organisationId = await organisationOf(within, rolloutId);
      if (organisationId === undefined) return false;
      await lockBlocks(within, organisationId, 'shared');
      const rollout = await readRollout(within, rolloutId, 'update');
      if (rollout === undefined || rollout.ended_at !== null || rollout.run_id === null) return false;
      return planAndDo(within, context, memory, { ...rollout, run_id: rollout.run_id });
    });
  } catch (error) {
    // Whether it was committed nobody knows; the next time the database is asked.
    memory.known = known;
    throw error;
  }
}

async function organisationOf(within: Kysely<Tables>, rolloutId: string): Promise<string | undefined> {
  const { rows } = await sql<{ organisation_id: string }>`
    select organisation_id from rollout where id = ${rolloutId}`.execute(within);
  return rows[0]?.organisation_id;
}

async function planAndDo(
  within: Kysely<Tables>,
  context: ServerContext,
  memory: RolloutMemory,
  rollout: RunningRollout,
): Promise<boolean> {
  memory.policy ??= await readPolicyOf(within, rollout);
  const input = await loadFacts(within, context, memory, rollout, memory.policy);
  const { plan, report } = memory.planner.plan(input);
  const violations = lint(plan, input);
  if (violations.length > 0) {
    await refusePlan(within, context, rollout, violations);
    return false;
  }
  const heeded = await heedAtOpening(within, context, rollout, plan);
  if (heeded.some(({ kind }) => kind === 'halted')) return true;
  const changed = changedMembers(memory, input, plan);
  const ringNames = memory.policy.rings.map(({ name }) => name);
  const asked = JSON.stringify(plan.actions);
  memory.repeats = plan.actions.length > 0 && asked === memory.lastActions;
  memory.lastActions = asked;
  if (changed.length > 0 || plan.actions.length > 0) {
    const id = await writePlan(within, context, rollout, plan, changed, ringNames);
    const written = new Map(memory.known?.written);
    for (const each of changed) written.set(each.endpointId, memberText(each));
    memory.known = { id, plan, written };
  }
  const events = await doActions(within, context, rollout, plan.actions, ringNames);
  const shown = await writeReport(within, rollout, {
    state: stateOfRollout(input, plan, report),
    report,
    ringWords: report.rings.map(({ why }) => (why === null ? '' : gateInWords(why))),
    lookAt: nextLook(input, plan.assignments, report),
  });
  if (shown || changed.length > 0 || events.length > 0) await publishProgress(context, rollout, within);
  await recordEvents(within, context, rollout, [...heeded, ...events]);
  return events.length > 0;
}

function changedMembers(memory: RolloutMemory, input: PlanInput, plan: Plan): readonly MemberReport[] {
  const { members, policy } = input.rollout;
  return plan.assignments.flatMap((assignment, index): readonly MemberReport[] => {
    const member = members[index];
    if (member === undefined) return [];
    const { endpointId, wait, slot, generation } = assignment;
    const report: MemberReport = {
      endpointId,
      outcome: standingOf(member, policy, RULES),
      explanation: explainMember(wait, member.progress),
      wait,
      slot,
      generation,
    };
    return memory.known?.written.get(endpointId) === memberText(report) ? [] : [report];
  });
}
