import type {
  AffectedEndpointList,
  EndpointVulnerabilityList,
  Explanation,
  RiskSeries,
  VulnerabilityList,
} from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type FakeAgent,
  fakeAdvisory,
  fakeClaim,
  fakeFact,
  fakeManifest,
  fakePackage,
  fakeSystem,
  fakeUpdates,
  publishFeed,
} from '../../testing.ts';
import type { TestFleet } from '../../testing/test-fleet.ts';
import {
  CURL,
  CURL_OPEN,
  OPENSSL,
  OPENSSL_FIXED,
  startVulnerableFleet,
  type VulnerableFleet,
} from '../../testing/vulnerable-fleet.ts';
import { assessNow } from '../index.ts';

const DAY_MS = 86_400_000;

let fleet: TestFleet;
let offsetMs = 0;
let alpha: FakeAgent;
let get: VulnerableFleet['get'];
let now: VulnerableFleet['now'];
beforeAll(async () => {
  ({ fleet, alpha, get, now } = await startVulnerableFleet(() => new Date(Date.now() + offsetMs)));
});
afterAll(() => fleet.stop());
beforeEach(() => expect(fleet.errors).toEqual([]));

describe('over time', () => {
  test('a feed’s correction ends an attribution, and what was known before can still be asked', async () => {
    const before = now();
    offsetMs += DAY_MS;
    await publishFeed(fleet.context, 'debian-tracker', [
      fakeAdvisory('DSA-1', OPENSSL, [fakeClaim('openssl', '3.0.10-1')]),
      CURL_OPEN,
    ]);
    expect((await get<VulnerabilityList>('/vulnerabilities')).items.map(({ id }) => id)).toEqual([CURL]);
    expect((await get<AffectedEndpointList>(`/vulnerabilities/${OPENSSL}/endpoints`)).total).toBe(0);
    const then = await get<AffectedEndpointList>(`/vulnerabilities/${OPENSSL}/endpoints?asOf=${before}`);
    expect(then).toMatchObject({ total: 1, items: [{ hostname: 'alpha', until: expect.any(String) as string }] });
    const explained = await get<Explanation>(`/explain?vulnerability=${OPENSSL}&package=openssl&asOf=${before}`);
    expect(explained.verdicts[0]).toMatchObject({ outcome: 'affected', fixedVersion: '3.0.17-1' });
    const own = await get<EndpointVulnerabilityList>(`/endpoints/${alpha.id}/vulnerabilities?asOf=${before}`);
    expect(own.items.map(({ id }) => id)).toEqual([OPENSSL, CURL]);
    const { rows } = await fleet.context.database.pool.query(
      'select count(*) as n from verdict where vulnerability = $1 and valid_to is not null',
      [OPENSSL],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('equal verdicts are not written again, whatever of the record’s words changes', async () => {
    const count = async () =>
      (await fleet.context.database.pool.query('select count(*) as n, max(id) as last from verdict')).rows[0];
    const before = await count();
    await publishFeed(fleet.context, 'debian-tracker', [OPENSSL_FIXED, { ...CURL_OPEN, title: 'other words' }]);
    const after = await count();
    expect(after.n).toBe(before.n + 1);
    await publishFeed(fleet.context, 'debian-tracker', [OPENSSL_FIXED, CURL_OPEN]);
    expect(await count()).toEqual(after);
  });

  test('an update is remediation from the first sight to its effect; a correction is none', async () => {
    offsetMs += 4 * DAY_MS;
    alpha.manifest = fakeManifest([fakePackage('openssl', '3.0.17-1'), fakePackage('curl', '7.88.1-10')]);
    alpha.updates = fakeUpdates([]);
    await alpha.report();
    await assessNow(fleet.context);
    const { medianDaysToRemediate } = await get<RiskSeries>('/risk');
    const unknown = medianDaysToRemediate.find(({ severity }) => severity === 'unknown');
    expect(unknown).toMatchObject({ count: 1 });
    // Four days after the correction of the correction; first seen the day before.
    expect(unknown?.days).toBeCloseTo(5, 1);
    expect((await get<VulnerabilityList>('/vulnerabilities')).items.map(({ id }) => id)).toEqual([CURL]);
  });

  test('a replaced library that still runs keeps its vulnerabilities until it does not', async () => {
    await publishFeed(fleet.context, 'debian-tracker', [
      OPENSSL_FIXED,
      CURL_OPEN,
      fakeAdvisory('DSA-3', 'CVE-2026-3000', [fakeClaim('zlib', '1.3-1')]),
    ]);
    const delta = await fleet.agent('delta', {
      manifest: fakeManifest([fakePackage('zlib', '1.2-1')]),
      updates: fakeUpdates([]),
    });
    await assessNow(fleet.context);
    const stale = {
      pid: 7,
      command: 'nginx',
      unit: 'nginx.service',
      files: ['/usr/lib/libz.so.1'],
      packages: ['zlib'],
    };
    delta.manifest = fakeManifest([fakePackage('zlib', '1.3-1')]);
    delta.system = fakeSystem('delta', { staleProcesses: [stale] });
    await delta.report();
    await assessNow(fleet.context);
    const list = await get<EndpointVulnerabilityList>(`/endpoints/${delta.id}/vulnerabilities`);
    expect(list.items).toMatchObject([
      {
        id: 'CVE-2026-3000',
        state: 'installed-not-effective',
        installed: '1.2-1',
        explanation: expect.stringContaining('waits for restart of nginx.service') as string,
      },
    ]);
    const summary = (await get<VulnerabilityList>('/vulnerabilities?search=3000')).items[0];
    expect(summary).toMatchObject({ endpointCount: 0, notEffectiveCount: 1 });
    const affected = await get<AffectedEndpointList>('/vulnerabilities/CVE-2026-3000/endpoints');
    expect(affected).toMatchObject({ total: 1, items: [{ state: 'installed-not-effective' }] });
    delta.system = fakeSystem('delta');
    await delta.report();
    await assessNow(fleet.context);
    expect((await get<EndpointVulnerabilityList>(`/endpoints/${delta.id}/vulnerabilities`)).items).toEqual([]);
    await fleet.call('DELETE', `/endpoints/${delta.id}`);
  });

  test('kernels: the running one counts, one that waits for the boot is not effective, a left-over one is shown apart', async () => {
    await publishFeed(fleet.context, 'debian-tracker', [
      OPENSSL_FIXED,
      CURL_OPEN,
      fakeAdvisory('DSA-4', 'CVE-2026-4000', [fakeClaim('linux', '6.1.153-1')]),
    ]);
    const image = (release: string, version: string) =>
      fakePackage(`linux-image-${release}-amd64`, version, { source: 'linux', sourceVersion: version });
    const kernel = (running: string, installed: string) => ({
      ...fakeSystem('kernel').kernel,
      running: `${running}-amd64`,
      installed: `${installed}-amd64`,
      waitsForReboot: running !== installed,
    });
    const machine = await fleet.agent('kernel', {
      manifest: fakeManifest([image('6.1.0-37', '6.1.140-1'), image('6.1.0-40', '6.1.153-1')]),
      updates: fakeUpdates([]),
      system: fakeSystem('kernel', { kernel: kernel('6.1.0-37', '6.1.0-40') }),
    });
    await assessNow(fleet.context);
    const path = `/endpoints/${machine.id}/vulnerabilities`;
    expect((await get<EndpointVulnerabilityList>(path)).items).toMatchObject([
      { state: 'installed-not-effective', runtime: 'running', package: 'linux-image-6.1.0-37-amd64' },
    ]);
    expect((await get<VulnerabilityList>('/vulnerabilities?search=4000')).items).toMatchObject([
      { endpointCount: 0, notEffectiveCount: 1 },
    ]);
    machine.system = fakeSystem('kernel', { kernel: kernel('6.1.0-40', '6.1.0-40') });
    await machine.report();
    await assessNow(fleet.context);
    expect((await get<EndpointVulnerabilityList>(path)).items).toMatchObject([
      { state: 'closed', runtime: 'left-over-kernel' },
    ]);
    expect((await get<VulnerabilityList>('/vulnerabilities?search=4000')).items).toEqual([]);
  });

  test('a fact that changes changes the priority', async () => {
    const scoreOf = async () =>
      (await get<VulnerabilityList>('/vulnerabilities?all=true')).items.find(({ id }) => id === CURL);
    const before = await scoreOf();
    await publishFeed(
      fleet.context,
      'epss',
      [],
      [
        fakeFact('epss', {
          kind: 'epss',
          vulnerability: CURL,
          probability: 0.97,
          percentile: 0.99,
          scoredOn: '2026-05-01',
        }),
      ],
    );
    const after = await scoreOf();
    expect(after?.epss).toBeCloseTo(0.97);
    expect(after?.score).toBeGreaterThan(before?.score ?? 0);
  });
});
