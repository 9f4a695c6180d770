import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { approve, expectSound, outcome, plan, versionOf, withPatient, type Patient } from './patient.ts';
import { waitFor } from './wait-for.ts';

const availability = labForTests('an agent on a timer');

const OLD: VendorPackage = { name: 'lab-tool', version: '1' };
const NEW: VendorPackage = { name: 'lab-tool', version: '2' };

describe.skipIf(!availability.available)('an endpoint whose agent is on a timer', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ tag: 'timer' });
    await fleet.image();
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  test('has no process of it between the runs, and executes orders at the next one', () =>
    withPatient(fleet, { name: 'timed', installed: [OLD], offered: [NEW], mode: 'timer' }, async (patient) => {
      const { machine } = patient;
      expect(
        await machine.shell('systemctl is-active thimble-agent.timer; systemctl is-enabled thimble-agent.timer'),
      ).toBe('active\nenabled\n');
      await untilGone(patient);
      const { system } = await fleet.server.client.endpoint(patient.id);
      expect(system?.agent.mode).toBe('timer');
      // The same timer, more often than a test wants to wait.
      await machine.write(
        '/etc/systemd/system/thimble-agent.timer.d/lab.conf',
        '[Timer]\nOnActiveSec=\nOnBootSec=\nOnUnitInactiveSec=\nRandomizedDelaySec=0\nOnActiveSec=1s\nOnUnitInactiveSec=6s\n',
      );
      await machine.shell('systemctl daemon-reload; systemctl restart thimble-agent.timer');
      const run = await plan(patient, 'lab-tool');
      expect(await versionOf(patient, 'lab-tool')).toBe('1');
      await approve(patient, run);
      expect(await outcome(patient, run)).toMatchObject({ state: 'effective' });
      await untilGone(patient);
      await expectSound(patient, { 'lab-tool': '2' });
    }));
});

/** Between two runs nothing of the agent is in memory. */
async function untilGone({ machine }: Patient): Promise<void> {
  await waitFor(
    'no process of the agent is left',
    async () => (await machine.exec(['pgrep', '-f', 'thimble'])).code === 1,
  );
}
