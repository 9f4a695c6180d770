import { HostError, type Driver, type Host, type Task } from '@thimble/drivers';
import type { DeployReport, Order, OrderBody, OutcomeResult } from '@thimble/protocol';
import type { Execution } from '../../orders/execute.ts';
import { refuseUnknownNames } from '../before-installation.ts';
import { checkHealth } from '../health/check-health.ts';
import { refusal } from '../stopped-order.ts';
import type { Preparing } from '../surroundings.ts';
import { askConsent } from './ask-consent.ts';
import { keepListeners, keptListeners } from './kept-listeners.ts';
import { withdrawQuestion } from './reboot-request.ts';

type RebootBody = Extract<OrderBody, { kind: 'reboot' }>;
type RebootRequest = NonNullable<Execution['active']['reboot']>;

/** How long after a reboot was asked for the machine may still be the old one. */
const REBOOT_BOUND_MS = 10 * 60_000;
const REBOOT_POLL_MS = 2000;
/** Units that start late are given so long before the state after a boot is judged. */
const BOOT_SETTLE_MS = 60_000;

/**
 * The boot id before is durable before the reboot is asked for. Whoever takes the order up again compares: another
 * boot id means that it happened, the same one that it is still to come, and is asked for again.
 * @returns null: the order goes on later; the agent was stopped, or people are asked.
 */
export async function rebootOrder(
  order: Order,
  body: RebootBody,
  task: Task,
  execution: Execution,
): Promise<OutcomeResult | null> {
  const { driver, host, active, progress, deployFolder, stop, signal } = execution;
  const surroundings = { orderId: order.id, runId: order.runId, host, deployFolder, stop, signal, progress };
  let request = active.reboot;
  if (request === null) {
    const held = await notYet(body, surroundings, execution);
    if (held.kind === 'ends') return held.result;
    request = await recordRequest(body, surroundings, execution);
  }
  // Only now: until the request was durable, a crash must not take away what people had answered.
  if (body.consent !== undefined && (request !== null || !stop.aborted)) await withdrawQuestion(host);
  if (request === null) return { kind: 'cancelled', stage: 'accepted' };
  if ((await execution.bootId()) === request.bootIdBefore) {
    progress({ stage: 'rebooting', percent: null, message: 'rebooting' });
    const refused = await askForReboot(driver, host);
    if (refused !== null) return rebootFailed(`the system refused to reboot: ${refused}`);
    if (!(await waitForBoot(request.bootIdBefore, execution)))
      return stop.aborted ? null : rebootFailed(neverRebooted(request));
  }
  return afterBoot(body, request, surroundings, task, execution);
}

type Held = { readonly kind: 'goes-on' } | { readonly kind: 'ends'; readonly result: OutcomeResult | null };

/** What keeps it from rebooting: checks that are not allowed here, or people. */
async function notYet(body: RebootBody, surroundings: Preparing, execution: Execution): Promise<Held> {
  const { host, signal, stop } = surroundings;
  const refused = await refuseUnknownNames({ before: [], after: [], checks: body.checks ?? [] }, surroundings);
  if (refused !== null) return { kind: 'ends', result: refused };
  if (body.consent === undefined) return { kind: 'goes-on' };
  const { deferForSeconds } = body.consent;
  const permission = signal.aborted
    ? 'stopped'
    : await askConsent({ reason: body.reason, deferForSeconds }, surroundings);
  switch (permission) {
    case 'go':
      return { kind: 'goes-on' };
    case 'stopped':
      // Withdrawn; when only the agent ends, its next life finds the question and goes on with it.
      if (!stop.aborted) await withdrawQuestion(host);
      return { kind: 'ends', result: { kind: 'cancelled', stage: 'waiting-for-consent' } };
    case 'later':
      // Orders go one after another, and people may take days. The question stays: whoever asks next goes on with it.
      if (execution.newerWaits()) return { kind: 'ends', result: refusal('expired', SUPERSEDED) };
      await execution.waiting();
      return { kind: 'ends', result: null };
    default:
      return permission satisfies never;
  }
}

const SUPERSEDED =
  'a newer order came while people were asked whether this machine may reboot; it can be asked for again';

/** Null: it was stopped. */
async function recordRequest(
  body: RebootBody,
  surroundings: Preparing,
  execution: Execution,
): Promise<RebootRequest | null> {
  const { driver, host, workspace, signal } = execution;
  const { failedUnits } = await driver.system(host, workspace, { version: '', mode: 'service', privileged: true });
  if (body.checks !== undefined) await keepListeners(surroundings);
  if (signal.aborted) return null;
  const requestedAt = new Date(execution.nowMs()).toISOString();
  const request = { bootIdBefore: await execution.bootId(), requestedAt, failedUnitsBefore: failedUnits };
  await execution.rebootRequested(request);
  return request;
}

async function afterBoot(
  body: RebootBody,
  { bootIdBefore, failedUnitsBefore }: RebootRequest,
  surroundings: Preparing,
  task: Task,
  execution: Execution,
): Promise<OutcomeResult | null> {
  const { driver, host, progress, stop } = execution;
  progress({ stage: 'verifying', percent: null, message: 'verifying after the reboot' });
  // `degraded` ends with status 1, and is for the verification to judge.
  await host.run(['systemctl', 'is-system-running', '--wait'], { deadlineMs: BOOT_SETTLE_MS, signal: stop });
  if (stop.aborted) return null;
  // The reboot has happened: a cancellation now must not keep its proof from being made.
  const verification = await driver.verify({ ...task, signal: stop }, null, failedUnitsBefore);
  const result = { kind: 'rebooted', bootIdBefore, bootIdAfter: await execution.bootId(), verification } as const;
  if (body.checks === undefined) return result;
  progress({ stage: 'checking', percent: null, message: 'health checks' });
  const health = await checkHealth(body.checks, await keptListeners(surroundings), surroundings);
  if (health === null) return null;
  const { checks, lostListeners } = health;
  const deploy: DeployReport = {
    fileSystemSnapshot: null,
    steps: [],
    checks: [...checks],
    lostListeners: [...lostListeners],
  };
  return { ...result, deploy };
}

/** @returns why the system refused, null when it did not. */
async function askForReboot(driver: Driver, host: Host): Promise<string | null> {
  try {
    await driver.reboot(host);
    return null;
  } catch (error) {
    if (error instanceof HostError) return error.message;
    throw error;
  }
}

/** Usually this process ends meanwhile, and another one goes on after the boot. */
async function waitForBoot(bootIdBefore: string, execution: Execution): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < REBOOT_BOUND_MS && !execution.stop.aborted; waitedMs += REBOOT_POLL_MS) {
    await execution.sleep(REBOOT_POLL_MS, execution.stop);
    if ((await execution.bootId()) !== bootIdBefore) return true;
  }
  return false;
}

function neverRebooted({ requestedAt }: RebootRequest): string {
  return `a reboot was asked for at ${requestedAt}, and ${REBOOT_BOUND_MS / 60_000} minutes later the machine still runs`;
}

function rebootFailed(message: string): OutcomeResult {
  return {
    kind: 'failed',
    code: 'reboot-failed',
    message: message.slice(0, 4000),
    stage: 'rebooting',
    verification: null,
    logTail: [],
    kept: [],
  };
}
