import { memberProgress, type RunFacts } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { loadTargets } from '../../deploy/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { KnownTarget, RolloutMemory } from './memory.ts';

interface VersionRow {
  readonly endpoint_id: string;
  readonly version: string;
  /** Time or another run can change where it stands although its row stays the same. */
  readonly open: boolean;
}

/**
 * Where the endpoints that were asked stand. Orders are read only of those whose row changed since the last time or that have something
 * under way: a large rollout is mostly endpoints that are done.
 */
export async function loadProgress(
  within: Kysely<Tables>,
  memory: RolloutMemory,
  runId: string,
  run: RunFacts,
  nowMs: number,
): Promise<ReadonlyMap<string, KnownTarget>> {
  const { rows } = await sql<VersionRow>`
    select t.endpoint_id, t.xmin::text as version,
      t.under_way or t.request is not null or t.state = 'planned' or e.removed_at is not null as open
    from run_target t join endpoint e on e.id = t.endpoint_id where t.run_id = ${runId}`.execute(within);
  const versions = new Map(rows.map(({ endpoint_id: id, version }) => [id, version]));
  const changed = rows.filter((row) => row.open || memory.targets.get(row.endpoint_id)?.version !== row.version);
  if (changed.length === 0) return memory.targets;
  const ids = changed.map(({ endpoint_id: id }) => id);
  for (const target of await loadTargets(within, runId, sql`t.endpoint_id = any(${ids}::uuid[])`, false)) {
    const { endpointId, busyWith } = target;
    memory.targets.set(endpointId, {
      version: versions.get(endpointId) ?? '',
      progress: memberProgress(target, run, nowMs),
      busyWith: busyWith === null ? null : `${busyWith.runName} (${busyWith.kind})`,
    });
  }
  return memory.targets;
}
