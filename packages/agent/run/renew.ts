import type { AgentContext } from '../context.ts';
import { readChecked, writeChecked } from '../state/checked-file.ts';

/** Old code that a restart does not cure must not restart the agent with every check-in. */
const AT_MOST_EVERY_MS = 6 * 3_600_000;
const DEADLINE_MS = 30_000;

/**
 * Restarts the agent's own service when it runs replaced code itself (a new libc): no order does that, and until it is
 * done the findings of that package stay open. Whatever is under way goes on without us, so any moment between orders
 * is a good one.
 *
 * @param unit the agent's own systemd unit; null: none, then only a person can.
 * @returns whether systemd was asked.
 */
export async function renewSelf(context: AgentContext, unit: string | null): Promise<boolean> {
  const { agent, clock, disk, host, log } = context;
  if (agent.mode !== 'service' || !agent.privileged || unit?.endsWith('.service') !== true) return false;
  const last = (await readChecked(disk, 'renewed', 'renewed').catch(() => null)) as { readonly atMs: number } | null;
  const sinceMs = last === null ? null : clock.now() - last.atMs;
  if (sinceMs !== null && sinceMs >= 0 && sinceMs < AT_MOST_EVERY_MS) return false;
  // Before it is asked for: whatever happens then, it is not asked for again at once.
  await writeChecked(disk, 'renewed', 'renewed', { atMs: clock.now() });
  log.info(`this agent runs replaced code itself: ${unit} is restarted`);
  const result = await host.run(['systemctl', 'restart', '--no-block', unit], { deadlineMs: DEADLINE_MS });
  if (result.exitCode !== 0) log.warn(`systemctl restart ${unit}: ${result.stderr.trim()}`);
  return result.exitCode === 0;
}
