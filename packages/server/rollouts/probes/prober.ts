import { type Agents, createAgents } from '@thimble/upstream';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { repeat } from '../../repeat.ts';
import { readPolicyOf } from '../policy-of-rollout.ts';
import { publishDecision } from '../publish.ts';
import { readRollout } from '../rows.ts';
import { askPrometheus, type ProbeAnswer } from './ask-prometheus.ts';

/** How often it is looked whether a ring is at its gate. */
const LOOK_MS = 5_000;
/** Between two questions of the same probe. */
const AGAIN_MS = 60_000;

/** Asks the probes of rings that are watched or at their gate, once a minute, for ever. @returns ends it */
export function startProber(context: ServerContext): () => Promise<void> {
  const agents = createAgents({ proxy: null });
  const stop = repeat(context, LOOK_MS, 'probes of rollouts were not asked', () => askDue(context, agents));
  return async () => {
    await stop();
    agents.close();
  };
}

export async function askDue(context: ServerContext, agents: Agents): Promise<void> {
  const { kysely } = context.database;
  const { rows } = await sql<{ rollout_id: string; number: number }>`
    select g.rollout_id, g.number from rollout o join rollout_ring g on g.rollout_id = o.id
    where o.ended_at is null and g.state in ('soaking', 'gate') limit 1000`.execute(kysely);
  for (const { rollout_id: rolloutId, number } of rows) {
    if (context.stopping.aborted) return;
    await askRing(context, agents, rolloutId, number);
  }
}

async function askRing(context: ServerContext, agents: Agents, rolloutId: string, ring: number): Promise<void> {
  const { kysely } = context.database;
  const rollout = await readRollout(kysely, rolloutId, 'none');
  if (rollout === undefined || rollout.ended_at !== null) return;
  const policy = await readPolicyOf(kysely, rollout);
  const fresh = await sql<{ name: string }>`select name from rollout_probe
    where rollout_id = ${rolloutId} and ring = ${ring}
      and at > ${new Date(context.clock().getTime() - AGAIN_MS)}`.execute(kysely);
  const known = new Set(fresh.rows.map(({ name }) => name));
  const due = (policy.rings[ring]?.gate.probes ?? []).filter(({ name }) => !known.has(name));
  for (const { name, query } of due) {
    const { value, message } = await answerOf(context, agents, query);
    await kysely.transaction().execute(async (within) => {
      await sql`insert into rollout_probe (rollout_id, ring, name, value, message, at)
        values (${rolloutId}, ${ring}, ${name}, ${value}, ${message}, ${context.clock()})
        on conflict (rollout_id, ring, name) do update set value = excluded.value, message = excluded.message,
          at = excluded.at`.execute(within);
      await publishDecision(context, rollout, within);
    });
  }
}

async function answerOf({ settings, stopping }: ServerContext, agents: Agents, query: string): Promise<ProbeAnswer> {
  const { prometheusUrl } = settings;
  if (prometheusUrl === undefined)
    return { value: null, message: 'this server knows no Prometheus to ask (setting prometheus-url)' };
  return askPrometheus(new URL(prometheusUrl), query, { agents, stopping });
}
