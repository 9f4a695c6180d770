import { createStopwatch, lostListeners, readListeners } from '@thimble/drivers';
import type { CheckResult, DeployRules } from '@thimble/protocol';
import { runAllowed } from '../run-allowed.ts';
import type { Surroundings } from '../surroundings.ts';
import { probeHttp } from './probe-http.ts';
import { probeTcp } from './probe-tcp.ts';

export type HealthCheck = DeployRules['checks'][number];

export interface Health {
  readonly checks: readonly CheckResult[];
  /** `tcp 0.0.0.0:443 nginx`: listened before and not after. */
  readonly lostListeners: readonly string[];
}

/** Services that were restarted need a moment; what is not well after this is not well. */
export const SETTLE_MS = 60_000;
const PAUSE_MS = 2000;
/** An outcome carries so many. */
const LOST_MAX = 1000;

/**
 * Asks until all is well, or the time to settle is over; the last answers count. `listenersBefore` null: it is not known who
 * listened, so nobody can be missed. Null: the agent ends.
 */
export async function checkHealth(
  checks: readonly HealthCheck[],
  listenersBefore: readonly string[] | null,
  surroundings: Surroundings,
): Promise<Health | null> {
  const { host, stop } = surroundings;
  const elapsedMs = createStopwatch(host, SETTLE_MS);
  const passed = new Map<HealthCheck, CheckResult>();
  for (;;) {
    const results: CheckResult[] = [];
    for (const check of checks) {
      const result = passed.get(check) ?? (await ask(check, surroundings));
      if (result === null) return null;
      if (result.passed) passed.set(check, result);
      results.push(result);
    }
    const { lost, unknown } = await missing(listenersBefore, surroundings);
    const isWell = results.every((result) => result.passed) && lost.length === 0;
    if (isWell || elapsedMs() >= SETTLE_MS)
      return { checks: [...results, ...(unknown === null ? [] : [unknown])], lostListeners: lost.slice(0, LOST_MAX) };
    await host.sleep(PAUSE_MS, stop);
    if (stop.aborted) return null;
  }
}

/** Null: the agent ends. */
async function ask(check: HealthCheck, surroundings: Surroundings): Promise<CheckResult | null> {
  if ('command' in check) return runAllowed({ kind: 'check', name: check.command, phase: 'after' }, surroundings);
  const { host } = surroundings;
  const startedMs = host.now().getTime();
  const name = 'tcp' in check ? `tcp ${check.tcp}` : `http ${check.http}`.slice(0, 512);
  const trouble = 'tcp' in check ? await probeTcp(check.tcp) : await probeHttp(check.http, check.status ?? null);
  const durationMs = Math.max(0, Math.round(host.now().getTime() - startedMs));
  return { name, passed: trouble === null, message: trouble ?? '', durationMs };
}

async function missing(
  before: readonly string[] | null,
  { host }: Surroundings,
): Promise<{ readonly lost: readonly string[]; readonly unknown: CheckResult | null }> {
  const after = before === null ? null : await readListeners(host);
  if (before !== null && after !== null) return { lost: lostListeners(before, after), unknown: null };
  const when = before === null ? 'before' : 'after';
  const message = `who listened ${when} the installation could not be read, so it is not known whether a service was lost`;
  return { lost: [], unknown: { name: 'listeners', passed: false, message, durationMs: 0 } };
}
