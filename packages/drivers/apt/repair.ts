import type { ApplyTask } from '../driver.ts';
import { runDetached, waitDetached } from './detached-run.ts';
import { readInstalled } from './installed.ts';
import { attempts, newAttempt, type OrderFolder } from './order-folder.ts';
import { packageManagerState } from './system.ts';

export type Repair =
  | { readonly kind: 'nothing-to-do' | 'repaired' }
  | { readonly kind: 'failed'; readonly brokenPackages: readonly string[]; readonly log: string }
  | { readonly kind: 'busy'; readonly log: string };

const LOCKED = /lock was locked by another process|frontend lock|is locked by another process/i;
const LOCK_RETRY_MS = 2_000;
const REPAIR_DEADLINE_MS = 3_600_000;

/** Ends what a crash or a power cut interrupted: `dpkg --configure -a`, as dpkg(1) asks for. */
export async function repairIfInterrupted(task: ApplyTask, folder: OrderFolder, lockWaitMs: number): Promise<Repair> {
  const { host } = task;
  const before = await packageManagerState(host, await readInstalled(host));
  if (!before.interrupted) return { kind: 'nothing-to-do' };
  const names = before.brokenPackages.slice(0, 5).join(', ');
  task.progress({ stage: 'repairing', percent: null, message: `dpkg was interrupted, going on with ${names || 'it'}` });
  const options = { stage: 'repairing', deadlineMs: REPAIR_DEADLINE_MS } as const;
  // One that an earlier life of ours started.
  const last = (await attempts(host, folder, 'repair')).at(-1);
  if (last !== undefined) await waitDetached(task, last, options);
  const untilMs = host.now().getTime() + lockWaitMs;
  for (;;) {
    const directory = await newAttempt(host, folder, 'repair');
    const argv = ['dpkg', '--force-confdef', '--force-confold', '--configure', '--pending'];
    const end = await runDetached(task, directory, argv, options);
    const after = await packageManagerState(host, await readInstalled(host));
    if (!after.interrupted) return { kind: 'repaired' };
    if (!LOCKED.test(end.output)) return { kind: 'failed', brokenPackages: after.brokenPackages, log: end.output };
    if (host.now().getTime() > untilMs) return { kind: 'busy', log: end.output };
    task.progress({ stage: 'repairing', percent: null, message: 'waiting for another package manager' });
    await host.sleep(LOCK_RETRY_MS, task.signal);
  }
}
