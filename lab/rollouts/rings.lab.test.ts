import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RolloutDetail } from '@thimble/protocol';
import { labForTests } from '../availability.ts';
import { failedUnits } from '../end-to-end/services.ts';
import { chainHolds, flawsOfOutcomes } from '../end-to-end/records.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import { type RingedFleet, startRingedFleet } from './testing/ringed-fleet.ts';
import { shop } from './testing/shop-package.ts';

const availability = labForTests('policies over real endpoints in three rings');
const RINGS = { canary: ['canary-1', 'canary-2'], early: ['early-1', 'early-2'], broad: ['broad-1', 'broad-2'] };
const NAMES = Object.values(RINGS).flat();

/** The same policy, with more lines at its end. */
const policy = (...more: readonly string[]): string =>
  [
    'format: 1',
    'name: shop-in-rings',
    'description: Two see it first; the others when it ran for a minute.',
    'scope: {labels: {ring: [canary, early, broad]}}',
    'select: {types: [security, other], packages: [shop]}',
    'content: {snapshot: new}',
    'rings:',
    '  - {name: canary, members: {filter: {labels: {ring: canary}}}, soak: 1m}',
    '  - {name: early, members: {filter: {labels: {ring: early}}}}',
    '  - {name: broad, members: rest}',
    'atOnce: 2',
    ...more,
    '',
  ].join('\n');

const everyShop = (version: string) =>
  Object.fromEntries(NAMES.map((name) => [name, { version: `${version} installed`, service: 'active' }]));
const ringStates = ({ rings }: RolloutDetail) => rings.map(({ state }) => state);

