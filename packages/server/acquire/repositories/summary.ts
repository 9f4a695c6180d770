import type { ContentFaultReport, RepositoryHealth, RepositoryList, RepositorySummary } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { recentStored } from '../revisions/recent-stored.ts';
import { latestRevisions, revisionCounts } from '../revisions/revision-summary.ts';
import { openFaults } from '../revisions/faults.ts';
import { sharedDocuments } from './configured.ts';
import { placeNames } from './place.ts';
import { summariseKey } from './public-key.ts';
import { type RepositoryRow, type RunningSync, readAnchors, readRepositories, toPublicKey } from './rows.ts';

const HOUR_MS = 3_600_000;
/** A synchronisation tells of itself every few seconds: one that has not for so long died with its server. */
const DEAD_AFTER_MS = 60_000;
/** As in a schedule: one missed turn is late, two are stale. */
const STALE_AFTER_INTERVALS = 2;

/**
 * Repositories as people see them. How much of a list's is in the store may be 30 seconds old.
 *
 * @param id only this one, counted now
 */
export async function readSummaries(
  context: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  id?: string,
): Promise<RepositoryList> {
  const { kysely } = context.database;
  const now = context.clock();
  const rows = await readRepositories(
    kysely,
    sql`r.organisation_id = ${organisationId} and (${id ?? null}::uuid is null or r.id = ${id ?? null}::uuid)`,
  );
  const ids = rows.map((row) => row.id);
  const busy = new Set(
    rows.flatMap((row) => ((livingRun(row.running, now) ?? livingRun(row.mirroring, now)) ? row.id : [])),
  );
  const [anchors, latest, counts, faults, endpoints] = [
    Map.groupBy(await readAnchors(kysely, ids), ({ repositoryId }) => repositoryId),
    await latestRevisions(
      kysely,
      ids,
      id === undefined ? (revisions) => recentStored(context, revisions, (each) => busy.has(each)) : undefined,
    ),
    await revisionCounts(kysely, ids),
    await openFaults(kysely, ids),
    await endpointCounts(kysely, organisationId, rows),
  ];
  const items = rows.map((row): RepositorySummary => {
    const fault = faults.get(row.id) ?? null;
    const running = livingRun(row.running, now) ?? livingRun(row.mirroring, now);
    const { uris, mirrorList, suite, components, architectures, signature, files, mode, filter, enabled } = row;
    return {
      id: row.id,
      name: row.name,
      format: row.format,
      uris,
      mirrorList,
      suite,
      components,
      architectures,
      signature,
      keys: (anchors.get(row.id) ?? []).map((anchor) => summariseKey(toPublicKey(anchor), now)),
      mode,
      filter,
      enabled,
      intervalHours: row.intervalHours,
      files,
      ...healthOf(row, fault, now),
      endpointCount: endpoints.get(row.id) ?? 0,
      addedAt: row.addedAt.toISOString(),
      addedBy: row.addedBy,
      checkedAt: row.checkedAt?.toISOString() ?? null,
      changedAt: row.changedAt?.toISOString() ?? null,
      nextAt: enabled ? (row.nextAt?.toISOString() ?? null) : null,
      running:
        running === null
          ? null
          : {
              startedAt: running.startedAt,
              message: running.message,
              receivedBytes: running.receivedBytes,
              packages: running.packages,
            },
      latest: latest.get(row.id) ?? null,
      revisionCount: counts.get(row.id) ?? 0,
      fault,
    };
  });
  return { items, total: items.length };
}

function livingRun(run: RunningSync | null, now: Date): RunningSync | null {
  return run !== null && now.getTime() - Date.parse(run.beatAt) < DEAD_AFTER_MS ? run : null;
}

function healthOf(
  { enabled, sequence, checkedAt, nextAt, intervalHours }: RepositoryRow,
  fault: ContentFaultReport | null,
  now: Date,
): { readonly health: RepositoryHealth; readonly explanation: string } {
  const good = sequence > 0 ? ' The last good revision is served.' : ' There is no good revision yet.';
  const again = enabled && nextAt !== null ? ` Tried again at ${nextAt.toISOString()}.` : '';
  if (!enabled)
    return { health: 'off', explanation: `It is switched off: nothing new is looked for.${sequence > 0 ? good : ''}` };
  if (fault !== null) return { health: 'failing', explanation: `${fault.message}${good}${again}` };
  if (sequence === 0 || checkedAt === null) return { health: 'never', explanation: `Not looked at yet.${again}` };
  const lateMs = now.getTime() - checkedAt.getTime() - STALE_AFTER_INTERVALS * intervalHours * HOUR_MS;
  if (lateMs > HOUR_MS)
    return { health: 'stale', explanation: `Last looked at on ${checkedAt.toISOString()}.${good}${again}` };
  return { health: 'fresh', explanation: `Found good on ${checkedAt.toISOString()}.` };
}

/** How many endpoints have each place configured. */
async function endpointCounts(
  within: Kysely<Tables>,
  organisationId: string,
  rows: readonly RepositoryRow[],
): Promise<ReadonlyMap<string, number>> {
  const repositories = new Map(rows.flatMap((row) => placeNames(row).map((name) => [name, row.id] as const)));
  const counts = new Map<string, number>();
  if (repositories.size === 0) return counts;
  for await (const { document, endpointCount } of sharedDocuments(within, organisationId, 'places')) {
    const here = new Set(document.repositories.flatMap(placeNames).flatMap((name) => repositories.get(name) ?? []));
    for (const id of here) counts.set(id, (counts.get(id) ?? 0) + endpointCount);
  }
  return counts;
}
