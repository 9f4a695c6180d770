import type {
  EndpointVulnerabilityList,
  Exception,
  ExceptionList,
  ExplainedPriority,
  VulnerabilityDetail,
  VulnerabilityList,
} from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeAgent, fakeAdvisory, fakeClaim, fakeManifest, fakePackage, publishFeed } from '../../testing.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';
import { assessNow } from '../index.ts';

const DAY_MS = 86_400_000;
const CVE = 'CVE-2026-1000';
const FOREIGN = '00000000-0000-7000-8000-0000000000ff';

let fleet: TestFleet;
let offsetMs = 0;
let alpha: FakeAgent;
beforeAll(async () => {
  fleet = await startTestFleet({
    clock: () => new Date(Date.now() + offsetMs),
  });
  alpha = await fleet.agent('alpha');
  await fleet.agent('beta');
  await publishFeed(fleet.context, 'debian-tracker', [
    fakeAdvisory('DSA-1', CVE, [fakeClaim('openssl', '3.0.17-1')]),
    fakeAdvisory('DSA-2', 'CVE-2026-2000', [fakeClaim('curl', null)]),
  ]);
  await fleet.context.database.pool.query("insert into organisation (id, name) values ($1, 'Other')", [FOREIGN]);
});
afterAll(async () => {
  expect(fleet.errors).toEqual([]);
  await fleet.stop();
});

const later = (days: number): string => new Date(fleet.context.clock().getTime() + days * DAY_MS).toISOString();
const accept = (body: object = {}) =>
  fleet.call('POST', '/exceptions', {
    vulnerability: CVE,
    kind: 'accepted',
    reason: 'behind a firewall',
    owner: 'Ada',
    expiresAt: later(10),
    ...body,
  });
const summary = async (id = CVE) => {
  await assessNow(fleet.context);
  const { json } = await fleet.call('GET', '/vulnerabilities?all=true');
  return (json as unknown as VulnerabilityList).items.find((item) => item.id === id);
};
const stateOn = async (agent: FakeAgent) => {
  const { json } = await fleet.call('GET', `/endpoints/${agent.id}/vulnerabilities`);
  return (json as unknown as EndpointVulnerabilityList).items.find(({ id }) => id === CVE);
};
const evidenceKinds = async () => {
  const { json } = await fleet.call('GET', '/evidence?limit=3');
  const { items, chain } = json as unknown as { items: { kind: string }[]; chain: { verified: boolean } };
  expect(chain.verified).toBe(true);
  return items.map(({ kind }) => kind);
};

describe('exceptions', () => {
  test('one endpoint’s accepted risk is counted apart, and is open again when it expires', async () => {
    const { status, json } = await accept({ endpointId: alpha.id });
    expect(status).toBe(201);
    expect(json).toMatchObject({ hostname: 'alpha', active: true, createdBy: 'Administrator', package: null });
    expect(await evidenceKinds()).toContain('exception-created');
    expect(await summary()).toMatchObject({ endpointCount: 1, acceptedCount: 1 });
    expect(await stateOn(alpha)).toMatchObject({
      state: 'accepted',
      explanation: expect.stringMatching(/^risk accepted by Ada until .*: behind a firewall$/) as string,
    });
    offsetMs += 11 * DAY_MS;
    expect(await summary()).toMatchObject({ endpointCount: 2, acceptedCount: 0 });
    expect(await stateOn(alpha)).toMatchObject({ state: 'open' });
    const { items } = (await fleet.call('GET', '/exceptions')).json as unknown as ExceptionList;
    expect(items).toMatchObject([{ active: false, revokedAt: null }]);
  });

  test('a whole package’s ends with its revocation', async () => {
    const { json } = await accept({ package: 'openssl' });
    expect(await summary()).toMatchObject({ endpointCount: 0, acceptedCount: 2 });
    const listed = (await fleet.call('GET', '/vulnerabilities')).json as unknown as VulnerabilityList;
    expect(listed.items.map(({ id }) => id)).not.toContain(CVE);
    const { id } = json as unknown as Exception;
    expect((await fleet.call('DELETE', `/exceptions/${id}`)).status).toBe(204);
    expect(await evidenceKinds()).toContain('exception-revoked');
    expect(await summary()).toMatchObject({ endpointCount: 2, acceptedCount: 0 });
    expect((await fleet.call('DELETE', `/exceptions/${id}`)).status).toBe(404);
  });

  test('one for another package sets nothing aside', async () => {
    const { json } = await accept({ package: 'curl' });
    expect(await summary()).toMatchObject({ endpointCount: 2, acceptedCount: 0 });
    await fleet.call('DELETE', `/exceptions/${(json as unknown as Exception).id}`);
  });

  test.each([
    ['an accepted risk without an end', { expiresAt: undefined }, 422, 'no-expiry'],
    ['an end that has been', { expiresAt: '2020-01-01T00:00:00.000Z' }, 422, 'expired'],
    ['no owner', { owner: '' }, 400, 'invalid-request'],
    ['no reason', { reason: '' }, 400, 'invalid-request'],
    ['an unknown kind', { kind: 'whatever' }, 400, 'invalid-request'],
    ['an endpoint that is not there', { endpointId: '01890000-0000-7000-8000-000000000000' }, 404, 'unknown-endpoint'],
  ])('%s is refused', async (_name, body, status, code) =>
    expect(await accept(body)).toMatchObject({ status, json: { code } }),
  );

  test('another organisation’s are neither shown nor revoked, and set nothing aside here', async () => {
    const { json } = await accept();
    const { id } = json as unknown as Exception;
    const { pool } = fleet.context.database;
    await pool.query('update vulnerability_exception set organisation_id = $1 where id = $2', [FOREIGN, id]);
    expect((await fleet.call('DELETE', `/exceptions/${id}`)).status).toBe(404);
    const { items } = (await fleet.call('GET', '/exceptions')).json as unknown as ExceptionList;
    expect(items.map((item) => item.id)).not.toContain(id);
    await pool.query('update assessment_state set due_at = now()');
    expect(await summary()).toMatchObject({ endpointCount: 2 });
  });
});

