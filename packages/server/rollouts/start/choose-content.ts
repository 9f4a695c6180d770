import type { PolicyContent } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { snapshotForRun } from '../../deploy/index.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';

/** Where a rollout's packages come from. What a channel points at is looked up now and stays. */
export type ChosenContent =
  | { readonly kind: 'endpoint' }
  | { readonly kind: 'snapshot'; readonly id: string; readonly name: string }
  /** Made by the rollout before it begins. */
  | { readonly kind: 'new' };

/**
 * @param given a snapshot that a person chose instead of what the policy says.
 * @throws HttpProblem 404 `unknown-snapshot`, `unknown-channel`; 409 `channel-empty`, `snapshot-retired`, `no-snapshot`, `no-repository`
 */
export async function chooseContent(
  within: Kysely<Tables>,
  organisationId: string,
  content: PolicyContent,
  given: string | undefined,
): Promise<ChosenContent> {
  if (given !== undefined) return snapshot(within, organisationId, { snapshotId: given });
  switch (content.kind) {
    case 'endpoint':
      return { kind: 'endpoint' };
    case 'new-snapshot':
      if (content.repositories === null) await expectRepository(within, organisationId);
      return { kind: 'new' };
    case 'channel':
      return snapshot(within, organisationId, { channel: content.channel });
    case 'newest-snapshot':
      return snapshot(within, organisationId, { snapshotId: await newestSnapshot(within, organisationId) });
  }
}

async function snapshot(
  within: Kysely<Tables>,
  organisationId: string,
  content: Parameters<typeof snapshotForRun>[2],
): Promise<ChosenContent> {
  return { kind: 'snapshot', ...(await snapshotForRun(within, organisationId, content)) };
}

/** A rollout that waits for its first repository would wait for ever. */
async function expectRepository(within: Kysely<Tables>, organisationId: string): Promise<void> {
  const { rows } = await sql`
    select 1 from content_repository where organisation_id = ${organisationId} and removed_at is null and enabled
    limit 1`.execute(within);
  if (rows.length === 0)
    throw new HttpProblem(409, 'no-repository', {
      detail: 'There is no repository yet of which a snapshot could be made.',
      hint: 'Add one (thimble content repositories), or write `content: endpoint` into the policy.',
    });
}

async function newestSnapshot(within: Kysely<Tables>, organisationId: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from content_snapshot
    where organisation_id = ${organisationId} and retired_at is null and collected_at is null
    order by created_at desc, id desc limit 1`.execute(within);
  const [newest] = rows;
  if (newest === undefined)
    throw new HttpProblem(409, 'no-snapshot', {
      detail: 'There is no snapshot yet.',
      hint: 'Make one (thimble content snapshot), or let the policy make a new one for each rollout.',
    });
  return newest.id;
}
