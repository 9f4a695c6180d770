import type { RebootRequest } from '@thimble/agent-core';
import {
  type ApplyCheckpoint,
  type ApplyTask,
  type Driver,
  type Host,
  type Task,
  type Workspace,
} from '@thimble/drivers';
import type { Block, Order, OrderBody, OutcomeResult } from '@thimble/protocol';
import type { Gateway, GatewayNeeds } from '../content/gateway.ts';
import { openDeployment } from '../deploy/deployment.ts';
import { rebootOrder } from '../deploy/reboot/reboot-order.ts';
import { refusal, StoppedOrder } from '../deploy/stopped-order.ts';
import type { Log } from '../log.ts';
import type { ActiveOrder } from '../state/journal.ts';
import { lowered, trialCommands, type TrialLimits } from './trial-rules.ts';
import { withContent } from './with-content.ts';
import type { ProgressStep } from './progress.ts';

/** What executing an order needs besides the order. */
export interface Execution {
  readonly host: Host;
  readonly driver: Driver;
  readonly workspace: Workspace;
  /** Absolute: for what orders run besides the package manager. */
  readonly deployFolder: string;
  /** The administrator's own bounds; left out: those of the order. */
  readonly trialLimits?: TrialLimits;
  /** A stop before the point of no return: the order was cancelled, or the agent ends. */
  readonly signal: AbortSignal;
  /** The agent ends. */
  readonly stop: AbortSignal;
  readonly active: ActiveOrder;
  /** Past the point of no return, now. */
  isCommitted(): boolean;
  progress(step: ProgressStep): void;
  /** Durable when it resolves. */
  checkpoint(checkpoint: ApplyCheckpoint): Promise<void>;
  rebootRequested(request: RebootRequest): Promise<void>;
  /** People are asked; not one of the tries that end an order. Durable when it resolves. */
  waiting(): Promise<void>;
  /** Another order is to be begun after this one. */
  newerWaits(): boolean;
  /** Reports all documents anew to the server. */
  scan(task: Task): Promise<void>;
  openGateway(needs: GatewayNeeds): Promise<Gateway>;
  readonly log: Pick<Log, 'warn'>;
  /** `/proc/sys/kernel/random/boot_id`; another one after each boot. */
  bootId(): Promise<string>;
  nowMs(): number;
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** Does what an order asks for; null: the order goes on later, as the agent was stopped or people are asked. Throws only for bugs and failures of the host; the caller knows what that means when. */
export async function executeOrder(order: Order, execution: Execution): Promise<OutcomeResult | null> {
  const { driver, host, workspace, signal, progress } = execution;
  const task: Task = { host, workspace, signal, progress };
  const { body } = order;
  if (!host.privileged && body.kind !== 'scan' && body.kind !== 'plan') return notPrivileged();
  switch (body.kind) {
    case 'scan':
      await execution.scan(task);
      return signal.aborted ? { kind: 'cancelled', stage: 'refreshing' } : { kind: 'scanned' };
    case 'plan':
      return withContent(body.content, null, execution, (content) =>
        driver.plan({ ...task, ...content, ...blocksOf(body) }, body.selection),
      );
    case 'apply':
      return apply(order, body, task, execution);
    case 'rollback':
      return driver.apply({ ...applyTask(order, task, execution), ...body });
    case 'pre-stage':
      return withContent(body.content, body.bytesPerSecond, execution, async (content, gateway) => {
        const { transaction } = body;
        const result = await driver.preStage({
          ...task,
          ...content,
          ...blocksOf(body),
          orderId: order.id,
          transaction,
        });
        if (result.kind !== 'pre-staged') return result;
        const { relay = 0, server = 0 } = gateway?.receivedBytes ?? {};
        return { kind: 'pre-staged', fetchedBytes: relay + server, fromRelayBytes: relay };
      });
    case 'trial':
      return trial(order, body, task, execution);
    case 'restart-services': {
      progress({ stage: 'restarting-services', percent: null, message: 'restarting what uses replaced code' });
      const verification = await driver.restartServices(task, null);
      return { kind: 'applied', verification, kept: [], rollbackGaps: [], resumed: false };
    }
    case 'reboot':
      return rebootOrder(order, body, task, execution);
    default:
      return body satisfies never;
  }
}

async function apply(
  order: Order,
  body: Extract<OrderBody, { kind: 'apply' }>,
  task: Task,
  execution: Execution,
): Promise<OutcomeResult | null> {
  const { transaction, restartServices } = body;
  const deployment = openDeployment(order, body.deploy, execution);
  const refused = await deployment.refuse();
  if (refused !== null) return refused;
  const { pointOfNoReturn } = deployment;
  const frame = { ...applyTask(order, task, execution), transaction, restartServices, undoes: null, pointOfNoReturn };
  const result = await withContent(body.content, null, execution, async (content) => {
    try {
      return await execution.driver.apply({ ...frame, ...content, ...blocksOf(body) });
    } catch (error) {
      if (error instanceof StoppedOrder) return error.result;
      throw error;
    }
  });
  return deployment.conclude(result);
}

async function trial(
  order: Order,
  body: Extract<OrderBody, { kind: 'trial' }>,
  task: Task,
  execution: Execution,
): Promise<OutcomeResult> {
  const { driver, host, trialLimits } = execution;
  if (driver.trial === undefined) return refusal('unsupported', `the driver ${driver.id} has no trials`);
  const tried = driver.trial;
  const found = await trialCommands(host, body.rules.checks);
  if (!found.ok) return found.refused;
  const rules = lowered(body.rules, trialLimits);
  const { transaction } = body;
  return withContent(body.content, null, execution, (content) =>
    tried({ ...task, ...content, ...blocksOf(body), orderId: order.id, transaction, rules, commands: found.commands }),
  );
}

function blocksOf({ blocks }: { readonly blocks?: readonly Block[] }): { readonly blocks?: readonly Block[] } {
  return blocks === undefined ? {} : { blocks };
}

type ApplyFrame = Omit<ApplyTask, 'transaction' | 'restartServices' | 'undoes'>;

function applyTask(order: Order, task: Task, execution: Execution): ApplyFrame {
  return {
    ...task,
    orderId: order.id,
    resumeFrom: execution.active.checkpoint,
    pointOfNoReturn: (checkpoint) => execution.checkpoint(checkpoint),
  };
}

function notPrivileged(): OutcomeResult {
  return {
    kind: 'refused',
    code: 'not-privileged',
    message: 'this agent does not run as root: it reports and plans, and changes nothing',
    difference: null,
    logTail: [],
  };
}
