import type { OrderStage } from '@thimble/protocol';
import type { Task } from '../driver.ts';
import type { CommandResult } from '../host.ts';

const RETRY_MS = 2_000;
const LOCKED = /Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock/i;

/** Runs an apt that needs dpkg's lock, again and again while somebody else has it, at most so long. */
export async function whenUnlocked(
  task: Task,
  stage: OrderStage,
  lockWaitMs: number,
  run: () => Promise<CommandResult>,
): Promise<CommandResult> {
  const { host } = task;
  const untilMs = host.now().getTime() + lockWaitMs;
  for (;;) {
    const result = await run();
    if (result.exitCode === 0 || !LOCKED.test(result.stderr)) return result;
    if (task.signal.aborted || host.now().getTime() >= untilMs) return result;
    const holder = /held by process (\d+) \(([^)]*)\)/.exec(result.stderr);
    const who = holder === null ? 'another package manager' : `${holder[2]} (process ${holder[1]})`;
    task.progress({ stage, percent: null, message: `waiting for ${who} to release dpkg's lock` });
    await host.sleep(RETRY_MS, task.signal);
  }
}
