import { memberProgress, type MemberProgress } from '@thimble/rollouts';
import type { Machine } from '../agent/machine.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { rolloutOf } from '../server/database.ts';
import { runFacts, targetFacts } from '../server/facts.ts';
import type { Rows } from '../server/rows.ts';
import type { WorldEvent } from '../world-event.ts';
import type { Ledger } from './ledger.ts';

/** What has to come to its end when faults have ended and people answer. */
export interface Liveness {
  see(event: WorldEvent, atMs: number): void;
  /**
   * What has not, long afterwards: a rollout that still runs, or an endpoint that was there when it said that it is finished,
   * and is neither patched, nor put back, nor failed with a reason.
   */
  unsettled(rows: Rows, machines: readonly Machine[], nowMs: number): readonly string[];
}

export function createLiveness(scenario: Scenario, ledger: Ledger): Liveness {
  const thereAtTheEnd = new Set<string>();
  return {
    see(event, atMs) {
      if (event.kind !== 'acted' || event.action.kind !== 'finish' || event.action.state !== 'finished') return;
      for (const { id } of scenario.endpoints) if (ledger.isOnline(id, atMs)) thereAtTheEnd.add(id);
    },
    unsettled(rows, machines, nowMs) {
      const run = runFacts(rows, scenario);
      const stillRuns = rolloutOf(rows).state === 'running' ? [`the rollout still runs: ${waitsOf(rows)}`] : [];
      const leftBehind = scenario.endpoints.flatMap((endpoint, at): readonly string[] => {
        const machine = machines[at];
        if (machine === undefined || !machine.isOn) return [];
        const progress = memberProgress(targetFacts(rows, endpoint), run, nowMs);
        if (progress.kind === 'working') return [`${endpoint.hostname} still works on ${progress.order}`];
        const blocked = new Set(rows.blocks.keys());
        if (progress.kind === 'effective' && machine.resolve(blocked).changes.length > 0)
          return [`${endpoint.hostname} counts as patched and is not`];
        if (!thereAtTheEnd.has(endpoint.id) || !isOpen(progress)) return [];
        return [`${endpoint.hostname} (${progress.kind}) was left behind by a rollout that says it is finished`];
      });
      return [...stillRuns, ...leftBehind];
    },
  };
}

function isOpen(progress: MemberProgress): boolean {
  // Nobody takes a single endpoint out here: who is left out was lost.
  if (progress.kind === 'not-asked' || progress.kind === 'planning' || progress.kind === 'left-out') return true;
  if (progress.kind !== 'planned') return false;
  return progress.trial !== 'failed' && progress.trial !== 'impossible' && progress.blocked.length === 0;
}

function waitsOf(rows: Rows): string {
  const counts = new Map<string, number>();
  for (const { wait } of rolloutOf(rows).plan?.assignments ?? []) {
    const kind = wait?.kind ?? 'done';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
