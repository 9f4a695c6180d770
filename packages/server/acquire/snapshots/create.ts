import type { CreateSnapshotRequest, RevisionSummary, SnapshotDetail, SnapshotSummary } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishContent } from '../publish.ts';
import type { Decider } from '../repositories/decide.ts';
import { type RepositoryRow, readAnchors, readRepositories } from '../repositories/rows.ts';
import { openFaults } from '../revisions/faults.ts';
import { latestRevisions } from '../revisions/revision-summary.ts';
import { snapshotDetail } from './snapshot-list.ts';
import { SLOW_MS, waitForNews } from './wait-for-news.ts';

/**
 * The fleet's repositories at this moment, under one name. One whose upstream is slow does not hold the others up when its last good
 * revision may be taken.
 *
 * @param left fires when the one who asked has gone; nothing is made then
 * @param slowMs how long a slow one is waited for
 * @throws HttpProblem 404 a repository; 409 `repository-failing`, `no-revisions`, `key-withdrawn`, `too-many-repositories`,
 *   `name-taken`; 503
 */
export async function createSnapshot(
  context: ServerContext,
  decider: Decider,
  request: CreateSnapshotRequest,
  left: AbortSignal,
  slowMs = SLOW_MS,
): Promise<SnapshotDetail> {
  const { kysely } = context.database;
  const chosen = await chosenRepositories(kysely, decider.organisationId, request.repositoryIds);
  const ids = chosen.map(({ id }) => id);
  if (request.synchronise !== false)
    await waitForNews(context, ids, request.failing === 'last-good' ? slowMs : null, left);
  const id = await recordSnapshot(context, decider, {
    repositoryIds: ids,
    name: request.name ?? null,
    note: request.note ?? '',
    origin: 'made',
    failing: request.failing ?? 'refuse',
  });
  return snapshotDetail(kysely, decider.organisationId, id);
}

async function chosenRepositories(
  within: Kysely<Tables>,
  organisationId: string,
  ids: readonly string[] | undefined,
): Promise<readonly RepositoryRow[]> {
  const wanted = ids === undefined ? null : [...new Set(ids)];
  const rows = await readRepositories(
    within,
    sql`r.organisation_id = ${organisationId}
      and case when ${wanted}::uuid[] is null then r.enabled else r.id = any(${wanted}::uuid[]) end`,
  );
  if (wanted !== null && rows.length < wanted.length)
    throw new HttpProblem(404, 'unknown-repository', { detail: 'One of these repositories does not exist.' });
  if (rows.length === 0)
    throw new HttpProblem(409, 'no-revisions', {
      detail: 'There is no repository yet.',
      hint: 'Add the ones that your endpoints have: thimble content repositories.',
    });
  return rows;
}

/** As the protocol's orders and bundles. */
const REPOSITORIES_LIMIT = 200;

export interface NewSnapshot {
  readonly repositoryIds: readonly string[];
  /** null: the date. */
  readonly name: string | null;
  readonly note: string;
  readonly origin: Extract<SnapshotSummary['origin'], 'made' | 'scheduled'>;
  readonly failing: 'refuse' | 'last-good';
}

