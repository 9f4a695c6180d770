import { expect, test } from 'vitest';
import { CATALOGUE } from '../testing/fixtures/catalogue.ts';
import { fakeFleet } from '../testing/fixtures/endpoints.ts';
import { asPlanned, ended, newRun, planned, withTargets } from '../testing/fake-runs.ts';
import { rollbackOf } from './rollback.ts';

const NOW = Date.parse('2026-05-03T12:00:00.000Z');
const fleet = fakeFleet(2, NOW);
const request = { endpoints: 'all' as const, selection: { kind: 'security' as const } };
const plan = asPlanned(newRun(fleet, request, null, NOW), planned(fleet, request, NOW));
const groupOf = (id: string) => plan.groups.find((group) => group.endpointIds.includes(id));
const run = withTargets(plan, 'finished', (target, index) =>
  ended(target, groupOf(target.endpointId), index, false, NOW),
);

test('every change turns round, over all chosen endpoints', () => {
  const openssl = CATALOGUE.find((entry) => entry.name === 'openssl');
  expect(rollbackOf(run, run.targets)).toContainEqual({
    name: 'openssl',
    now: openssl?.to,
    back: openssl?.from,
    endpointCount: 2,
    missing: 0,
  });
});

test('a package without a kept file of the earlier version is marked', () => {
  const removed = rollbackOf(run, run.targets).find((line) => line.name === 'nginx-light');
  expect(removed).toEqual({ name: 'nginx-light', now: null, back: '1.22.1-9', endpointCount: 1, missing: 1 });
});

test('what was new goes away and needs no kept file', () => {
  const added = rollbackOf(run, run.targets).find((line) => line.name.startsWith('linux-image-6.1'));
  expect(added).toMatchObject({ back: null, missing: 0 });
});
