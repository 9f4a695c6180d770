import { parsePolicy, policyOf } from '@thimble/rollouts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeAgent, fakeSystem } from '../../testing.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { endpointTraits, type FleetMember } from './endpoint-traits.ts';
import { followingOf } from './following.ts';
import { named } from './named.ts';

const OTHER = '00000000-0000-7000-8000-0000000000aa';
let fleet: TestFleet;
let web1: FakeAgent;
let web2: FakeAgent;
beforeAll(async () => {
  fleet = await startTestFleet();
  web1 = await fleet.agent('web1', { system: fakeSystem('web1') });
  web2 = await fleet.agent('web2');
});
afterAll(() => fleet.stop());

describe('what policies sort endpoints by', () => {
  const traits = (ids: readonly string[] | null, organisation = fleet.context.defaultOrganisationId) =>
    endpointTraits(fleet.context.database.kysely, organisation, ids, 'Europe/Berlin');

  test('is what people stated; a zone is the endpoint’s own, else the server’s', async () => {
    await fleet.call('PUT', `/endpoints/${web1.id}/asset`, {
      labels: { role: 'web', 'app/tier': '1' },
      groups: ['b', 'a'],
      criticality: 'high',
      site: 'north',
      timeZone: 'Asia/Tokyo',
    });
    const [first, second] = (await traits(null)).toSorted((a, b) => (a.traits.hostname < b.traits.hostname ? -1 : 1));
    expect(first).toMatchObject({
      id: web1.id,
      traits: {
        hostname: 'web1',
        platform: 'debian',
        labels: new Map([
          ['role', 'web'],
          ['app/tier', '1'],
        ]),
        groups: ['a', 'b'],
        criticality: 'high',
        site: 'north',
      },
      timeZone: 'Asia/Tokyo',
    });
    expect(second).toMatchObject({
      traits: { labels: new Map(), groups: [], criticality: 'unknown', site: null },
      timeZone: 'Europe/Berlin',
    });
    expect(first?.lastSeenMs).toBeGreaterThan(Date.now() - 600_000);
  });

  test('is told of these alone, by id, and of no other organisation’s', async () => {
    expect((await traits([web2.id])).map(({ id }) => id)).toEqual([web2.id]);
    expect(await traits([])).toEqual([]);
    expect(await traits(null, OTHER)).toEqual([]);
    expect(await traits([web1.id], OTHER)).toEqual([]);
    const all = (await traits(null)).map(({ id }) => id);
    expect(all).toEqual([...all].sort());
  });

  test('is no more told of an endpoint that was removed', async () => {
    const gone = await fleet.agent('gone');
    await fleet.call('DELETE', `/endpoints/${gone.id}`);
    expect((await traits(null)).map(({ id }) => id)).not.toContain(gone.id);
  });
});

describe('who follows what', () => {
  const member = (hostname: string, role: string): FleetMember => ({
    id: hostname,
    traits: {
      hostname,
      platform: 'debian',
      labels: new Map([['role', role]]),
      groups: [],
      criticality: 'unknown',
      site: null,
    },
    kind: role,
    timeZone: 'UTC',
    lastSeenMs: 0,
  });
  const fleetOf = fc.uniqueArray(fc.tuple(fc.constantFrom('web', 'db', 'cache'), fc.nat(30)), {
    selector: ([role, number]) => `${role}${number}`,
    maxLength: 20,
  });
  const scope = fc.constantFrom<object>(
    {},
    { labels: { role: 'web' } },
    { labels: { role: ['db', 'cache'] } },
    { hostnames: ['web1*'] },
    { hostnames: ['*5', 'db?'] },
  );
  const exclude = scope.filter((filter) => Object.keys(filter).length > 0);
  const policies = fc.array(
    fc.record({ scope, exclude: fc.option(exclude, { nil: undefined }), priority: fc.nat(3), enabled: fc.boolean() }),
    {
      maxLength: 5,
    },
  );

  test('is the same for all together as for each alone', () => {
    fc.assert(
      fc.property(fleetOf, policies, (endpoints, documents) => {
        const members = endpoints.map(([role, number]) => member(`${role}${number}`, role));
        const standing = documents.map((document, index) => {
          const parsed = parsePolicy(JSON.parse(JSON.stringify({ format: 1, name: `p${index}`, ...document })));
          if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
          return { id: `p${index}`, policy: parsed.policy, inherited: null };
        });
        const { followers, uncovered } = followingOf(members, standing);
        for (const each of members) {
          const alone = policyOf(each.traits, standing).policy?.id;
          const list = alone === undefined ? uncovered : followers.get(alone);
          expect(list).toContain(each);
        }
        expect([...followers.values()].flat().length + uncovered.length).toBe(members.length);
      }),
      { numRuns: 200 },
    );
  });

  test('is named by name, the first ten', () => {
    const many = Array.from({ length: 12 }, (_, index) => member(`web${String(index).padStart(2, '0')}`, 'web'));
    expect(named([...many].reverse()).map(({ hostname }) => hostname)).toEqual(many.slice(0, 10).map(({ id }) => id));
  });
});
