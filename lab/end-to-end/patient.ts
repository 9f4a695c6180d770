import type { RunDetail, RunTarget } from '@thimble/protocol';
import { expect } from 'vitest';
import type { Endpoint } from '../endpoint.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { createVendorRepository, type VendorRepository } from '../vendor/vendor-repository.ts';
import { dpkgState } from './dpkg-state.ts';
import type { Fleet, Member } from './fleet.ts';
import { chainHolds, flawsOfOutcomes } from './records.ts';
import { approveAll, packages, planRun, targetOf, waitForRun, waitForState, waitForTargets } from './runs.ts';
import { waitFor } from './wait-for.ts';

/** An endpoint that something happens to, with a vendor's archive of its own as its only source. */
export type Patient = Member & { readonly vendor: VendorRepository; readonly fleet: Fleet };

export type Admission = {
  /** Also the vendor's; letters, digits and `-`. */
  readonly name: string;
  /** What is on the endpoint before. */
  readonly installed: readonly VendorPackage[];
  /** What the vendor offers when the endpoint is enrolled. */
  readonly offered: readonly VendorPackage[];
  readonly disks?: Readonly<Record<string, number>>;
  readonly mode?: 'service' | 'timer';
};

export async function admit(fleet: Fleet, admission: Admission): Promise<Patient> {
  const vendor = await createVendorRepository(admission.name, fleet.mirror);
  try {
    return { ...(await enrolled(fleet, admission, vendor)), vendor, fleet };
  } catch (error) {
    await vendor.dispose();
    throw error;
  }
}

async function enrolled(fleet: Fleet, admission: Admission, vendor: VendorRepository): Promise<Member> {
  const { name, installed, offered, disks, mode } = admission;
  await vendor.publish({ packages: installed });
  const names = installed.map((each) => each.name).join(' ');
  return fleet.member({
    name,
    sources: { suites: [], vendors: [vendor] },
    ...(disks === undefined ? {} : { disks }),
    ...(mode === undefined ? {} : { mode }),
    prepare: async (machine) => {
      await machine.shell(
        `apt-get -q update -o APT::Update::Error-Mode=any && DEBIAN_FRONTEND=noninteractive apt-get -q -y install ${names} </dev/null`,
      );
      await vendor.publish({ packages: offered });
    },
  });
}

/** Ends a patient's test: the machine and the vendor go. */
export async function discharge({ machine, vendor }: Patient): Promise<void> {
  await machine.destroy();
  await vendor.dispose();
}

/** Runs a test on a patient of its own, which goes whatever happens. */
export async function withPatient(
  fleet: Fleet,
  admission: Admission,
  test: (patient: Patient) => Promise<void>,
): Promise<void> {
  const patient = await admit(fleet, admission);
  try {
    await test(patient);
  } finally {
    await discharge(patient);
  }
}

export async function plan(patient: Patient, ...names: readonly string[]): Promise<RunDetail> {
  return planRun(patient.fleet.server, [patient.id], packages(...names));
}

export async function approve(patient: Patient, run: RunDetail): Promise<void> {
  await approveAll(patient.fleet.server, run);
}

/** The patient's part of a run, once it is at rest. */
export async function outcome(patient: Patient, run: RunDetail, deadlineMs = 180_000): Promise<RunTarget> {
  const done = await waitForTargets(patient.fleet.server, run.summary.id, { deadlineMs });
  return targetOf(done, patient.id);
}

/**
 * Plans anew in the same run and expects it to take effect; what differs from the approved transaction is approved, what
 * is equal to it needs no approval.
 */
export async function retry(patient: Patient, run: RunDetail): Promise<void> {
  const { server } = patient.fleet;
  const { id } = run.summary;
  await server.client.actOnRun(id, 'retry', [patient.id]);
  const planned = await waitForRun(server, id, 'awaits approval, or goes on with what was approved', (each) => {
    const { state } = targetOf(each, patient.id);
    return state === 'effective' || each.summary.state === 'awaiting-approval';
  });
  if (planned.summary.state === 'awaiting-approval') await approveAll(server, planned);
  await waitForState(server, id, patient.id, 'effective');
}

/** In the end: these versions, a consistent dpkg, one outcome for each order, and an unbroken chain of evidence. */
export async function expectSound(patient: Patient, versions: Readonly<Record<string, string>>): Promise<void> {
  const { server } = patient.fleet;
  const state = await dpkgState(patient.machine);
  expect(state.audit).toBe('');
  expect(Object.fromEntries(Object.keys(versions).map((name) => [name, state.versions.get(`${name}:all`)]))).toEqual(
    versions,
  );
  expect([...state.statuses].filter(([, status]) => status !== 'installed')).toEqual([]);
  expect(await flawsOfOutcomes(server, { endpointId: patient.id })).toEqual([]);
  expect(await chainHolds(server)).toBe(true);
}

export async function versionOf({ machine }: Pick<Patient, 'machine'>, name: string): Promise<string | undefined> {
  return (await dpkgState(machine)).versions.get(`${name}:all`);
}

const REACHED = '/var/lib/lab/reached';
const GO = '/var/lib/lab/go';

/** A script that says that it was reached and then waits for `letGo`, a minute and a half at most. */
export const WAITING_SCRIPT = `
mkdir -p /var/lib/lab; touch ${REACHED}
tries=0
while [ ! -e ${GO} ] && [ $tries -lt 900 ]; do sleep 0.1; tries=$((tries + 1)); done
`;

export async function untilScriptWaits(machine: Endpoint): Promise<void> {
  await waitFor(`a maintainer script waits on ${machine.name}`, async () => {
    return (await machine.exec(['test', '-e', REACHED])).code === 0;
  });
}

/** Works on a machine that is off, too. */
export async function letGo(machine: Endpoint): Promise<void> {
  await machine.write(GO, '');
}
