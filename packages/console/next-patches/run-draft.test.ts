import { expect, test } from 'vitest';
import { draftOf, type PatchItem } from './run-draft.ts';

const item = (given: Partial<PatchItem>): PatchItem => ({
  source: 'openssl',
  packages: ['libssl3', 'openssl'],
  fixedVersion: '3.0.17-1',
  endpointCount: 1,
  vulnerabilityCount: 1,
  exploitedCount: 0,
  riskRemoved: 10,
  cumulativeShare: 0.5,
  needsReboot: false,
  endpoints: [{ id: 'a', hostname: 'a.example' }],
  top: [],
  ...given,
});

test('packages and endpoints of several updates are put together, each once', () => {
  const curl = item({
    source: 'curl',
    packages: ['curl', 'libssl3'],
    endpointCount: 2,
    endpoints: [
      { id: 'a', hostname: 'a.example' },
      { id: 'b', hostname: 'b.example' },
    ],
  });
  expect(draftOf([item({}), curl])).toEqual({
    packages: ['libssl3', 'openssl', 'curl'],
    endpoints: [
      { id: 'a', hostname: 'a.example' },
      { id: 'b', hostname: 'b.example' },
    ],
  });
});

test('where not all endpoints are named, none is chosen rather than the first ones', () => {
  expect(draftOf([item({ endpointCount: 500 })])).toEqual({ packages: ['libssl3', 'openssl'] });
});

test('an update without binary packages is asked for by its source', () => {
  expect(draftOf([item({ packages: [] })]).packages).toEqual(['openssl']);
});
