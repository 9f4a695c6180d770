import { sql } from 'kysely';
import { Gauge } from 'prom-client';
import type { ServerContext } from '../context.ts';

/** Rollouts that are not over by state, counted when they are asked for: one that is halted waits for somebody. */
export function registerRolloutMetrics({ metrics, database }: ServerContext): void {
  new Gauge({
    name: 'thimble_rollouts',
    help: 'Rollouts under way, by state.',
    labelNames: ['state'],
    registers: [metrics],
    async collect() {
      const { rows } = await sql<{ state: string; count: number }>`
        select state, count(*) as count from rollout where ended_at is null group by state`.execute(database.kysely);
      this.reset();
      // It is there when nothing is halted, too: an alarm on a series that comes and goes is none.
      for (const state of ['preparing', 'awaiting-approval', 'running', 'halted', 'rolling-back'])
        this.set({ state }, rows.find((row) => row.state === state)?.count ?? 0);
    },
  });
}
