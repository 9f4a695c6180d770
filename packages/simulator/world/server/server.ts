import type { Plan, PlanFunction, PlanInput, TargetAction } from '@thimble/rollouts';
import type { Random } from '../../random/random.ts';
import type { ServerApi } from '../agent/server-api.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Crash } from '../steps.ts';
import type { Timeline } from '../timeline.ts';
import type { Tell } from '../world-event.ts';
import { act, advanceTargets, type Acting } from './advance-targets.ts';
import { createAgentRoutes } from './agent-routes.ts';
import { CommitUnknown, type Database, type Transaction } from './database.ts';
import { planInput } from './facts.ts';
import type { ServerFlaws } from './flaws.ts';
import { nextPlanMs } from './next-plan.ts';
import { doAction } from './rollout-actions.ts';
import type { Rows } from './rows.ts';

/** One replica: it keeps nothing that is not in the database. */
export interface Server {
  readonly api: ServerApi;
  /** Agents that hold a request look again. */
  woken(endpointIds: readonly string[]): void;
  readonly isUp: boolean;
  /** Something has changed: it plans soon. */
  poke(): void;
  /** A transaction of its own. @returns whether it is known to have happened. */
  tryTransaction(work: (transaction: Transaction, rows: Rows) => void): boolean;
  goDown(forMs: number): void;
}

export interface ServerWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly database: Database;
  readonly scenario: Scenario;
  readonly tell: Tell;
  readonly flaws: ServerFlaws;
  readonly plan: PlanFunction;
  lint(plan: Plan, input: PlanInput): readonly string[];
  /** News for agents that hold a request, and for the other replicas. */
  wake(endpointIds: readonly string[]): void;
  changed(): void;
}

/** News that come together are planned together. */
const COALESCE_MS = 20_000;
/** Without news: endpoints fall silent, orders expire. */
const PERIOD_MS = 60 * 60_000;
const OLD_PLAN_MS = 15 * 60_000;

export function createServer(world: ServerWorld): Server {
  const { timeline, random, database, scenario, tell, flaws } = world;
  const { rows } = database;
  let life = 0;
  let isUp = true;
  let plansAtMs: number | null = null;

  function goDown(forMs: number): void {
    if (!isUp) return;
    life += 1;
    isUp = false;
    plansAtMs = null;
    timeline.in(forMs, () => {
      isUp = true;
      planAt(timeline.nowMs + random.between(0, 5000));
    });
  }

  function tryTransaction(work: (transaction: Transaction, rows: Rows) => void): boolean {
    try {
      database.transact((transaction) => work(transaction, rows));
      return true;
    } catch (error) {
      if (error instanceof Crash) goDown(random.between(5, 120) * 1000);
      else if (!(error instanceof CommitUnknown)) throw error;
      return false;
    }
  }

  function planAt(atMs: number): void {
    if (!isUp || (plansAtMs !== null && plansAtMs <= atMs)) return;
    plansAtMs = atMs;
    const mine = life;
    timeline.at(atMs, () => {
      if (life !== mine || plansAtMs !== atMs) return;
      plansAtMs = null;
      reconcile();
    });
  }

  function reconcile(): void {
    if (database.rollout.state === 'running') tryTransaction(planAndAct);
    moveTargets();
    if (isUp)
      planAt(
        Math.max(timeline.nowMs + COALESCE_MS, Math.min(timeline.nowMs + PERIOD_MS, nextPlanMs(rows, timeline.nowMs))),
      );
  }

  /** In one transaction: whoever else acts on the rollout waits for its row. */
  function planAndAct(transaction: Transaction): void {
    const input = planInput(rows, scenario, timeline.nowMs);
    const { plan } = world.plan(input);
    // What does nothing can do nothing wrong.
    const problems = plan.actions.length === 0 ? [] : world.lint(plan, input);
    transaction.tell({ kind: 'planned', input, plan, problems });
    if (problems.length > 0)
      doAction(rows, transaction, { kind: 'halt', ring: 0, why: problems.join('; ') }, timeline.nowMs);
    else if (flaws.actsOnOldPlan === true)
      timeline.in(OLD_PLAN_MS, () => tryTransaction((later) => doAll(later, plan)));
    else doAll(transaction, plan);
  }

  function doAll(transaction: Transaction, plan: Plan): void {
    transaction.put('rollout', 'rollout', { ...database.rollout, plan });
    for (const action of plan.actions) doAction(rows, transaction, action, timeline.nowMs);
  }

  function acting(transaction: Transaction): Acting {
    return { rows, transaction, scenario, flaws, nowMs: timeline.nowMs };
  }

  function moveTargets(): void {
    let done: readonly TargetAction[] = [];
    const happened = tryTransaction((transaction) => {
      done = advanceTargets(acting(transaction), scenario.endpoints);
    });
    // Whoever takes an unknown commit for a lost one, and remembers what it was about to do.
    if (!happened && isUp && flaws.repeatsUnknownCommit === true)
      tryTransaction((transaction) => {
        for (const action of done) act(action, acting(transaction));
      });
    if (done.length > 0) world.wake(done.map(({ endpointId }) => endpointId));
  }

  const api = createAgentRoutes({
    timeline,
    database,
    scenario,
    flaws,
    tell,
    tryTransaction,
    isUp: () => isUp,
    life: () => life,
    wake: world.wake,
    changed: world.changed,
  });
  planAt(timeline.nowMs);
  return {
    api,
    woken: (endpointIds) => api.woken(endpointIds),
    get isUp() {
      return isUp;
    },
    poke: () => planAt(timeline.nowMs + COALESCE_MS),
    tryTransaction,
    goDown,
  };
}