/** From the newest revisions that are there. @returns its id. @throws HttpProblem 409 */
export async function recordSnapshot(
  context: ServerContext,
  { organisationId, name: person }: Decider,
  { repositoryIds, name: given, note, origin, failing }: NewSnapshot,
): Promise<string> {
  const id = context.newId();
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    await lockNames(within, organisationId);
    const latest = await latestRevisions(within, repositoryIds);
    const rows = await readRepositories(within, sql`r.id = any(${[...repositoryIds]}::uuid[])`);
    if (failing === 'refuse') await assertGood(within, rows, latest);
    const revisions = rows.flatMap((row) => latest.get(row.id) ?? []);
    if (revisions.length === 0)
      throw new HttpProblem(409, 'no-revisions', {
        detail: 'No repository has a verified state yet, so there is nothing to take a snapshot of.',
        hint: 'Look at the repositories’ faults: thimble content repositories.',
      });
    await assertKeysCount(within, revisions);
    if (revisions.length > REPOSITORIES_LIMIT)
      throw new HttpProblem(409, 'too-many-repositories', {
        detail: `These are ${revisions.length} repositories; a snapshot has up to ${REPOSITORIES_LIMIT}, as many as an order can carry.`,
        hint: 'Make one for each kind of endpoint, with the repositories that it needs.',
      });
    const name = given ?? (await freeName(within, organisationId, now));
    const { rows: inserted } = await sql`
      insert into content_snapshot (id, organisation_id, name, note, origin, created_at, created_by)
      values (${id}, ${organisationId}, ${name}, ${note}, ${origin}, ${now}, ${person})
      on conflict (organisation_id, name) do nothing returning 1`.execute(within);
    if (inserted.length === 0) throw nameTaken(name);
    await sql`
      insert into content_snapshot_revision (snapshot_id, revision_id)
      select ${id}::uuid, unnest(${revisions.map((revision) => revision.id)}::uuid[])`.execute(within);
    await publishContent(context, organisationId, 'snapshots', within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'snapshot-created',
        actor: person,
        summary: `${person} made the snapshot ${name} of ${revisions.length} ${revisions.length === 1 ? 'repository' : 'repositories'}`,
        detail: {
          snapshotId: id,
          name,
          origin,
          revisions: revisions.map(({ id: revisionId, repositoryName, sequence, metadataSha256 }) => ({
            revisionId,
            repositoryName,
            sequence,
            metadataSha256,
          })),
        },
      },
    ]);
  });
  return id;
}

/** Any constant: with the organisation it makes the lock under which snapshots get their names ('name' in ASCII). */
export const NAMES_LOCK = 0x6e61_6d65;

/** Names are looked for and taken one at a time, until the transaction ends. */
export async function lockNames(within: Kysely<Tables>, organisationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${organisationId}, ${NAMES_LOCK}))`.execute(within);
}

async function assertGood(
  within: Kysely<Tables>,
  rows: readonly RepositoryRow[],
  latest: ReadonlyMap<string, unknown>,
): Promise<void> {
  const faults = await openFaults(
    within,
    rows.map(({ id }) => id),
    'state',
  );
  const failing = rows.filter(({ id }) => faults.has(id) || !latest.has(id));
  if (failing.length === 0) return;
  const why = failing.map(({ id, name }) => `${name}: ${faults.get(id)?.message ?? 'not looked at yet'}`);
  throw new HttpProblem(409, 'repository-failing', {
    detail: `Not all repositories are in a good state. ${why.join(' · ')}`.slice(0, 4000),
    hint: 'Mend that first, leave those repositories out, or take their last good state (failing: last-good).',
  });
}

/**
 * A person withdrew a key because it is not to be trusted any more: what it signed is not frozen for others, last good or not.
 *
 * @throws HttpProblem 409 `key-withdrawn`
 */
async function assertKeysCount(within: Kysely<Tables>, revisions: readonly RevisionSummary[]): Promise<void> {
  const anchors = await readAnchors(
    within,
    revisions.map(({ repositoryId }) => repositoryId),
  );
  const approved = new Set(anchors.map(({ repositoryId, fingerprint }) => `${repositoryId} ${fingerprint}`));
  const withdrawn = revisions.filter(
    ({ repositoryId, signedBy }) => signedBy !== null && !approved.has(`${repositoryId} ${signedBy}`),
  );
  if (withdrawn.length === 0) return;
  const why = withdrawn.map(({ repositoryName, signedBy }) => `${repositoryName}: the key ${signedBy}`);
  throw new HttpProblem(409, 'key-withdrawn', {
    detail:
      `What is newest here is signed with a key that is not approved for its repository any more. ${why.join(' · ')}`.slice(
        0,
        4000,
      ),
    hint: 'Approve the vendor’s new key and synchronise, or leave those repositories out.',
  });
}

async function freeName(within: Kysely<Tables>, organisationId: string, now: Date): Promise<string> {
  const date = now.toISOString().slice(0, 10);
  const { rows } = await sql<{ name: string }>`
    select name from content_snapshot where organisation_id = ${organisationId} and name ^@ ${date}`.execute(within);
  const taken = new Set(rows.map(({ name }) => name));
  if (!taken.has(date)) return date;
  for (let number = 2; ; number += 1) if (!taken.has(`${date}.${number}`)) return `${date}.${number}`;
}

export function nameTaken(name: string): HttpProblem {
  return new HttpProblem(409, 'name-taken', {
    detail: `There is a snapshot with the name ${name} already.`,
    hint: 'Choose another one, or leave it out: then it is the date.',
  });
}
