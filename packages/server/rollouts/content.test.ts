import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRolloutFleet, type RolloutFleet } from '../testing/rollout-fleet.ts';
import { seedRepository, seedSnapshot } from '../testing/seed-content.ts';
import { prepareRollout } from './start/prepare-rollout.ts';

let fleet: RolloutFleet;
let organisationId: string;
let revisionIds: readonly string[];
beforeAll(async () => {
  fleet = await startRolloutFleet();
  organisationId = fleet.context.defaultOrganisationId;
  ({ revisionIds } = await seedRepository(fleet.context, organisationId, 'debian'));
});
afterAll(async () => {
  await fleet.stop();
});

const policy = (prefix: string, content: string): string => `
format: 1
name: ${prefix}
scope: { hostnames: ['${prefix}-*'] }
content: ${content}
atOnce: 100%
trial: { mode: none }
`;

async function snapshots(): Promise<readonly { id: string; name: string }[]> {
  const { rows } = await sql<{
    id: string;
    name: string;
  }>`select id, name from content_snapshot order by created_at`.execute(fleet.context.database.kysely);
  return rows;
}

describe('a new snapshot', () => {
  test('is made once for the rollout, by however many servers, and is what endpoints install from', async () => {
    const agents = [await fleet.agent('fresh-web1')];
    const { summary } = await fleet.start(await fleet.policy(policy('fresh', '{ snapshot: new }')));
    expect(summary).toMatchObject({ state: 'preparing', runId: null });
    await Promise.all([prepareRollout(fleet.context, summary.id), prepareRollout(fleet.context, summary.id)]);
    const made = await snapshots();
    expect(made.map(({ name }) => name)).toEqual([`fresh ${summary.startedAt.slice(0, 10)} ${summary.id.slice(-8)}`]);
    const end = await fleet.until(summary.id, agents, (detail) => detail.summary.endedAt !== null);
    expect(end.summary).toMatchObject({ state: 'finished', content: { snapshotId: made[0]?.id } });
    const run = await fleet.run(end.summary.runId ?? '');
    expect(run.groups[0]?.transaction.content).toMatchObject({ snapshotId: made[0]?.id });
  });

  test('that was made before the server died is found again', async () => {
    await fleet.agent('again-web1');
    const { summary } = await fleet.start(
      await fleet.policy(policy('again', '{ snapshot: new, repositories: [nowhere] }')),
    );
    const name = `again ${summary.startedAt.slice(0, 10)} ${summary.id.slice(-8)}`;
    // As long as it can't be made, people read why.
    await fleet.until(summary.id, [], (detail) => detail.summary.explanation.includes('no repository nowhere'));
    const id = await seedSnapshot(fleet.context, organisationId, name, revisionIds);
    await prepareRollout(fleet.context, summary.id);
    expect((await fleet.rollout(summary.id)).summary).toMatchObject({ state: 'running', content: { snapshotId: id } });
    await fleet.call('POST', `/rollouts/${summary.id}/cancel`, {});
  });

  test('is not waited for by a rollout that is cancelled', async () => {
    await fleet.agent('never-web1');
    const { summary } = await fleet.start(
      await fleet.policy(policy('never', '{ snapshot: new, repositories: [nowhere] }')),
    );
    const cancelled = await fleet.call('POST', `/rollouts/${summary.id}/cancel`, {});
    expect(cancelled).toMatchObject({ status: 200, json: { summary: { state: 'cancelled', runId: null } } });
    await prepareRollout(fleet.context, summary.id);
    expect((await fleet.rollout(summary.id)).summary.state).toBe('cancelled');
  });
});

describe('content that is there', () => {
  test('is what a channel points at now, or the newest snapshot, or what a person names', async () => {
    const id = await seedSnapshot(fleet.context, organisationId, 'tested', revisionIds);
    await fleet.agent('channel-web1');
    const policyId = await fleet.policy(policy('channel', '{ channel: production }'));
    expect(await fleet.call('POST', '/rollouts', { policyId })).toMatchObject({
      status: 404,
      json: { code: 'unknown-channel' },
    });
    await fleet.call('PUT', '/content/channels/production', { snapshotId: id });
    const { summary } = await fleet.start(policyId);
    expect(summary.content).toEqual({ snapshotId: id, snapshotName: 'tested' });
    await fleet.call('POST', `/rollouts/${summary.id}/cancel`, {});
    await fleet.agent('named-web1');
    const named = await fleet.start(await fleet.policy(policy('named', '{ snapshot: new }')), { snapshotId: id });
    expect(named.summary.content?.snapshotId).toBe(id);
    await fleet.agent('newest-web1');
    const newest = await fleet.start(await fleet.policy(policy('newest', '{ snapshot: newest }')));
    expect(newest.summary.content?.snapshotId).toBe((await snapshots()).at(-1)?.id);
  });

  test('of a snapshot that was retired is refused', async () => {
    const id = await seedSnapshot(fleet.context, organisationId, 'old', revisionIds);
    await fleet.call('PUT', `/content/snapshots/${id}`, { retired: true, reason: 'broken' });
    await fleet.agent('retired-web1');
    const policyId = await fleet.policy(policy('retired', 'endpoint'));
    expect(await fleet.call('POST', '/rollouts', { policyId, snapshotId: id })).toMatchObject({
      status: 409,
      json: { code: 'snapshot-retired' },
    });
  });
});

test('the server logged no error', () => {
  expect(fleet.errors).toEqual([]);
});
