import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import type { Endpoint } from '../endpoint.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { approve, expectSound, outcome, plan, retry, versionOf, withPatient } from './patient.ts';
import { waitFor } from './wait-for.ts';

const availability = labForTests('endpoints with full disks, held locks and failing scripts');

const MEBIBYTE = 1 << 20;
const OLD: VendorPackage = { name: 'lab-tool', version: '1' };
const NEW: VendorPackage = { name: 'lab-tool', version: '2' };

describe.skipIf(!availability.available)('an endpoint that is in no state to be patched', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ tag: 'hosts' });
    await fleet.image();
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  describe.concurrent('is not damaged, and is patched when the cause is gone', () => {
    test('its disk is full where the agent works: refused before anything changes', () => {
      const folder = '/var/lib/thimble-agent';
      const large: VendorPackage = { ...NEW, ballastBytes: 10 * MEBIBYTE };
      const admission = { name: 'full-agent', installed: [OLD], offered: [large], disks: { [folder]: 64 * MEBIBYTE } };
      return withPatient(fleet, admission, async (patient) => {
        const run = await plan(patient, 'lab-tool');
        const free = await patient.machine.fillDisk(folder, 2 * MEBIBYTE);
        await approve(patient, run);
        const target = await outcome(patient, run);
        expect(target).toMatchObject({ state: 'refused', outcome: { result: { code: 'disk-full' } } });
        expect(await versionOf(patient, 'lab-tool')).toBe('1');
        await free();
        await retry(patient, run);
        await expectSound(patient, { 'lab-tool': '2' });
      });
    });

    test('its disk is full to the last byte while an order waits: nothing is lost', () => {
      const folder = '/var/lib/thimble-agent';
      const admission = { name: 'full-all', installed: [OLD], offered: [NEW], disks: { [folder]: 64 * MEBIBYTE } };
      return withPatient(fleet, admission, async (patient) => {
        const run = await plan(patient, 'lab-tool');
        const free = await patient.machine.fillDisk(folder);
        await approve(patient, run);
        await waitFor('the order was fetched', async () => {
          const [target] = (await fleet.server.client.run(run.summary.id)).targets;
          return target?.state !== 'ordered' && target?.state !== 'planned';
        });
        expect(await versionOf(patient, 'lab-tool')).toBe('1');
        await free();
        const target = await outcome(patient, run);
        if (target.state !== 'effective') {
          expect(target).toMatchObject({ state: 'refused', outcome: { result: { code: 'disk-full' } } });
          await retry(patient, run);
        }
        await expectSound(patient, { 'lab-tool': '2' });
      });
    });

    test('its disk fills up while dpkg unpacks: failed, and the next run repairs it', () => {
      const data = randomBytes(4 * MEBIBYTE).toString('base64');
      const large: VendorPackage = { ...NEW, files: { 'opt/lab/data': data } };
      const admission = { name: 'full-opt', installed: [OLD], offered: [large], disks: { '/opt': 12 * MEBIBYTE } };
      return withPatient(fleet, admission, async (patient) => {
        const free = await patient.machine.fillDisk('/opt', MEBIBYTE);
        const run = await plan(patient, 'lab-tool');
        await approve(patient, run);
        const target = await outcome(patient, run);
        expect(target.state, JSON.stringify(target.outcome)).toMatch(/^(failed|refused)$/);
        expect(target.outcome?.result).toMatchObject({ code: 'disk-full' });
        await free();
        await retry(patient, run);
        await expectSound(patient, { 'lab-tool': '2' });
      });
    });

    test("another program holds dpkg's lock and lets go: waited for", () =>
      withPatient(fleet, { name: 'lock-freed', installed: [OLD], offered: [NEW] }, async (patient) => {
        const run = await plan(patient, 'lab-tool');
        await using holder = await holdDpkgLock(patient.machine);
        await approve(patient, run);
        await waitFor('the endpoint works on the order', async () => {
          const [target] = (await fleet.server.client.run(run.summary.id)).targets;
          return target?.state === 'working' && /lock|busy|another|wait/i.test(target.message + target.explanation);
        });
        expect(await versionOf(patient, 'lab-tool')).toBe('1');
        await holder.release();
        expect(await outcome(patient, run)).toMatchObject({ state: 'effective' });
        await expectSound(patient, { 'lab-tool': '2' });
      }));

    test.each([
      ['that fails', 'bad', 'echo "the vendor made a mistake" >&2; exit 1', /the vendor made a mistake/],
      ['that asks on the terminal', 'asks', 'read answer < /dev/tty; test "$answer" = yes', /tty/],
    ])('a maintainer script %s: failed with its words, and the next run repairs it', (_, name, postinst, words) => {
      const bad: VendorPackage = { ...NEW, scripts: { postinst } };
      return withPatient(fleet, { name: `script-${name}`, installed: [OLD], offered: [bad] }, async (patient) => {
        const run = await plan(patient, 'lab-tool');
        await approve(patient, run);
        const target = await outcome(patient, run);
        expect(target).toMatchObject({ state: 'failed', outcome: { result: { code: 'install-failed' } } });
        expect(logOf(target.outcome)).toMatch(words);
        // The vendor mends it.
        await patient.vendor.publish({ packages: [{ ...NEW, version: '3' }] });
        await retry(patient, run);
        await expectSound(patient, { 'lab-tool': '3' });
      });
    });
  });

  test('a failed patch is rolled back to the version before, from the kept file', async () => {
    const bad: VendorPackage = { ...NEW, scripts: { postinst: 'exit 1' } };
    await withPatient(fleet, { name: 'undone', installed: [OLD], offered: [bad, OLD] }, async (patient) => {
      const run = await plan(patient, 'lab-tool');
      await approve(patient, run);
      expect(await outcome(patient, run)).toMatchObject({
        state: 'failed',
        actions: expect.arrayContaining(['roll-back']),
      });
      await fleet.server.client.actOnRun(run.summary.id, 'roll-back', [patient.id]);
      expect(await outcome(patient, run)).toMatchObject({ state: 'rolled-back' });
      await expectSound(patient, { 'lab-tool': '1' });
    });
  });
});

function logOf(outcomeOfOrder: { readonly result: object } | null): string {
  return JSON.stringify(outcomeOfOrder?.result ?? null);
}

/** As apt and dpkg take it: a record lock on the whole of lock-frontend, fcntl(2). */
async function holdDpkgLock(machine: Endpoint): Promise<{ release(): Promise<void> } & AsyncDisposable> {
  const held = '/run/lab-lock-held';
  const script = `
import fcntl, time, os
files = [open(path, 'w') for path in ('/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock')]
for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
open('${held}', 'w').close()
for _ in range(3000):
    if not os.path.exists('${held}'): break
    time.sleep(0.1)
`;
  const holding = machine.exec(['python3', '-c', script]);
  await waitFor('the lock is held', async () => (await machine.exec(['test', '-e', held])).code === 0);
  const release = async (): Promise<void> => {
    if (machine.isOn) await machine.exec(['rm', '-f', held]);
    await holding.catch(() => undefined);
  };
  return { release, [Symbol.asyncDispose]: release };
}
