import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { AGENT_UNIT, startFleet, type Fleet } from './fleet.ts';
import {
  admit,
  approve,
  discharge,
  expectSound,
  letGo,
  outcome,
  plan,
  untilScriptWaits,
  versionOf,
  WAITING_SCRIPT,
  withPatient,
} from './patient.ts';
import { mainPid } from './services.ts';
import { waitFor } from './wait-for.ts';

const availability = labForTests('crashes of the agent, the endpoint and the server');

const OLD: VendorPackage = { name: 'lab-slow', version: '1' };
const NEW: VendorPackage = { name: 'lab-slow', version: '2', scripts: { postinst: WAITING_SCRIPT } };
const SLOW = { installed: [OLD], offered: [NEW] } as const;

describe.skipIf(!availability.available)('a crash in the middle of an installation', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ tag: 'crashes' });
    await fleet.image();
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  describe.concurrent('on the endpoint', () => {
    test('kill -9 of the agent: dpkg goes on, and the next agent tells how it ended', () =>
      withPatient(fleet, { name: 'agent-killed', ...SLOW }, async (patient) => {
        const { machine } = patient;
        const run = await plan(patient, 'lab-slow');
        await approve(patient, run);
        await untilScriptWaits(machine);
        const before = await mainPid(machine, AGENT_UNIT);
        await machine.shell(`systemctl kill --signal=KILL --kill-whom=main ${AGENT_UNIT}`);
        await waitFor('systemd has started the agent again', async () => {
          const pid = await mainPid(machine, AGENT_UNIT);
          return pid !== '0' && pid !== before;
        });
        // The maintainer script outlived the agent.
        expect((await machine.exec(['pgrep', '-f', 'lab-slow.postinst'])).code).toBe(0);
        expect((await machine.shell('dpkg --audit')).trim()).not.toBe('');
        await letGo(machine);
        const target = await outcome(patient, run);
        expect(target).toMatchObject({ state: 'effective', outcome: { result: { kind: 'applied', resumed: true } } });
        await expectSound(patient, { 'lab-slow': '2' });
      }));

    test('kill -9 of everything that the agent and the installation are: the next agent repairs and finishes', () =>
      withPatient(fleet, { name: 'all-killed', ...SLOW }, async (patient) => {
        const { machine } = patient;
        const run = await plan(patient, 'lab-slow');
        await approve(patient, run);
        await untilScriptWaits(machine);
        await machine.exec(['sh', '-c', 'kill -9 $(pgrep -f "lab-slow.postinst|apt-get|/usr/bin/dpkg|thimble")']);
        expect((await machine.exec(['pgrep', '-f', 'lab-slow.postinst'])).code).toBe(1);
        expect((await machine.shell('dpkg --audit')).trim()).not.toBe('');
        await letGo(machine);
        const target = await outcome(patient, run);
        expect(target).toMatchObject({ state: 'effective', outcome: { result: { kind: 'applied', resumed: true } } });
        await expectSound(patient, { 'lab-slow': '2' });
      }));

    test('a power cut: after the boot the installation is repaired and finished', () =>
      withPatient(fleet, { name: 'power-cut', ...SLOW }, async (patient) => {
        const { machine } = patient;
        const run = await plan(patient, 'lab-slow');
        await approve(patient, run);
        await untilScriptWaits(machine);
        await machine.powerOff();
        await letGo(machine);
        await machine.boot();
        const target = await outcome(patient, run);
        expect(target).toMatchObject({ state: 'effective', outcome: { result: { kind: 'applied', resumed: true } } });
        await expectSound(patient, { 'lab-slow': '2' });
      }));
  });

  test('kill -9 of the server: endpoints finish without it and it learns of each end, once', async () => {
    const patients = await Promise.all(
      ['server-killed-a', 'server-killed-b'].map((name) => admit(fleet, { name, ...SLOW })),
    );
    try {
      const [first, second] = patients;
      if (first === undefined || second === undefined) throw new Error('two patients were admitted');
      const runs = [await plan(first, 'lab-slow'), await plan(second, 'lab-slow')] as const;
      await approve(first, runs[0]);
      await approve(second, runs[1]);
      await Promise.all(patients.map(({ machine }) => untilScriptWaits(machine)));
      await fleet.server.kill();
      // One ends while the server is away, the other after it is back.
      await letGo(first.machine);
      await waitFor('the first is patched without the server', async () => {
        const state = await first.machine.exec([
          'dpkg-query',
          '-W',
          '-f',
          '${Version} ${db:Status-Status}',
          'lab-slow',
        ]);
        return state.stdout === '2 installed';
      });
      await fleet.server.start();
      await letGo(second.machine);
      for (const [index, patient] of patients.entries()) {
        const run = runs[index] ?? runs[0];
        expect(await outcome(patient, run)).toMatchObject({ state: 'effective' });
        await expectSound(patient, { 'lab-slow': '2' });
      }
    } finally {
      await Promise.all(patients.map(discharge));
    }
  });

  test('kill -9 of the server while plans are made: the run goes on from where it was', async () => {
    await withPatient(
      fleet,
      { name: 'server-killed-c', installed: [OLD], offered: [{ ...OLD, version: '2' }] },
      async (patient) => {
        const { summary } = await fleet.server.client.createRun({
          endpoints: [patient.id],
          selection: { kind: 'packages', packages: [{ name: 'lab-slow' }] },
        });
        await fleet.server.kill();
        await fleet.server.start();
        const run = await waitFor('the plan is there', async () => {
          const detail = await fleet.server.client.run(summary.id);
          return detail.summary.state === 'awaiting-approval' ? detail : undefined;
        });
        await approve(patient, run);
        await fleet.server.kill();
        await fleet.server.start();
        expect(await outcome(patient, run)).toMatchObject({ state: 'effective' });
        expect(await versionOf(patient, 'lab-slow')).toBe('2');
        await expectSound(patient, { 'lab-slow': '2' });
      },
    );
  });
});
