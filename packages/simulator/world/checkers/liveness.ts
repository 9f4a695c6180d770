import { memberProgress } from '@thimble/rollouts';
import type { Machine } from '../agent/machine.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { rolloutOf } from '../server/database.ts';
import { runFacts, targetFacts } from '../server/facts.ts';
import type { Rows } from '../server/rows.ts';

/**
 * What has not come to its end, long after faults have ended and people have answered: a rollout that still runs, an endpoint
 * that is there and neither patched, nor put back, nor failed with a reason, nor in a ring that nobody opened because it was stopped.
 */
export function unsettled(
  rows: Rows,
  scenario: Scenario,
  machines: readonly Machine[],
  nowMs: number,
): readonly string[] {
  const { state, rings } = rolloutOf(rows);
  const complaints: string[] = [];
  if (state === 'running') complaints.push(`the rollout still runs: ${waitsOf(rows)}`);
  scenario.endpoints.forEach((endpoint, at) => {
    const machine = machines[at];
    if (machine === undefined || !machine.isOn) return;
    const progress = memberProgress(targetFacts(rows, endpoint), runFacts(rows, scenario), nowMs);
    const opened = (rings[endpoint.ring]?.openedAtMs ?? null) !== null;
    if (progress.kind === 'working') complaints.push(`${endpoint.hostname} still works on ${progress.order}`);
    if (state !== 'finished' || !opened) return;
    if (progress.kind === 'not-asked' || progress.kind === 'planning')
      complaints.push(`${endpoint.hostname} (${progress.kind}) was left behind by a rollout that says it is finished`);
    if (
      progress.kind === 'planned' &&
      progress.trial !== 'failed' &&
      progress.trial !== 'impossible' &&
      progress.blocked.length === 0
    )
      complaints.push(`${endpoint.hostname} has its plan and was left behind by a rollout that says it is finished`);
    if (progress.kind === 'effective' && machine.resolve(new Set(rows.blocks.keys())).changes.length > 0)
      complaints.push(`${endpoint.hostname} counts as patched and is not`);
  });
  return complaints;
}

function waitsOf(rows: Rows): string {
  const counts = new Map<string, number>();
  for (const { wait } of rolloutOf(rows).plan?.assignments ?? []) {
    const kind = wait?.kind ?? 'done';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
