import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { AGENT_UNIT } from '../end-to-end/fleet.ts';
import { chainHolds, flawsOfOutcomes } from '../end-to-end/records.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import { type RingedFleet, startRingedFleet } from './testing/ringed-fleet.ts';
import { shop, type ShopQuality } from './testing/shop-package.ts';

const availability = labForTests('kill -9 of the server and of agents in the middle of a rollout');
const RINGS = { canary: ['canary-1'], early: ['early-1', 'early-2'], broad: ['broad-1', 'broad-2', 'broad-3'] };
const KILLS = 5;
const LONGEST_PAUSE_MS = 4000;

const POLICY = `
format: 1
name: shop-under-fire
scope: {labels: {ring: [canary, early, broad]}}
select: {types: [security, other], packages: [shop]}
content: {snapshot: new}
rings:
  - {name: canary, members: {filter: {labels: {ring: canary}}}}
  - {name: early, members: {filter: {labels: {ring: early}}}}
  - {name: broad, members: rest}
atOnce: 3
`;

interface Story {
  readonly seed: number;
  readonly version: string;
  readonly quality: ShopQuality;
}

/** The versions rise; a bad one is recalled by the next one. */
const STORIES: readonly Story[] = [
  { seed: 11, version: '2.1', quality: 'good' },
  { seed: 12, version: '2.2', quality: 'good' },
  { seed: 13, version: '2.3', quality: 'service-fails' },
  { seed: 14, version: '2.4', quality: 'good' },
  { seed: 15, version: '2.5', quality: 'service-fails' },
];

describe.skipIf(!availability.available)('kill -9 at random points of a rollout', () => {
  let ringed: RingedFleet;
  let good = '1.0';
  beforeAll(async () => {
    ringed = await startRingedFleet('rollouts: kills', RINGS);
    await ringed.applyPolicy(POLICY);
  });
  afterAll(async () => {
    await ringed?.dispose();
  });

  test.each(STORIES)('seed $seed, a version that is $quality: the same end as without', async (story) => {
    const { seed, version, quality } = story;
    await ringed.offer(shop(version, quality));
    const { summary } = await ringed.start('shop-under-fire', `seed ${seed}`);
    const killed = await killAround(ringed, seed);
    process.stdout.write(`seed ${seed} killed ${killed.join(', ')}\n`);
    const isGood = quality === 'good';
    const over = await ringed.waitForRollout(
      summary.id,
      isGood ? 'is finished' : 'is halted, and all is back',
      (detail) =>
        isGood
          ? detail.summary.state === 'finished'
          : detail.summary.state === 'halted' && detail.summary.counts.busy === 0,
    );
    if (isGood) good = version;
    const expected = { version: `${good} installed`, service: 'active' };
    await waitFor(
      'every endpoint is as it is without kills',
      async () =>
        Object.values(await ringed.shops()).every(
          ({ version: found, service }) => found === expected.version && service === expected.service,
        ),
      { state: async () => JSON.stringify(await ringed.shops()) },
    );
    if (!isGood) {
      const touched = await ringed.touchedBy(over);
      expect(touched.filter((id) => !ringed.idsOf('canary').includes(id))).toEqual([]);
      await ringed.thimble('rollouts', 'cancel', summary.id, '--yes');
    }
    const { server } = ringed.fleet;
    await waitFor('every order has its one outcome', async () => {
      const { runId } = over.summary;
      return runId !== null && (await flawsOfOutcomes(server, { runId })).length === 0;
    });
    expect(await chainHolds(server)).toBe(true);
    for (const { machine } of ringed.members.values()) expect((await machine.shell('dpkg --audit')).trim()).toBe('');
  });
});

/** Kills the server (it is started again at once) or an agent (systemd starts it again), at moments that the seed decides. */
async function killAround(ringed: RingedFleet, seed: number): Promise<readonly string[]> {
  const random = randomOf(seed);
  const killed: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(random() * LONGEST_PAUSE_MS);
    const agents = ringed.names;
    const victim = random() < 0.5 ? 'the server' : (agents[Math.floor(random() * agents.length)] ?? 'the server');
    killed.push(victim);
    if (victim === 'the server') {
      await ringed.fleet.server.kill();
      await ringed.fleet.server.start();
    } else
      await ringed.member(victim).machine.exec(['systemctl', 'kill', '--signal=KILL', '--kill-whom=main', AGENT_UNIT]);
  }
  return killed;
}

/** mulberry32 by Tommy Ettinger (public domain): from 0 up to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
