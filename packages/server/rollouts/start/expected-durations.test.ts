import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRolloutFleet, type RolloutFleet } from '../../testing/rollout-fleet.ts';
import { expectedDurations } from './expected-durations.ts';

const MINUTE_MS = 60_000;
let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

async function installed(endpointId: string, minutes: readonly number[]): Promise<void> {
  const { newId, defaultOrganisationId, database } = fleet.context;
  for (const [index, each] of minutes.entries()) {
    const outcome = {
      startedAt: '2026-05-01T22:00:00.000Z',
      endedAt: new Date(Date.parse('2026-05-01T22:00:00.000Z') + each * MINUTE_MS).toISOString(),
    };
    await sql`insert into endpoint_order (id, organisation_id, endpoint_id, generation, kind, issued_at, expires_at,
        issued_by, envelope, outcome, outcome_at, result)
      values (${newId()}, ${defaultOrganisationId}, ${endpointId}, ${1000 + index}, 'apply', now(), now(), 'test', '{}',
        ${JSON.stringify(outcome)}::jsonb, now(), '{"kind": "applied"}')`.execute(database.kysely);
  }
}

test('an endpoint takes what it took, others twice what is usual in the fleet, and a fleet without a past half an hour', async () => {
  const { kysely } = fleet.context.database;
  const [known, unknown] = [await fleet.agent('web1'), await fleet.agent('web2')];
  const expected = () => expectedDurations(kysely, fleet.context.defaultOrganisationId, [known.id, unknown.id]);
  expect((await expected())(known.id)).toBe(30 * MINUTE_MS);
  // The long one is older than the ten that count, and no clock that was set back makes a duration.
  await installed(known.id, [300, 10, 10, 10, 10, 10, 10, 10, 10, 20, -50, 10]);
  const learned = await expected();
  expect(learned(known.id)).toBeGreaterThan(10 * MINUTE_MS);
  expect(learned(known.id)).toBeLessThanOrEqual(20 * MINUTE_MS);
  expect(learned(unknown.id)).toBe(20 * MINUTE_MS);
});
