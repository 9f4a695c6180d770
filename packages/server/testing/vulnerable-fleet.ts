import { expect } from 'vitest';
import {
  type FakeAgent,
  fakeAdvisory,
  fakeClaim,
  fakeKev,
  fakeManifest,
  fakePackage,
  fakeUpdates,
  publishFeed,
} from '../testing.ts';
import { startTestFleet, type TestFleet } from './test-fleet.ts';

/** Fixed in a version that `alpha` has not and `beta` has; known to be exploited. */
export const OPENSSL = 'CVE-2026-1000';
/** Of both endpoints, without a fix. */
export const CURL = 'CVE-2026-2000';
export const OPENSSL_FIXED = fakeAdvisory('DSA-1', OPENSSL, [fakeClaim('openssl', '3.0.17-1')]);
export const CURL_OPEN = fakeAdvisory('DSA-2', CURL, [fakeClaim('curl', null)]);

export interface VulnerableFleet {
  readonly fleet: TestFleet;
  readonly alpha: FakeAgent;
  /** The reply to a request that succeeds. */
  readonly get: <Shape>(path: string) => Promise<Shape>;
  /** The server's time. */
  readonly now: () => string;
}

/** Two endpoints, and advisories that speak of what is installed on them. */
export async function startVulnerableFleet(clock: () => Date): Promise<VulnerableFleet> {
  const fleet = await startTestFleet({ clock });
  const alpha = await fleet.agent('alpha');
  await fleet.agent('beta', {
    manifest: fakeManifest([fakePackage('openssl', '3.0.17-1'), fakePackage('curl', '7.88.1-10')]),
    updates: fakeUpdates([]),
  });
  await publishFeed(fleet.context, 'debian-tracker', [OPENSSL_FIXED, CURL_OPEN]);
  await publishFeed(fleet.context, 'cisa-kev', [], [fakeKev(OPENSSL)]);
  return {
    fleet,
    alpha,
    get: async <Shape>(path: string): Promise<Shape> => {
      const { status, json } = await fleet.call('GET', path);
      expect({ status, code: json['code'] }, path).toEqual({ status: 200, code: undefined });
      return json as Shape;
    },
    now: () => fleet.context.clock().toISOString(),
  };
}