/** One test follows on another: what the vendor publishes, and what the policy makes of it. */
describe.skipIf(!availability.available)('a policy over six real endpoints in three rings', () => {
  let ringed: RingedFleet;
  beforeAll(async () => {
    ringed = await startRingedFleet('rollouts: rings', RINGS);
  });
  afterAll(async () => {
    await ringed?.dispose();
  });

  test('a good version goes through all rings, one after another, each after the gate of the one before', async () => {
    expect(await ringed.applyPolicy(policy())).toContain('shop-in-rings created');
    await ringed.offer(shop('1.1'));
    const started = await ringed.start('shop-in-rings', 'good');
    const done = await ringed.waitForState(started.summary.id, 'finished');
    expect(ringStates(done)).toEqual(['passed', 'passed', 'passed']);
    expect(await ringed.shops()).toEqual(everyShop('1.1'));
    expect(done.summary.content?.snapshotName).toBeTruthy();

    // By the evidence of what was ordered when: no ring had an order to install before the one before it had passed.
    const ordered = await ringed.fleet.server.query<{ endpoint_id: string; issued_at: Date }>(
      `select endpoint_id, min(issued_at) as issued_at from endpoint_order where run_id = $1 and kind = 'apply' group by 1`,
      [done.summary.runId],
    );
    const firstIn = (ring: string) =>
      Math.min(
        ...ordered
          .filter(({ endpoint_id }) => ringed.idsOf(ring).includes(endpoint_id))
          .map(({ issued_at }) => issued_at.getTime()),
      );
    const [canary, early] = done.rings;
    expect(firstIn('early')).toBeGreaterThanOrEqual(Date.parse(canary?.passedAt ?? ''));
    expect(firstIn('broad')).toBeGreaterThanOrEqual(Date.parse(early?.passedAt ?? ''));
    const [lastOfCanary] = await ringed.fleet.server.query<{ at: Date }>(
      `select max(outcome_at) as at from endpoint_order where run_id = $1 and kind = 'apply' and endpoint_id = any($2)`,
      [done.summary.runId, ringed.idsOf('canary')],
    );
    expect(firstIn('early') - (lastOfCanary?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(60_000);
    for (const member of await ringed.membersOf(done.summary.id)) expect(member.trial).toBe('passed');
  });

  test('a version whose service fails stops at the canary, is taken back there, and no other ring was even asked', async () => {
    await ringed.offer(shop('1.2', 'service-fails'));
    const started = await ringed.start('shop-in-rings', 'bad');
    const halted = await ringed.waitForState(started.summary.id, 'halted');
    const settled = await ringed.waitForRollout(
      halted.summary.id,
      'the canaries are back',
      ({ rings }) => (rings[0]?.counts.busy ?? 1) === 0,
    );
    expect(settled.summary.explanation).toMatch(/canary/);
    expect(await ringed.shops()).toEqual(everyShop('1.1'));
    for (const name of RINGS.canary) expect(await failedUnits(ringed.member(name).machine)).toEqual([]);
    const touched = await ringed.touchedBy(settled);
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter((id) => !ringed.idsOf('canary').includes(id))).toEqual([]);
    const rolledBack = (await ringed.membersOf(settled.summary.id)).filter(({ state }) => state === 'rolled-back');
    expect(rolledBack.length).toBeGreaterThan(0);
    // Says why, to whoever asks about an endpoint that never got it.
    const why = await ringed.thimble('why', 'broad-1');
    expect(why).toMatch(/halted/);
  });

  test('one click recalls the version that failed, for the whole fleet', async () => {
    const printed = await ringed.thimble(
      'rollouts',
      'block',
      'bad',
      '--reason',
      'its service fails',
      '--yes',
      '--json',
    );
    expect((JSON.parse(printed) as RolloutDetail).summary.state).toBe('halted');
    const standing = async () =>
      (await ringed.fleet.server.client.blocks()).items.filter(({ liftedAt }) => liftedAt === null);
    await waitFor('the recall', async () => (await standing()).length > 0);
    expect(await standing()).toEqual([expect.objectContaining({ name: 'shop', version: '1.2' })]);
    await ringed.thimble('rollouts', 'cancel', 'bad', '--yes');
  });

  test('a version whose maintainer script fails is caught by the trial, before its window', async () => {
    // Some hours from now, so that whatever happens here happens before it.
    const hour = String((new Date().getUTCHours() + 6) % 24).padStart(2, '0');
    const window = `  - {name: night, on: every day, at: "${hour}:00", lasts: 1h, timeZone: UTC}`;
    expect(await ringed.applyPolicy(policy('windows:', window))).toContain('shop-in-rings changed');
    await ringed.offer(shop('1.3', 'script-fails'));
    const mounts = async () =>
      (
        await Promise.all(RINGS.canary.map((name) => ringed.member(name).machine.shell('cut -d" " -f1-3 /proc/mounts')))
      ).join('\n');
    const before = await mounts();
    const started = await ringed.start('shop-in-rings', 'caught');
    const halted = await ringed.waitForState(started.summary.id, 'halted');
    expect(halted.summary.explanation).toMatch(/trial/);
    const failed = (await ringed.membersOf(halted.summary.id)).filter(({ trial }) => trial === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]?.explanation).toMatch(/its trial failed: .*shop/);
    const orders = await ringed.fleet.server.query<{ kind: string }>(
      'select distinct kind from endpoint_order where run_id = $1 order by kind',
      [halted.summary.runId],
    );
    expect(orders.map(({ kind }) => kind)).not.toContain('apply');
    expect(await ringed.shops()).toEqual(everyShop('1.1'));
    // The other canary's trial may still be under way.
    await waitFor('nothing of a clone is left', async () => (await mounts()) === before);
    for (const name of RINGS.canary) expect((await ringed.member(name).machine.shell('dpkg --audit')).trim()).toBe('');
  });

  test('every order of all of this has one outcome, and the evidence is unbroken', async () => {
    const { server } = ringed.fleet;
    for (const { runId } of (await server.client.rollouts()).items)
      await waitFor(
        'the last orders have ended',
        async () => runId !== null && (await flawsOfOutcomes(server, { runId })).length === 0,
        { state: async () => (await flawsOfOutcomes(server, { runId: runId ?? '' })).join('\n') },
      );
    expect(await chainHolds(server)).toBe(true);
    const kinds = (await server.query<{ kind: string }>('select distinct kind from evidence')).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'policy-created',
        'policy-changed',
        'rollout-started',
        'rollout-decided',
        'rollout-ended',
      ]),
    );
  });
});
