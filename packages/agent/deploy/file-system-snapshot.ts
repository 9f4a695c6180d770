import { makeSnapshot } from '@thimble/drivers';
import type { CheckResult, DeployRules } from '@thimble/protocol';
import { runForOrder } from './run-for-order.ts';
import { refusal, StoppedOrder } from './stopped-order.ts';
import type { Preparing } from './surroundings.ts';

/** Making one is a matter of seconds; removing an old one of LVM may take minutes. */
const COMMAND_DEADLINE_MS = 5 * 60_000;

export interface SnapshotTaken {
  readonly label: string | null;
  /** Why there is none where one would have been welcome. */
  readonly told: readonly CheckResult[];
}

/** A snapshot of the root file system, as far as rules want one. @throws StoppedOrder one is required, and there is none. */
export async function takeSnapshot(
  { fileSystemSnapshot }: Pick<DeployRules, 'fileSystemSnapshot'>,
  preparing: Preparing,
): Promise<SnapshotTaken> {
  if (fileSystemSnapshot === 'none') return { label: null, told: [] };
  const { host, orderId, signal, progress } = preparing;
  progress({ stage: 'preparing', percent: null, message: 'a snapshot of the root file system' });
  const startedMs = host.now().getTime();
  const run = (argv: readonly string[]) =>
    runForOrder({ argv, env: LVM_ENVIRONMENT, deadlineMs: COMMAND_DEADLINE_MS }, preparing);
  const made = await makeSnapshot({ host, orderId, run });
  if (signal.aborted) throw new StoppedOrder({ kind: 'cancelled', stage: 'preparing' });
  if (made.ok) return { label: made.label.slice(0, 512), told: [] };
  if (fileSystemSnapshot === 'required')
    throw new StoppedOrder(
      refusal('snapshot-failed', `the policy requires a snapshot, and none was made: ${made.why}`),
    );
  const durationMs = Math.max(0, Math.round(host.now().getTime() - startedMs));
  return {
    label: null,
    told: [{ name: 'file system snapshot', passed: true, message: `none was made: ${made.why}`, durationMs }],
  };
}

/** lvm(8): it complains about descriptors that are ours. */
const LVM_ENVIRONMENT = { LVM_SUPPRESS_FD_WARNINGS: '1' };
