import { type Kysely, sql } from 'kysely';
import { createSnapshot } from '../../acquire/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishProgress } from '../publish.ts';
import { readRollout, type RolloutRow } from '../rows.ts';
import { beginRollout } from './begin-rollout.ts';
import { readPolicyOf } from '../policy-of-rollout.ts';

/** What is in the way (an upstream that is down, a key that was withdrawn) is tried again after this. */
const AGAIN_MS = 60_000;

/**
 * Makes the snapshot that a rollout waits for, and begins it. It can be killed anywhere and done again, also by two servers at once: the
 * snapshot's name is the rollout's, and a rollout begins once.
 */
export async function prepareRollout(context: ServerContext, rolloutId: string): Promise<void> {
  const { kysely } = context.database;
  const rollout = await readRollout(kysely, rolloutId, 'none');
  if (rollout === undefined || rollout.state !== 'preparing' || rollout.snapshot_name === null) return;
  try {
    const snapshotId = await snapshotOf(context, rollout, rollout.snapshot_name);
    await kysely.transaction().execute(async (within) => {
      const locked = await readRollout(within, rolloutId, 'update');
      if (locked === undefined || locked.state !== 'preparing') return;
      const { id, organisation_id: organisationId, name, started_by: actor } = locked;
      const policy = await readPolicyOf(within, locked);
      await beginRollout(within, context, { id, organisationId, name, actor, snapshotId }, policy);
    });
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    await noteDelay(context, rollout, error);
  }
}

async function snapshotOf(context: ServerContext, rollout: RolloutRow, name: string): Promise<string> {
  const { kysely } = context.database;
  const { organisation_id: organisationId, started_by: person } = rollout;
  const known = await findSnapshot(kysely, organisationId, name);
  if (known !== undefined) return known;
  const { content } = await readPolicyOf(kysely, rollout);
  const repositories = content.kind === 'new-snapshot' ? content.repositories : null;
  const repositoryIds =
    repositories === null ? undefined : await repositoriesNamed(kysely, organisationId, repositories);
  const request = {
    name,
    note: `for the rollout ${rollout.name}`,
    failing: 'last-good' as const,
    ...(repositoryIds === undefined ? {} : { repositoryIds }),
  };
  try {
    const made = await createSnapshot(context, { organisationId, name: person }, request, context.stopping);
    return made.summary.id;
  } catch (error) {
    // Another server was quicker.
    const taken = error instanceof HttpProblem && error.code === 'name-taken';
    const other = taken ? await findSnapshot(kysely, organisationId, name) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

async function findSnapshot(within: Kysely<Tables>, organisationId: string, name: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from content_snapshot where organisation_id = ${organisationId} and name = ${name}`.execute(within);
  return rows[0]?.id;
}

/** @throws HttpProblem 409 `unknown-repository`: less content than the policy says is another rollout */
async function repositoriesNamed(
  within: Kysely<Tables>,
  organisationId: string,
  names: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from content_repository
    where organisation_id = ${organisationId} and removed_at is null and name = any(${[...names]}::text[])`.execute(
    within,
  );
  const missing = names.find((name) => !rows.some((row) => row.name === name));
  if (missing !== undefined)
    throw new HttpProblem(409, 'unknown-repository', { detail: `There is no repository ${missing}.` });
  return rows.map(({ id }) => id);
}

async function noteDelay(context: ServerContext, rollout: RolloutRow, { details }: HttpProblem): Promise<void> {
  const explanation = `its snapshot can't be made: ${details.detail ?? 'unknown'}`.slice(0, 4000);
  const again = new Date(context.clock().getTime() + AGAIN_MS);
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql`update rollout set explanation = ${explanation}, look_at = ${again}
      where id = ${rollout.id} and state = 'preparing' returning 1`.execute(within);
    if (rows.length > 0) await publishProgress(context, rollout, within);
  });
}
