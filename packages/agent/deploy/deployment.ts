import type { ApplyCheckpoint, DeployBefore } from '@thimble/drivers';
import type { DeployReport, DeployRules, Order, OutcomeResult } from '@thimble/protocol';
import type { Execution } from '../orders/execute.ts';
import { prepareInstallation, refuseUnknownNames } from './before-installation.ts';
import { settleSteps } from './begun-steps.ts';
import { checkHealth } from './health/check-health.ts';
import { refusal, StoppedOrder, type Refused } from './stopped-order.ts';

/** What is done around the package manager's work: steps, checks, and the last look at the clock. */
export interface Deployment {
  /** Before anything is done; null: nothing speaks against it. */
  refuse(): Promise<Refused | null>;
  /** The driver's point of no return. @throws StoppedOrder the window is over, or a step failed: nothing is installed. */
  pointOfNoReturn(checkpoint: ApplyCheckpoint): Promise<void>;
  /** Looks whether all is well, does the steps after, and says so in the result. Null: the agent ends, and it goes on later. */
  conclude(result: OutcomeResult): Promise<OutcomeResult | null>;
}

export function openDeployment(order: Order, rules: DeployRules | undefined, execution: Execution): Deployment {
  const { host, active, signal, stop, progress, deployFolder } = execution;
  const surroundings = { orderId: order.id, runId: order.runId, host, deployFolder, stop };
  const resumed = active.checkpoint;
  let before: DeployBefore | undefined = resumed?.deploy;

  function stopIfLate(): void {
    if (execution.nowMs() <= Date.parse(order.expiresAt)) return;
    const message = `all was ready, but it was to begin before ${order.expiresAt}`;
    throw new StoppedOrder(refusal('expired', message));
  }

  async function pointOfNoReturn(checkpoint: ApplyCheckpoint): Promise<void> {
    stopIfLate();
    if (rules === undefined) return execution.checkpoint(checkpoint);
    const listing = 'who listens, steps before';
    progress({ stage: 'preparing', percent: null, message: listing });
    before = await prepareInstallation(rules, { ...surroundings, signal, progress });
    // Steps take their time, too.
    stopIfLate();
    await execution.checkpoint({ ...checkpoint, deploy: before });
  }

  async function conclude(result: OutcomeResult): Promise<OutcomeResult | null> {
    if (rules === undefined) return result;
    if (result.kind !== 'applied' && result.kind !== 'failed') return unprepared(result);
    progress({ stage: 'checking', percent: null, message: 'health checks' });
    const health = await checkHealth(rules.checks, before?.listeners ?? null, surroundings);
    const after = health === null ? null : await settleSteps(surroundings);
    if (health === null || after === null) return null;
    const deploy: DeployReport = {
      fileSystemSnapshot: before?.fileSystemSnapshot ?? null,
      steps: [...(before?.steps ?? []), ...after],
      checks: [...health.checks],
      lostListeners: [...health.lostListeners],
    };
    return { ...result, deploy };
  }

  /** Nothing was installed: what the steps before did is undone all the same. */
  async function unprepared(result: OutcomeResult): Promise<OutcomeResult | null> {
    // The agent ends: its next life begins the order again, and owes the steps after still.
    if (result.kind === 'cancelled' && stop.aborted) return result;
    return (await settleSteps(surroundings)) === null ? null : result;
  }

  return {
    refuse: async () => (rules === undefined || resumed !== null ? null : refuseUnknownNames(rules, surroundings)),
    pointOfNoReturn,
    conclude,
  };
}
