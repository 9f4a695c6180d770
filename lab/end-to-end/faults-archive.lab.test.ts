import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import type { FaultKind } from '../mirror/faults.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { approve, expectSound, outcome, plan, retry, versionOf, withPatient } from './patient.ts';
import { packages, planRun, targetOf } from './runs.ts';
import { waitFor } from './wait-for.ts';

const availability = labForTests('hostile and broken archives');

const OLD: VendorPackage = { name: 'lab-tool', version: '1' };
const NEW: VendorPackage = { name: 'lab-tool', version: '2' };
const LARGE: VendorPackage = { ...NEW, ballastBytes: 12_000_000 };

/** Each letter of the vendor's text changed that makes it another one, the signature untouched. */
const FORGED_RELEASE: FaultKind = {
  kind: 'replace',
  body: (original) => Buffer.from(Buffer.from(original).toString('utf8').replace('Lab Vendor', 'Lab Vendur')),
};

describe.skipIf(!availability.available)('an archive that is hostile or breaks off', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ tag: 'archives' });
    await fleet.image();
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  describe.concurrent('changes nothing on an endpoint', () => {
    test('the network is cut in the middle of a download: refused, and done when it is back', () =>
      withPatient(fleet, { name: 'cut', installed: [OLD], offered: [LARGE] }, async (patient) => {
        const { machine, vendor } = patient;
        const pool = vendor.poolPath(LARGE);
        const endFault = fleet.mirror.fault({ kind: 'throttle', match: exactly(pool), bytesPerSecond: 500_000 });
        const run = await plan(patient, 'lab-tool');
        await approve(patient, run);
        await waitFor('the download has begun', () =>
          fleet.mirror.requests.some(({ path, sizeBytes, done }) => path === pool && sizeBytes > 0 && !done),
        );
        await machine.cutNetwork();
        await waitFor('apt has given up', async () => (await machine.exec(['pgrep', '-x', 'apt-get'])).code === 1, {
          deadlineMs: 200_000,
        });
        expect(await versionOf(patient, 'lab-tool')).toBe('1');
        endFault();
        await machine.restoreNetwork();
        const target = await outcome(patient, run);
        expect(target).toMatchObject({ state: 'refused', outcome: { result: { code: 'download-failed' } } });
        await retry(patient, run);
        await expectSound(patient, { 'lab-tool': '2' });
      }));

    test('a .deb with one wrong bit is refused by the endpoint itself', () =>
      withPatient(fleet, { name: 'tampered-deb', installed: [OLD], offered: [NEW] }, async (patient) => {
        const run = await plan(patient, 'lab-tool');
        const endFault = fleet.mirror.fault({ kind: 'flip', match: exactly(patient.vendor.poolPath(NEW)) });
        await approve(patient, run);
        const target = await outcome(patient, run);
        expect(target.state).toBe('refused');
        expect(target.outcome?.result).toMatchObject({
          code: expect.stringMatching(/^(digest-mismatch|download-failed)$/),
        });
        expect(await versionOf(patient, 'lab-tool')).toBe('1');
        endFault();
        await retry(patient, run);
        await expectSound(patient, { 'lab-tool': '2' });
      }));

    test.each<readonly [string, string, FaultKind]>([
      ['a Release that the vendor did not sign', 'InRelease$', FORGED_RELEASE],
      [
        'a list of packages that the Release does not vouch for',
        '(Packages[^/]*|by-hash/SHA256/[0-9a-f]+)$',
        { kind: 'flip' },
      ],
    ])('%s: no plan is made from it, and none is carried out', (what, path, fault) =>
      withPatient(
        fleet,
        { name: `tampered-${what.includes('Release that') ? 'release' : 'list'}`, installed: [OLD], offered: [NEW] },
        async (patient) => {
          const match = new RegExp(`^/vendor/${patient.vendor.name}/dists/.*${path}`);
          const good = await plan(patient, 'lab-tool');
          const newer = { ...NEW, version: '3' };
          await patient.vendor.publish({ packages: [newer] });
          const endFault = fleet.mirror.fault({ ...fault, match });
          const bad = await planRun(fleet.server, [patient.id], packages('lab-tool'));
          const refused = targetOf(bad, patient.id);
          expect(refused, JSON.stringify(refused)).toMatchObject({ state: 'plan-failed' });
          expect(refused.outcome?.result).toMatchObject({ kind: 'refused', code: 'index-not-verified' });
          await approve(patient, good);
          const target = await outcome(patient, good);
          expect(target).toMatchObject({ state: 'refused', outcome: { result: { code: 'index-not-verified' } } });
          expect(await versionOf(patient, 'lab-tool')).toBe('1');
          endFault();
          await retry(patient, bad);
          await expectSound(patient, { 'lab-tool': '3' });
        },
      ),
    );

    test('an older index, validly signed, served again after a newer one was approved', () =>
      withPatient(fleet, { name: 'replayed', installed: [OLD], offered: [NEW] }, async (patient) => {
        const { vendor } = patient;
        const newest = { ...NEW, version: '3' };
        // Release files carry seconds: the newer one must be newer.
        const later = await vendor.publish({ packages: [newest], release: { date: new Date(Date.now() + 5000) } });
        const run = await plan(patient, 'lab-tool');
        expect(run.groups[0]?.transaction.changes.map(({ to }) => to)).toEqual(['3']);
        vendor.replay(later - 1);
        await approve(patient, run);
        const target = await outcome(patient, run);
        expect(target).toMatchObject({ state: 'refused', outcome: { result: { code: 'index-older-than-approved' } } });
        expect(await versionOf(patient, 'lab-tool')).toBe('1');
        // Nor does a new plan believe it: the endpoint has seen a newer one.
        const stale = targetOf(await plan(patient, 'lab-tool'), patient.id);
        expect(stale.outcome?.result).not.toMatchObject({ transaction: { changes: [{ to: '2' }] } });
        vendor.replay(later);
        await retry(patient, run);
        await expectSound(patient, { 'lab-tool': '3' });
      }));

    test('a package with other content under the approved name and version, signed by the vendor', () =>
      withPatient(fleet, { name: 'swapped', installed: [OLD], offered: [NEW] }, async (patient) => {
        const run = await plan(patient, 'lab-tool');
        const extra: VendorPackage = { name: 'lab-extra', version: '1' };
        const swapped = { ...NEW, fields: { Depends: 'lab-extra' } };
        await patient.vendor.publish({ packages: [swapped, extra] });
        await approve(patient, run);
        const target = await outcome(patient, run);
        expect(target).toMatchObject({ state: 'refused', outcome: { result: { code: 'transaction-differs' } } });
        const result = target.outcome?.result;
        const difference = result?.kind === 'refused' ? result.difference : null;
        expect(difference?.unapproved.map(({ name }) => name)).toEqual(['lab-extra']);
        expect(difference?.changed.map(({ approved }) => approved.name)).toEqual(['lab-tool']);
        expect(await versionOf(patient, 'lab-tool')).toBe('1');
        await retry(patient, run);
        await expectSound(patient, { 'lab-tool': '2', 'lab-extra': '1' });
      }));
  });
});

function exactly(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`);
}
