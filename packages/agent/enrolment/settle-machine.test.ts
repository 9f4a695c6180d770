import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runOnce } from '../run/once.ts';
import { openDisk } from '../state/disk.ts';
import { readIdentity } from '../state/identity.ts';
import { makeBench, type Bench } from '../testing/agent-under-test.ts';
import { trustReport } from '../trust/trust-report.ts';
import { enroll } from './enroll.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.clean());

const THIS = 'a'.repeat(64);
const ANOTHER = 'b'.repeat(64);
const keyFile = () => readFileSync(join(bench.stateDirectory, 'key.pem'), 'utf8');

async function enrolAs(machine: string | null, template: boolean, approversSha256?: string): Promise<void> {
  const pin = (await readIdentity(await openDisk(bench.stateDirectory)))?.pin;
  await enroll({
    serverUrl: bench.server.url,
    token: bench.server.token,
    caFingerprint: pin?.fingerprint ?? '',
    stateDirectory: bench.stateDirectory,
    force: true,
    template,
    machine: async () => machine,
    ...(approversSha256 === undefined ? {} : { approversSha256 }),
  });
}
const runOn = (machine: string | null) => runOnce({ ...bench.options(), machine: async () => machine });

test('a copy of a machine never uses the key of the other, and says what to do', async () => {
  await enrolAs(THIS, false);
  const requests = bench.server.log.length;
  await expect(runOn(ANOTHER)).rejects.toMatchObject({ code: 'copied-machine' });
  expect(bench.server.log).toHaveLength(requests);
});

test('a copy of a template enrols by itself, with a key of its own', async () => {
  await enrolAs(THIS, true);
  const before = keyFile();
  expect((await runOn(ANOTHER)).contacted).toBe(true);
  expect(keyFile()).not.toBe(before);
  const key = keyFile();
  expect((await runOn(ANOTHER)).contacted).toBe(true);
  expect(keyFile()).toBe(key);
  expect(bench.server.checkIns.at(-1)?.machine).toBe(ANOTHER);
});

test('a copy of a template believes the approvers whom the template believes', async () => {
  await enrolAs(THIS, true, 'c'.repeat(64));
  await runOn(ANOTHER);
  const { pinnedSha256 } = await trustReport(bench.stateDirectory, Date.now());
  expect(pinnedSha256).toBe('c'.repeat(64));
});

test('the template itself goes on as what it is', async () => {
  await enrolAs(THIS, true);
  const before = keyFile();
  expect((await runOn(THIS)).contacted).toBe(true);
  expect(keyFile()).toBe(before);
});

test('where a machine has no id, now or at its enrolment, nothing is concluded from that', async () => {
  await enrolAs(null, false);
  expect((await runOn(THIS)).contacted).toBe(true);
  expect((await runOn(null)).contacted).toBe(true);
  await expect(runOn(ANOTHER)).rejects.toMatchObject({ code: 'copied-machine' });
});
