import { readListeners, type DeployBefore } from '@thimble/drivers';
import type { CheckResult, DeployRules } from '@thimble/protocol';
import { forgetOtherSteps, markBegun } from './begun-steps.ts';
import { findAllowed } from './allow-list.ts';
import { takeSnapshot } from './file-system-snapshot.ts';
import { runAllowed } from './run-allowed.ts';
import { waitForLeftCommands } from './run-for-order.ts';
import { refusal, StoppedOrder, type Refused } from './stopped-order.ts';
import type { Preparing, Surroundings } from './surroundings.ts';

/** Everything that rules name is looked up before anything is done. @returns null: all of it is allowed here. */
export async function refuseUnknownNames(
  { before, after, checks }: Pick<DeployRules, 'before' | 'after' | 'checks'>,
  { host }: Pick<Surroundings, 'host'>,
): Promise<Refused | null> {
  const steps = [...before, ...after].map((name) => ({ kind: 'step', name }) as const);
  const commands = checks.flatMap((check) =>
    'command' in check ? [{ kind: 'check', name: check.command } as const] : [],
  );
  for (const { kind, name } of [...steps, ...commands]) {
    const allowed = await findAllowed(host, kind, name);
    if (!allowed.ok) return refusal('step-not-allowed', allowed.message);
  }
  return null;
}

/**
 * All that happens between the preparation and the installation: who listens, the steps before, the file system snapshot.
 * @throws StoppedOrder nothing is installed. Whoever catches it owes the steps after.
 */
export async function prepareInstallation(rules: DeployRules, preparing: Preparing): Promise<DeployBefore> {
  const { host, progress } = preparing;
  const unknown = await refuseUnknownNames(rules, preparing);
  if (unknown !== null) throw new StoppedOrder(unknown);
  await forgetOtherSteps(preparing);
  await waitForLeftCommands(preparing);
  const listeners = await readListeners(host);
  if (rules.before.length + rules.after.length > 0) await markBegun(preparing, rules.after);
  const steps: CheckResult[] = [];
  for (const name of rules.before) {
    stopIfAborted(preparing);
    progress({ stage: 'preparing', percent: null, message: `step ${name}` });
    const result = await runAllowed({ kind: 'step', name, phase: 'before' }, preparing);
    if (result === null) throw new StoppedOrder({ kind: 'cancelled', stage: 'preparing' });
    steps.push(result);
    if (!result.passed)
      throw new StoppedOrder(
        refusal('step-failed', `step ${name} failed before the installation`, result.message.split('\n')),
      );
  }
  stopIfAborted(preparing);
  const { label, told } = await takeSnapshot(rules, preparing);
  return { fileSystemSnapshot: label, steps: [...steps, ...told], listeners };
}

function stopIfAborted({ signal }: Preparing): void {
  if (signal.aborted) throw new StoppedOrder({ kind: 'cancelled', stage: 'preparing' });
}
