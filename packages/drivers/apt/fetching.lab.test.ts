import {
  createLab,
  createVendorRepository,
  labForTests,
  startMirror,
  type Endpoint,
  type Lab,
  type Mirror,
  type VendorPackage,
  type VendorRepository,
} from '@thimble/lab';
import type { Transaction } from '@thimble/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { driverOn, installRunner, type DriverOnEndpoint } from './testing/driver-on-endpoint.ts';

const availability = labForTests('what the apt driver believes of an archive');

const OLD: VendorPackage = { name: 'tool', version: '1' };
const NEW: VendorPackage = { name: 'tool', version: '2' };

describe.skipIf(!availability.available)('an endpoint with a vendor that may be hostile', () => {
  let lab: Lab;
  let mirror: Mirror;
  let vendor: VendorRepository;
  let endpoint: Endpoint;
  let driver: DriverOnEndpoint;

  beforeAll(async () => {
    lab = await createLab({ tag: 'driver: fetching' });
    mirror = await startMirror({ host: lab.gateway });
    vendor = await createVendorRepository('vendor', mirror);
    endpoint = await lab.endpoint({ name: 'fetching', base: 'web' });
    await installRunner(endpoint);
    await endpoint.boot();
    await endpoint.useMirror(mirror, { suites: [], vendors: [vendor] });
    driver = driverOn(endpoint);
  });
  afterAll(async () => {
    await mirror?.stop();
    await vendor?.dispose();
    await lab?.destroy();
  });
  beforeEach(async () => {
    await vendor.publish({ packages: [OLD] });
    await driver.forgetLists();
    await endpoint.shell(
      'apt-mark unhold tool >/dev/null 2>&1 || :; rm -rf /var/lib/apt/lists/*; dpkg --purge tool other helper >/dev/null 2>&1 || :; apt-get -q update >/dev/null && apt-get -q -y install tool=1 </dev/null',
      { env: { DEBIAN_FRONTEND: 'noninteractive' } },
    );
  });
  afterEach(() => mirror.faults.clear());

  const version = async (name: string) => (await endpoint.exec(['dpkg-query', '-W', '-f', '${Version}', name])).stdout;
  const refusal = async (transaction: Transaction) => {
    const result = await driver.applied(transaction);
    expect(await version('tool')).toBe('1');
    return result;
  };

  test('plans one package exactly, and does that', async () => {
    await vendor.publish({ packages: [NEW] });
    const transaction = await driver.planned('tool');
    expect(transaction.changes).toMatchObject([
      { name: 'tool', architecture: 'all', action: 'upgrade', from: '1', to: '2', reason: 'requested' },
    ]);
    expect(await driver.applied(transaction)).toMatchObject({ kind: 'applied', verification: { effective: true } });
    expect(await version('tool')).toBe('2');
  });

  test('refuses when the mirror is dead, though apt-get update would exit with 0', async () => {
    await vendor.publish({ packages: [NEW] });
    const transaction = await driver.planned('tool');
    await mirror.stop();
    try {
      expect(await driver.plan({ kind: 'all' })).toMatchObject({ kind: 'refused', code: 'index-unreachable' });
      expect(await refusal(transaction)).toMatchObject({ kind: 'refused', code: 'index-unreachable' });
      const { gaps, updates } = await driver.updates();
      expect(gaps.map((gap) => gap.what)).toContain('package indexes');
      expect(updates.map((update) => update.name)).toEqual(['tool']);
    } finally {
      await mirror.start();
    }
  });

  test('refuses an expired index', async () => {
    const [date, validUntil] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-08T00:00:00Z')];
    await vendor.publish({ packages: [NEW], release: { date, validUntil } });
    await driver.forgetLists();
    await endpoint.shell('rm -rf /var/lib/apt/lists/*');
    expect(await driver.plan({ kind: 'all' })).toMatchObject({ kind: 'refused', code: 'index-not-verified' });
  });

  test('says so when the endpoint accepts an expired index, and when it has no security pocket', async () => {
    const [date, validUntil] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-08T00:00:00Z')];
    await vendor.publish({ packages: [NEW], release: { date, validUntil } });
    await driver.forgetLists();
    await endpoint.shell('rm -rf /var/lib/apt/lists/*');
    const switchedOff = '/etc/apt/apt.conf.d/99-expired';
    await endpoint.shell(`echo 'Acquire::Check-Valid-Until "false";' > ${switchedOff}`);
    try {
      const { gaps, updates } = await driver.updates();
      expect(updates.map((update) => update.name)).toEqual(['tool']);
      expect(gaps.map((gap) => gap.why)).toEqual([
        expect.stringMatching(/^the index of .* expired on 2026-01-08 00:00 UTC; newer security updates may exist$/),
        'no security repository is configured: which updates are for security is unknown',
      ]);
    } finally {
      await endpoint.shell(`rm ${switchedOff}`);
      await driver.forgetLists();
      await endpoint.shell('rm -rf /var/lib/apt/lists/*');
    }
  });

  test.each([
    ['InRelease', /InRelease$/],
    ['Packages', /(Packages[^/]*|by-hash\/SHA256\/.*)$/],
  ])('refuses a tampered %s, for a plan and for an order', async (_, match) => {
    await vendor.publish({ packages: [NEW] });
    const transaction = await driver.planned('tool');
    await vendor.publish({ packages: [NEW, { name: 'other', version: '1' }] });
    mirror.fault({ kind: 'flip', match });
    expect(await driver.plan({ kind: 'all' })).toMatchObject({ kind: 'refused', code: 'index-not-verified' });
    expect(await refusal(transaction)).toMatchObject({ kind: 'refused', code: 'index-not-verified' });
  });

  test('refuses a tampered package', async () => {
    // Not one that is in the workspace from before.
    await vendor.publish({ packages: [{ ...NEW, version: '2.1' }] });
    const transaction = await driver.planned('tool');
    mirror.fault({ kind: 'flip', match: /\.deb$/ });
    expect(await refusal(transaction)).toMatchObject({ kind: 'refused', code: 'digest-mismatch' });
  });

  test('refuses a package of the approved version with other content, which the vendor signed', async () => {
    await vendor.publish({ packages: [NEW] });
    const transaction = await driver.planned('tool');
    await vendor.publish({ packages: [{ ...NEW, files: { '/usr/share/tool': 'other' } }] });
    const result = await refusal(transaction);
    expect(result).toMatchObject({ kind: 'refused', code: 'transaction-differs', difference: { changed: [{}] } });
  });

  test.each([
    ['with the lists that saw the newer one', false],
    ['with fresh lists, which apt would believe', true],
  ])('refuses an older index replayed after the approval, %s', async (_, fresh) => {
    const older = await vendor.publish({ packages: [NEW] });
    await vendor.publish({ packages: [NEW, { name: 'other', version: '1' }] });
    const transaction = await driver.planned('tool');
    vendor.replay(older);
    if (fresh) await driver.forgetLists();
    if (fresh) await endpoint.shell('rm -rf /var/lib/apt/lists/*');
    expect(await refusal(transaction)).toMatchObject({ kind: 'refused', code: 'index-older-than-approved' });
  });

  test('refuses when a package is listed but gone', async () => {
    await vendor.publish({ packages: [NEW] });
    const transaction = await driver.planned('tool');
    vendor.withdraw(NEW);
    expect(await refusal(transaction)).toMatchObject({ kind: 'refused', code: 'download-failed' });
  });

  test('refuses when the approved version is in no index any more', async () => {
    await vendor.publish({ packages: [NEW] });
    const transaction = await driver.planned('tool');
    await vendor.publish({ packages: [{ ...NEW, version: '3' }] });
    const result = await refusal(transaction);
    expect(result).toMatchObject({
      kind: 'refused',
      code: 'transaction-differs',
      difference: { missing: [{ to: '2' }] },
    });
  });

  test('plans new dependencies, and refuses those that slip in later', async () => {
    const helper: VendorPackage = { name: 'helper', version: '1' };
    await vendor.publish({ packages: [NEW, helper] });
    const alone = await driver.planned('tool');
    expect(alone.changes.map((change) => change.name)).toEqual(['tool']);
    await vendor.publish({ packages: [{ ...NEW, fields: { Depends: 'helper' } }, helper] });
    expect(await refusal(alone)).toMatchObject({
      code: 'transaction-differs',
      difference: { unapproved: [{ name: 'helper' }] },
    });
    const both = await driver.planned('tool');
    expect(both.changes).toMatchObject([
      { name: 'helper', action: 'install', from: null, reason: 'dependency' },
      { name: 'tool', action: 'upgrade', reason: 'requested' },
    ]);
    expect(await driver.applied(both)).toMatchObject({ kind: 'applied' });
    expect(await endpoint.shell('apt-mark showauto helper')).toBe('helper\n');
  });

  test('leaves out what would remove packages, unless it is asked for by name', async () => {
    const other: VendorPackage = { name: 'other', version: '1' };
    await vendor.publish({ packages: [OLD, other] });
    await endpoint.shell('apt-get -q update && apt-get -q -y install other </dev/null');
    // Not a version that is in the workspace from before: apt goes by a file's size.
    const breaking = { ...NEW, version: '2.2', fields: { Conflicts: 'other' } };
    await vendor.publish({ packages: [breaking, { ...other, version: '2' }] });
    const all = await driver.plan({ kind: 'all' });
    expect(all).toMatchObject({ kind: 'planned', transaction: { changes: [{ name: 'other', to: '2' }] } });
    expect(all.kind === 'planned' ? all.transaction.excluded.map((each) => each.name) : []).toEqual(['tool']);
    const named = await driver.planned('tool');
    expect(named.changes).toMatchObject([
      { name: 'other', action: 'remove', from: '1', to: null, sha256: null },
      { name: 'tool', action: 'upgrade' },
    ]);
    const { orderId, result } = driver.apply(named);
    const applied = await result;
    expect(applied, JSON.stringify(applied)).toMatchObject({ kind: 'applied', verification: { wrongVersions: [] } });
    expect(await version('tool')).toBe('2.2');
    expect(orderId).not.toBe('');
  });

  test('never touches held packages', async () => {
    await vendor.publish({ packages: [NEW] });
    const transaction = await driver.planned('tool');
    await endpoint.shell('apt-mark hold tool');
    expect((await driver.updates()).updates).toMatchObject([{ name: 'tool', held: true }]);
    expect(await driver.plan({ kind: 'all' })).toMatchObject({
      transaction: { changes: [], excluded: [{ name: 'tool', why: expect.stringContaining('held') }] },
    });
    expect(await refusal(transaction)).toMatchObject({ kind: 'refused', code: 'held-packages' });
  });

  test('leaves phased updates to their phase', async () => {
    await vendor.publish({ packages: [{ ...NEW, indexFields: { 'Phased-Update-Percentage': '0' } }] });
    const { updates } = await driver.updates();
    expect(updates).toMatchObject([{ name: 'tool', phased: { percentage: 0, included: false } }]);
    expect(await driver.plan({ kind: 'all' })).toMatchObject({
      transaction: { changes: [], excluded: [{ name: 'tool', why: expect.stringContaining('phased') }] },
    });
  });
});
