import type { AffectedEndpointList, VulnerabilityDetail, VulnerabilityList } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  fakeAdvisory,
  fakeClaim,
  fakeKev,
  fakeManifest,
  fakePackage,
  fakeUpdates,
  publishFeed,
} from '../../testing.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
const offsetMs = 0;
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => new Date(Date.now() + offsetMs), settings: { sessionHours: 720 } });
});
afterAll(() => fleet.stop());

const get = async <Shape>(path: string): Promise<Shape> => {
  const { status, json } = await fleet.call('GET', path);
  expect(json, path).not.toHaveProperty('code');
  expect(status).toBe(200);
  return json as Shape;
};
const OPENSSL = 'CVE-2026-1000';
const CURL = 'CVE-2026-2000';

describe('from a feed to its answers', () => {
  test('an endpoint’s package before the fixed version is a finding, one at it is none', async () => {
    await fleet.agent('alpha');
    await fleet.agent('beta', {
      manifest: fakeManifest([fakePackage('openssl', '3.0.17-1'), fakePackage('curl', '7.88.1-10')]),
      updates: fakeUpdates([]),
    });
    await publishFeed(fleet.context, 'debian-tracker', [
      fakeAdvisory('DSA-1', OPENSSL, [fakeClaim('openssl', '3.0.17-1')]),
      fakeAdvisory('DSA-2', CURL, [fakeClaim('curl', null)]),
    ]);
    await publishFeed(fleet.context, 'cisa-kev', [], [fakeKev(OPENSSL)]);
    const list = await get<VulnerabilityList>('/vulnerabilities');
    expect(list).toMatchObject({
      total: 2,
      items: [
        { id: OPENSSL, endpointCount: 1, packages: ['openssl'], fixState: 'fixed', kev: { addedOn: '2026-01-02' } },
        { id: CURL, endpointCount: 2, fixState: 'none', kev: null },
      ],
    });
    const { items } = await get<AffectedEndpointList>(`/vulnerabilities/${OPENSSL}/endpoints`);
    expect(items).toMatchObject([
      {
        hostname: 'alpha',
        package: 'openssl',
        installed: '3.0.15-1',
        fixedVersion: '3.0.17-1',
        state: 'open',
        explanation: 'openssl 3.0.15-1 is installed, 3.0.17-1 fixes it',
        runtime: 'unknown',
        until: null,
      },
    ]);
    const detail = await get<VulnerabilityDetail>(`/vulnerabilities/${OPENSSL}`);
    expect(detail).toMatchObject({
      summary: { id: OPENSSL, endpointCount: 1 },
      advisories: [{ feed: 'debian-tracker', id: 'DSA-1' }],
      software: [
        {
          endpointCount: 1,
          verdict: {
            outcome: 'affected',
            version: '3.0.15-1',
            evidence: [{ rule: 'below-fixed', installed: '3.0.15-1', boundary: '3.0.17-1', comparison: '<' }],
          },
        },
      ],
    });
    expect(detail.trend.at(-1)).toMatchObject({ endpointCount: 1 });
    expect(fleet.errors).toEqual([]);
  });
});
