import type { Finding, Overview, System } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeAgent, fakeManifest, fakePackage, fakeSystem, fakeUpdate, fakeUpdates } from '../testing.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { judge } from './assess-endpoint.ts';
import { whyNotEffective } from './effectiveness.ts';

let fleet: TestFleet;
let offsetMs = 0;
beforeAll(async () => {
  fleet = await startTestFleet({
    clock: () => new Date(Date.now() + offsetMs),
  });
});
afterAll(() => fleet.stop());

const findingsOf = async (agent: FakeAgent): Promise<Finding[]> => {
  const { json } = await fleet.call('GET', `/endpoints/${agent.id}/findings`);
  return (json as { items: Finding[] }).items;
};
const KERNEL: System['kernel'] = {
  running: '6.1.0-37-amd64',
  installed: '6.1.0-40-amd64',
  runningPackageVersion: '6.1.140-1',
  installedPackageVersion: '6.1.153-1',
  waitsForReboot: true,
};

describe('the life of a finding', () => {
  test('opens with the update, closes only when nothing runs the old code, and opens anew after a roll-back', async () => {
    const web = await fleet.agent('life');
    expect(await findingsOf(web)).toMatchObject([
      { package: 'openssl', state: 'open', installed: '3.0.15-1', fixed: '3.0.17-1', closedAt: null },
    ]);
    const old = { manifest: web.manifest, updates: web.updates };
    web.manifest = fakeManifest([fakePackage('openssl', '3.0.17-1'), fakePackage('curl', '7.88.1-10')]);
    web.updates = fakeUpdates([]);
    web.system = fakeSystem('life', {
      staleProcesses: [
        { pid: 7, command: 'nginx', unit: 'nginx.service', files: ['/usr/lib/libssl.so.3'], packages: ['openssl'] },
      ],
    });
    await web.report();
    expect(await findingsOf(web)).toMatchObject([
      {
        state: 'installed-not-effective',
        explanation: 'waits for restart of nginx.service: nginx runs the replaced code',
      },
    ]);
    web.system = fakeSystem('life');
    await web.report();
    expect(await findingsOf(web)).toMatchObject([{ state: 'closed' }]);
    const { json } = await fleet.call('GET', `/evidence?endpointId=${web.id}`);
    expect(json).toMatchObject({ items: [{ kind: 'finding-closed' }, { kind: 'endpoint-enrolled' }] });
    Object.assign(web, old);
    await web.report();
    expect((await findingsOf(web)).map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  test('a kernel’s closes only after the reboot into it', async () => {
    const name = 'linux-image-6.1.0-40-amd64';
    const web = await fleet.agent('kernel', {
      manifest: fakeManifest([fakePackage('linux-image-amd64', '6.1.140-1')]),
      updates: fakeUpdates([fakeUpdate('linux-image-amd64', '6.1.140-1', '6.1.153-1')]),
    });
    web.manifest = fakeManifest([fakePackage('linux-image-amd64', '6.1.153-1'), fakePackage(name, '6.1.153-1')]);
    web.updates = fakeUpdates([]);
    web.system = fakeSystem('kernel', { kernel: KERNEL });
    await web.report();
    expect(await findingsOf(web)).toMatchObject([
      {
        state: 'installed-not-effective',
        explanation: 'waits for reboot: kernel 6.1.0-40-amd64 installed, 6.1.0-37-amd64 running',
      },
    ]);
    expect((await fleet.call('GET', `/endpoints/${web.id}`)).json).toMatchObject({
      summary: { state: 'waits', rebootRequired: true },
      waits: [{ kind: 'reboot' }],
    });
    web.system = fakeSystem('kernel', { kernel: { ...KERNEL, running: '6.1.0-40-amd64', waitsForReboot: false } });
    await web.report();
    expect(await findingsOf(web)).toMatchObject([{ state: 'closed' }]);
  });

  test('new packages are not judged by the processes from before their installation', async () => {
    const web = await fleet.agent('order');
    web.manifest = fakeManifest([fakePackage('openssl', '3.0.17-1')]);
    web.updates = fakeUpdates([]);
    web.system = fakeSystem('order', {
      staleProcesses: [{ pid: 7, command: 'sshd', unit: 'ssh.service', files: [], packages: ['openssl'] }],
    });
    const { wanted } = await web.checkIn();
    expect(wanted).toContain('system');
    // All lists of after the installation are here, the system document is not: nothing is concluded yet.
    for (const kind of wanted) if (kind !== 'system') await web.putDocument(kind);
    expect(await findingsOf(web)).toMatchObject([{ state: 'open' }]);
    await web.putDocument('system');
    expect(await findingsOf(web)).toMatchObject([{ state: 'installed-not-effective' }]);
  });

  test('microcode’s closes only after a boot later than its installation, whether the system asks for it or not', async () => {
    const name = 'intel-microcode';
    const web = await fleet.agent('microcode', {
      manifest: fakeManifest([fakePackage(name, '1')]),
      updates: fakeUpdates([fakeUpdate(name, '1', '2')]),
    });
    web.manifest = fakeManifest([fakePackage(name, '2')]);
    web.updates = fakeUpdates([]);
    await web.report();
    const waiting = [
      {
        state: 'installed-not-effective',
        explanation: expect.stringMatching(/^waits for reboot: intel-microcode/) as unknown,
      },
    ];
    expect(await findingsOf(web)).toMatchObject(waiting);
    expect((await fleet.call('GET', `/endpoints/${web.id}`)).json).toMatchObject({
      summary: { state: 'waits', rebootRequired: true },
      waits: [{ kind: 'reboot', reason: 'what was installed of intel-microcode is in use only after a boot' }],
    });
    web.system = fakeSystem('microcode', { diskFreeBytes: 1 });
    await web.report();
    expect(await findingsOf(web)).toMatchObject(waiting);
    web.system = fakeSystem('microcode', { bootId: '22222222-2222-3333-4444-555555555555' });
    await web.report();
    expect(await findingsOf(web)).toMatchObject([{ state: 'closed' }]);
    expect((await fleet.call('GET', `/endpoints/${web.id}`)).json).toMatchObject({ summary: { state: 'current' } });
  });

  test('an update that is not offered any more is no all-clear', async () => {
    const web = await fleet.agent('mirror');
    web.updates = fakeUpdates([]);
    await web.report();
    expect(await findingsOf(web)).toMatchObject([
      { state: 'open', explanation: /is not offered by its repositories now/ },
    ]);
    expect((await fleet.call('GET', `/endpoints/${web.id}`)).json).toMatchObject({ summary: { state: 'exposed' } });
  });
});

describe('judging one finding', () => {
  const open = {
    id: 'f',
    package: 'openssl',
    architecture: 'amd64',
    installed: '1',
    fixed: '2',
    state: 'open' as const,
    explanation: '',
    version: '1',
    bootIdAtInstallation: null,
  };
  const update = {
    name: 'openssl',
    architecture: 'amd64',
    source: 'openssl',
    installed: '1',
    candidate: '2',
    sourceVersion: '2',
    security: true,
    repairs: [],
  };
  const system = fakeSystem('x');
  test.each([
    ['still pending', open, update, new Set<string>(), 'open', null],
    ['in an approved order', open, update, new Set(['openssl']), 'scheduled', null],
    ['a newer fix takes its place', open, { ...update, candidate: '3' }, new Set<string>(), 'open', null],
    ['the package is gone', { ...open, version: null }, undefined, new Set<string>(), 'closed', 'removed'],
    ['no security update after all', open, { ...update, security: false }, new Set<string>(), 'closed', 'corrected'],
    ['installed', { ...open, version: '2' }, undefined, new Set<string>(), 'closed', 'effective'],
    ['a version that is none', { ...open, version: '~!' }, undefined, new Set<string>(), 'open', null],
  ])('%s', (_name, finding, pending, scheduled, state, endReason) => {
    expect(judge(finding, pending, system, scheduled)).toMatchObject({ state, endReason });
  });

  test('an index that went back does not make an older version the fix', () => {
    const back = judge({ ...open, fixed: '3' }, update, system, new Set());
    expect(back).toMatchObject({ state: 'open', fixed: '3' });
  });

  test('what runs and could not be looked at is not taken for fine', () => {
    const gaps = [{ what: 'stale processes', why: '40 processes are not ours to look into' }];
    const blind = judge({ ...open, version: '2' }, undefined, { ...system, gaps }, new Set());
    expect(blind).toMatchObject({
      state: 'installed-not-effective',
      explanation: expect.stringMatching(/^unknown: stale processes/) as unknown,
    });
    const kernel = { ...system, gaps: [{ what: 'running kernel', why: 'not readable' }] };
    expect(whyNotEffective('linux-image-amd64', kernel)).toMatch(/^unknown: running kernel/);
    expect(whyNotEffective('curl', kernel)).toBeNull();
  });

  test.each(
    [
      'generic',
      'virtual',
      'aws',
      'azure',
      'gcp',
      'kvm',
      'lowlatency',
      'image-generic',
      'modules-extra-6.8.0-50-generic',
    ]
      .map((name) => `linux-${name}`)
      .concat('linux-generic-hwe-24.04', 'linux-signed-azure', 'proxmox-kernel-6.8'),
  )('%s is the kernel: it waits for the reboot into it', (name) => {
    expect(whyNotEffective(name, { ...system, kernel: KERNEL })).toMatch(/^waits for reboot: kernel/);
    expect(whyNotEffective(name, system)).toBeNull();
    const inNoImage = { ...system, kernel: { ...system.kernel, installed: null } };
    expect(whyNotEffective(name, inNoImage)).toMatch(/^waits for reboot/);
    expect(whyNotEffective(name, inNoImage, 'a boot before')).toBeNull();
  });

  test.each(['linux-libc-dev', 'linux-headers-generic', 'linux-tools-common', 'linux-base'])('%s is not', (name) => {
    expect(whyNotEffective(name, { ...system, kernel: KERNEL })).toBeNull();
  });

  test.each(['intel-microcode', 'amd64-microcode', 'firmware-iwlwifi', 'linux-firmware', 'zfs-dkms'])(
    '%s needs a boot after its installation',
    (name) => {
      expect(whyNotEffective(name, system)).toMatch(/^waits for reboot/);
      expect(whyNotEffective(name, system, system.bootId)).toMatch(/^waits for reboot/);
      expect(whyNotEffective(name, system, 'unknown')).toMatch(/^waits for reboot/);
      expect(whyNotEffective(name, { ...system, bootId: 'unknown' }, 'a boot before')).toMatch(/^waits for reboot/);
      expect(whyNotEffective(name, system, 'a boot before')).toBeNull();
    },
  );

  test('a package that asks for a reboot itself waits for it, whatever its name', () => {
    const asked = { ...system, rebootRequired: { required: true, reasons: ['asked for by libc6, dbus'] } };
    expect(whyNotEffective('dbus', asked)).toBe('waits for reboot: dbus asks for it');
    expect(whyNotEffective('curl', asked)).toBeNull();
    const nameless = { ...system, rebootRequired: { required: true, reasons: ['a package asks for a reboot'] } };
    expect(whyNotEffective('firmware-x', nameless, 'a boot before')).toMatch(/^waits for reboot/);
    expect(whyNotEffective('curl', nameless)).toBeNull();
  });

  test('a package that was removed is closed only when nothing runs its code', () => {
    const staleProcesses = [{ pid: 9, command: 'x', unit: null, packages: [], files: ['/usr/lib/x.so'] }];
    expect(judge({ ...open, version: null }, undefined, { ...system, staleProcesses }, new Set())).toMatchObject({
      state: 'installed-not-effective',
      explanation: 'the package is not installed any more; x (process 9) runs replaced code that no package claims',
    });
  });

  test('replaced code that no package claims speaks against every package', () => {
    const stale = { pid: 1, command: 'x', unit: null, packages: [] };
    expect(whyNotEffective('curl', { ...system, staleProcesses: [{ ...stale, files: ['/usr/bin/x'] }] })).toMatch(
      /no package claims/,
    );
    expect(whyNotEffective('curl', { ...system, staleProcesses: [{ ...stale, files: ['/tmp/x'] }] })).toBeNull();
    expect(
      whyNotEffective('curl', { ...system, packageManager: { interrupted: true, brokenPackages: ['curl'] } }),
    ).toMatch(/not fully/);
  });
});

test('the overview counts what is so, and its curve follows the intervals', async () => {
  const before = (await fleet.call('GET', '/overview')).json as Overview;
  await fleet.agent('counted', {
    updates: fakeUpdates([
      fakeUpdate('openssl', '3.0.15-1', '3.0.17-1'),
      fakeUpdate('curl', '1', '2', { security: false }),
    ]),
  });
  const after = (await fleet.call('GET', '/overview')).json as Overview;
  expect(after.endpointCount).toBe(before.endpointCount + 1);
  expect(after.openFindings).toBe(before.openFindings + 1);
  expect(after.exposedEndpoints).toBe(before.exposedEndpoints + 1);
  expect(after.pendingUpdates).toBe(before.pendingUpdates + 2);
  const last = after.trend.at(-1);
  expect(last).toMatchObject({ openFindings: after.openFindings, exposedEndpoints: after.exposedEndpoints });
  offsetMs += 3 * 86_400_000;
  const later = (await fleet.call('GET', '/overview')).json as Overview;
  expect(later.trend).toHaveLength(after.trend.length + 3);
  expect(later.states).toEqual({ stale: later.endpointCount });
  expect(later.trend.at(-1)?.openFindings).toBe(after.openFindings);
  offsetMs = 0;
});

test('updates are one row across the fleet, security first, with the endpoints that lack them', async () => {
  const { json } = await fleet.call('GET', '/updates?search=openssl&security=true');
  expect(json).toMatchObject({ total: 1, items: [{ name: 'openssl', candidate: '3.0.17-1', security: true }] });
  const { json: none } = await fleet.call('GET', '/updates?search=%25');
  expect(none).toMatchObject({ total: 0 });
});

describe('GET /endpoints', () => {
  test('pages do not overlap and miss nothing, whatever the order', async () => {
    for (let index = 0; index < 5; index += 1) await fleet.agent(`page${index}`);
    for (const sort of ['hostname', 'state', 'securityUpdateCount', 'updateCount', 'lastSeenAt', 'os'])
      for (const direction of ['asc', 'desc']) {
        const seen: string[] = [];
        let cursor = '';
        do {
          const { json } = await fleet.call('GET', `/endpoints?sort=${sort}&direction=${direction}&limit=3${cursor}`);
          const page = json as { items: { id: string }[]; nextCursor: string | null; total: number };
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
          if (cursor === '') expect(new Set(seen).size, `${sort} ${direction}`).toBe(page.total);
        } while (cursor !== '');
      }
  });

  test('filters by state, text and pending update; 400 for a cursor that is not ours', async () => {
    const agent = await fleet.agent('needle', { updates: fakeUpdates([fakeUpdate('zlib1g', '1', '2')]) });
    for (const query of ['search=needl', 'update=zlib1g', 'state=exposed&search=needle'])
      expect((await fleet.call('GET', `/endpoints?${query}`)).json, query).toMatchObject({
        total: 1,
        items: [{ id: agent.id }],
      });
    expect((await fleet.call('GET', '/endpoints?state=current&search=needle')).json).toMatchObject({ total: 0 });
    expect((await fleet.call('GET', '/endpoints?cursor=abc')).status).toBe(400);
    expect((await fleet.call('GET', '/endpoints?state=great')).status).toBe(400);
  });
});

test('nothing of another organisation is seen or touched', async () => {
  const { pool } = fleet.context.database;
  const foreign = '00000000-0000-7000-8000-0000000000ff';
  const agent = await fleet.agent('foreign');
  const run = await fleet.plannedRun([agent]);
  await pool.query("insert into organisation (id, name) values ($1, 'Other')", [foreign]);
  for (const table of ['endpoint', 'heartbeat', 'finding', 'run', 'run_target', 'endpoint_order', 'endpoint_system'])
    await pool.query(
      `update ${table} set organisation_id = $1 where ${table === 'run' ? 'id' : table === 'endpoint' ? 'id' : 'endpoint_id'} = $2`,
      [foreign, table === 'run' ? run.summary.id : agent.id],
    );
  for (const path of ['', '/packages', '/updates', '/findings', '/history'])
    expect((await fleet.call('GET', `/endpoints/${agent.id}${path}`)).status, path).toBe(404);
  expect((await fleet.call('DELETE', `/endpoints/${agent.id}`)).status).toBe(404);
  expect((await fleet.call('POST', `/endpoints/${agent.id}/scan`)).status).toBe(404);
  expect((await fleet.call('GET', `/runs/${run.summary.id}`)).status).toBe(404);
  expect((await fleet.call('GET', `/runs/${run.summary.id}/evidence`)).status).toBe(404);
  expect((await fleet.approve(run)).status).toBe(404);
  expect((await fleet.call('POST', `/runs/${run.summary.id}/cancel`, {})).status).toBe(404);
  const { json } = await fleet.call('GET', '/endpoints?search=foreign');
  expect(json).toMatchObject({ total: 0 });
  const body = { endpoints: [agent.id], selection: { kind: 'all' } };
  expect((await fleet.call('POST', '/runs', body)).status).toBe(404);
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