describe('overrides', () => {
  const path = `/vulnerabilities/${CVE}/override`;

  test('replace what is computed, in the list too, and end', async () => {
    const before = await summary();
    const { status, json } = await fleet.call('PUT', path, { score: 3.5, decision: 'track', reason: 'a test machine' });
    expect(status).toBe(200);
    expect(json as unknown as ExplainedPriority).toMatchObject({
      score: 3.5,
      decision: 'track',
      override: { reason: 'a test machine', by: 'Administrator' },
    });
    expect(await summary()).toMatchObject({ score: 3.5, decision: 'track', severity: before?.severity });
    expect(await stateOn(alpha)).toMatchObject({ score: 3.5 });
    expect(await evidenceKinds()).toContain('override-set');
    expect((await fleet.call('DELETE', path)).status).toBe(204);
    expect(await summary()).toMatchObject({ score: before?.score });
    expect((await fleet.call('DELETE', path)).status).toBe(404);
    expect(await evidenceKinds()).toContain('override-ended');
  });

  test.each([
    [{ reason: 'nothing else' }, 422],
    [{ score: 101, reason: 'too much' }, 400],
    [{ score: 1 }, 400],
  ])('%j is refused', async (body, status) => expect((await fleet.call('PUT', path, body)).status).toBe(status));
});

describe('VEX', () => {
  test.each(['cyclonedx', 'csaf'])('what is exported as %s names the product and can be read again', async (format) => {
    const { status, json } = await fleet.call('GET', `/vex?format=${format}`);
    expect(status).toBe(200);
    const text = JSON.stringify(json);
    expect(text).toContain(CVE);
    expect(text).toContain('pkg:deb/debian/openssl@3.0.15-1');
  });

  const statement = (version: string) => ({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { authors: [{ name: 'The vendor' }] },
    components: [
      { type: 'library', 'bom-ref': 'x', name: 'openssl', purl: `pkg:deb/debian/openssl@${version}?distro=debian-12` },
    ],
    vulnerabilities: [
      {
        id: CVE,
        analysis: { state: 'not_affected', justification: 'code_not_reachable', detail: 'not compiled in' },
        affects: [{ ref: 'x' }],
      },
    ],
  });

  test('a vendor’s statement about another version sets nothing aside', async () => {
    const { status, json } = await fleet.call('POST', '/vex', statement('9.9-9'));
    expect({ status, total: json['total'] }).toEqual({ status: 200, total: 1 });
    expect(await summary()).toMatchObject({ endpointCount: 2, acceptedCount: 0 });
  });

  test('one about the installed version does, once however often it is imported', async () => {
    const { json } = await fleet.call('POST', '/vex', statement('3.0.15-1'));
    const { items } = json as unknown as ExceptionList;
    expect(items).toMatchObject([
      { kind: 'not-affected', reason: 'not compiled in', owner: 'The vendor', expiresAt: null },
    ]);
    expect((await fleet.call('POST', '/vex', statement('3.0.15-1'))).json).toMatchObject({ total: 0 });
    expect(await summary()).toMatchObject({ endpointCount: 0, acceptedCount: 2 });
    alpha.manifest = fakeManifest([fakePackage('openssl', '3.0.16-1'), fakePackage('curl', '7.88.1-10')]);
    await alpha.report();
    expect(await summary()).toMatchObject({ endpointCount: 1, acceptedCount: 1 });
    const detail = (await fleet.call('GET', `/vulnerabilities/${CVE}`)).json as unknown as VulnerabilityDetail;
    expect(detail.exceptions.length).toBeGreaterThan(0);
  });

  test.each([
    [{}, 'not-vex'],
    [{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 }, 'nothing-to-import'],
  ])('%j is refused', async (body, code) =>
    expect(await fleet.call('POST', '/vex', body)).toMatchObject({ status: 422, json: { code } }),
  );
});
