import type { SimulationResult } from '@thimble/protocol';
import type { SimulatedRun } from './run/run.ts';

interface Summarised {
  readonly totals: SimulationResult['totals'];
  readonly misses: SimulationResult['misses']['items'];
  readonly runs: readonly SimulatedRun[];
  /** Deadlines that fall into these days, held or not. */
  readonly deadlines: number;
  readonly endMs: number;
}

/** The result in sentences, the most important first. */
export function summaryOf({ totals, misses, runs, deadlines, endMs }: Summarised): readonly string[] {
  if (totals.endpoints === 0) return ['There is nothing to simulate: no endpoint follows these policies.'];
  const lines: string[] = [];
  const [worst] = misses.toSorted((a, b) => b.endpoints - a.endpoints);
  if (worst === undefined)
    lines.push(deadlines === 0 ? 'No deadline falls into these days.' : 'All deadlines of these days hold.');
  else {
    const advice = worst.advice[0];
    const hope = advice === undefined ? '' : ` The planner says: ${advice}.`;
    lines.push(
      `${counted(misses.length, 'deadline')} can't hold. The worst: ${worst.patch}, due ${day(worst.deadline)}, comes too late on ${counted(worst.endpoints, 'endpoint')}.${hope}`,
    );
  }
  lines.push(
    `${totals.installed} of ${counted(totals.pending, 'update')} on ${counted(totals.endpoints, 'endpoint')} are installed by ${new Date(endMs).toISOString().slice(0, 10)}; ${totals.open} are open then.`,
  );
  if (totals.medianDays !== null)
    lines.push(
      `Half of them are effective within ${inDays(totals.medianDays)}, 95 of 100 within ${inDays(totals.p95Days ?? 0)}.`,
    );
  if (totals.withoutPolicy > 0)
    lines.push(
      `${counted(totals.withoutPolicy, 'endpoint follows', 'endpoints follow')} no policy: nothing patches them.`,
    );
  lines.push(rolloutsInWords(runs));
  if (totals.failures > 0)
    lines.push(
      `${counted(totals.failures, 'installation fails', 'installations fail')}, ${counted(totals.rolledBack, 'endpoint goes', 'endpoints go')} back to the versions before.`,
    );
  lines.push(
    `${counted(totals.reboots, 'reboot')}; ${gigabytes(totals.bytes)} are fetched; ${Math.round(totals.exposureDays)} update-days of exposure.`,
  );
  return lines;
}

function rolloutsInWords(runs: readonly SimulatedRun[]): string {
  if (runs.length === 0) return 'No rollout begins: nothing is pending that a policy takes, or no calendar starts one.';
  const parts = (['finished', 'running', 'halted', 'rolled-back', 'cancelled'] as const).flatMap((state) => {
    const many = runs.filter((run) => run.state === state).length;
    return many === 0 ? [] : [`${many} ${state}`];
  });
  return `${counted(runs.length, 'rollout')}: ${parts.join(', ')}.`;
}

function counted(many: number, one: string, several = `${one}s`): string {
  return `${many} ${many === 1 ? one : several}`;
}

function day(at: string): string {
  return at.slice(0, 10);
}

function inDays(days: number): string {
  return days < 1 ? counted(Math.round(days * 24), 'hour') : counted(Math.round(days * 10) / 10, 'day');
}

function gigabytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}
