import type { ApproverKey } from '@thimble/protocol';
import { makeKeyFile } from '@thimble/protocol/testing';
import { approverKeyid } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { visitConsole, type Visit } from '../end-to-end/console-visit.ts';
import { startFleet, type Fleet } from '../end-to-end/fleet.ts';
import { admit, approve, discharge, outcome, plan, versionOf, type Patient } from '../end-to-end/patient.ts';
import { targetOf } from '../end-to-end/runs.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import { addVirtualAuthenticator } from '../virtual-authenticator.ts';
import { askedFor, person, signBy } from './approvers.ts';

const availability = labForTests('approvals by people with a key file and a passkey');

/** Real Chromium with an authenticator of its own, a real server and a real endpoint: two of three have to sign. */
describe.skipIf(!availability.available)('what people approve', () => {
  const ada = makeKeyFile();
  const cyd = makeKeyFile();
  let fleet: Fleet;
  let patient: Patient;
  let visit: Visit;

  beforeAll(async () => {
    fleet = await startFleet({ tag: 'approvals: people', settings: { 'held-request-s': '3' } });
    const [OLD, NEW] = [
      { name: 'lab-tool', version: '1' },
      { name: 'lab-tool', version: '2' },
    ] as const;
    patient = await admit(fleet, { name: 'patient', installed: [OLD], offered: [NEW, OLD] });
    visit = await visitConsole(fleet.server);
    await visit.signIn();
    await addVirtualAuthenticator(visit.page);
    const berta = await registerPasskey(visit);
    await fleet.server.client.proposeApprovers({
      threshold: 2,
      approvers: [person('Ada', ada.key), person('Berta', berta), person('Cyd', cyd.key)],
    });
    await waitFor('the endpoint has heard who its approvers are', async () => {
      const trust = JSON.parse(await patient.machine.shell('thimble agent trust show --json')) as Record<
        string,
        unknown
      >;
      return trust['demandedSignatures'] === 2;
    });
  });
  afterAll(async () => {
    await visit?.close();
    if (patient !== undefined) await discharge(patient);
    await fleet?.dispose();
  });

  test('a key file and a passkey together install it; the operator and one of them do not', async () => {
    const run = await plan(patient, 'lab-tool');
    await approve(patient, run);
    const { id } = run.summary;
    const asked = await askedFor(fleet.server, id);
    await signBy(fleet.server, asked, ada);
    await waitFor('the run says what it waits for', async () => {
      const { explanation } = targetOf(await fleet.server.client.run(id), patient.id);
      return explanation.includes('signatures (1 of 2)');
    });
    expect(await versionOf(patient, 'lab-tool')).toBe('1');

    await visit.goTo(`/approvals/${asked.summary.id}`);
    await visit.page.getByRole('button', { name: 'Sign with passkey' }).click();
    await visit.page.getByText('Signed', { exact: true }).first().waitFor();
    expect(await outcome(patient, run)).toMatchObject({ state: 'effective' });
    expect(await versionOf(patient, 'lab-tool')).toBe('2');
    expect(visit.errors).toEqual([]);
  });
});

/** As a person registers one in the console: its public half is what endpoints get. */
async function registerPasskey({ page }: Visit): Promise<ApproverKey> {
  const { origin, hostname: rpId } = new URL(page.url());
  const made = await page.evaluate<{ credentialId: string; publicKey: string }>(REGISTRATION);
  return { kind: 'passkey', keyid: approverKeyid(made.publicKey), ...made, rpId, origins: [origin] };
}

/** ES256, with its person verified; its public half comes as SubjectPublicKeyInfo (Web Authentication level 3, section 5.2.1). */
const REGISTRATION = `navigator.credentials.create({
  publicKey: {
    challenge: new Uint8Array(32),
    rp: { id: location.hostname, name: 'Thimble' },
    user: { id: new Uint8Array([1]), name: 'berta', displayName: 'Berta' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
  },
}).then(({ id, response }) => ({
  credentialId: id,
  publicKey: btoa(String.fromCharCode(...new Uint8Array(response.getPublicKey())))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
}))`;
