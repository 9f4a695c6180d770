import { sql } from 'kysely';
import { Gauge } from 'prom-client';
import type { ServerContext } from '../context.ts';

/** Orders that are under way, and those given up, counted when they are asked for. */
export function registerOrderMetrics({ metrics, database }: ServerContext): void {
  new Gauge({
    name: 'thimble_orders_under_way',
    help: 'Orders without an outcome yet, by kind.',
    labelNames: ['kind'],
    registers: [metrics],
    async collect() {
      const { rows } = await sql<{ kind: string; count: number }>`
        select kind, count(*) as count from endpoint_order where outcome_at is null and closed_at is null
        group by kind`.execute(database.kysely);
      this.reset();
      for (const { kind, count } of rows) this.set({ kind }, count);
    },
  });
}
