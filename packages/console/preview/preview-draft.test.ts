import type { PolicyDocument } from '@thimble/protocol';
import { expect, test } from 'vitest';
import { PREVIEW_BEGINNING, simulationOf } from './preview-draft.ts';

const NOW_MS = Date.parse('2026-03-02T10:00:00.000Z');
const DRAFT: PolicyDocument = { format: 1, name: 'weekly' };

test('a policy as it stands is simulated by its name alone', () => {
  expect(
    simulationOf({ ...PREVIEW_BEGINNING, compare: true }, { draft: undefined, policyName: 'weekly' }, NOW_MS),
  ).toEqual({
    days: 60,
    updatesPerWeek: 5,
    policyName: 'weekly',
  });
});

test('a draft takes its place, and is compared with it on demand', () => {
  const asked = simulationOf(
    { ...PREVIEW_BEGINNING, compare: true, faults: true, seed: 7 },
    { draft: DRAFT, policyName: 'weekly' },
    NOW_MS,
  );
  expect(asked).toMatchObject({ policy: DRAFT, compareWith: 'present', faultsSeed: 7 });
});

test('what is assumed happens on its day, never in the past, and needs a package', () => {
  const { whatIf } = simulationOf(
    {
      ...PREVIEW_BEGINNING,
      assumed: [
        { kind: 'kev', package: ' openssl ', day: '2026-04-01' },
        { kind: 'update', package: 'nginx', day: '2020-01-01' },
        { kind: 'update', package: 'sudo', day: '' },
        { kind: 'kev', package: '  ', day: '2026-04-01' },
      ],
    },
    { draft: undefined, policyName: 'weekly' },
    NOW_MS,
  );
  const now = new Date(NOW_MS).toISOString();
  expect(whatIf).toEqual([
    { kind: 'kev', package: 'openssl', at: new Date('2026-04-01T00:00:00').toISOString() },
    { kind: 'update', package: 'nginx', at: now },
    { kind: 'update', package: 'sudo', at: now },
  ]);
});
