import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runOnce } from '../run/once.ts';
import { openDisk, type Disk } from '../state/disk.ts';
import { besides, completeSwitch, makeKey, readIdentity, readKey, writeIdentity } from '../state/identity.ts';
import { makeBench, type Bench } from '../testing/agent-under-test.ts';
import { enroll } from './enroll.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.clean());

async function anew(token: string) {
  const disk = await openDisk(bench.stateDirectory);
  const { pin, serverUrl } = (await readIdentity(disk)) ?? { pin: null, serverUrl: '' };
  const { stateDirectory } = bench;
  return enroll({ serverUrl, token, stateDirectory, force: true, caFingerprint: pin?.fingerprint ?? '' });
}
/** A disk that fails for good after so many changes. */
function cutOff(disk: Disk, changes: number): Disk {
  let left = changes;
  const count = () => {
    if (left === 0) throw new Error('cut off');
    left -= 1;
  };
  return {
    ...disk,
    write: async (...words) => (count(), disk.write(...words)),
    remove: async (name) => (count(), disk.remove(name)),
  };
}
const keyFile = () => readFileSync(join(bench.stateDirectory, 'key.pem'), 'utf8');

test('an enrolment anew that the server refuses leaves the present one as it was', async () => {
  const before = keyFile();
  await expect(anew('another')).rejects.toMatchObject({ code: 'bad-token' });
  expect(keyFile()).toBe(before);
  expect((await runOnce(bench.options())).contacted).toBe(true);
});

test('an enrolment anew that the server accepts takes the place of the present one', async () => {
  const before = keyFile();
  writeFileSync(join(bench.stateDirectory, 'next-key.pem'), 'left damaged by an earlier attempt');
  await anew(bench.server.token);
  expect(keyFile()).not.toBe(before);
  expect((await runOnce(bench.options())).contacted).toBe(true);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
  'the switch that was cut off after %i changes is completed',
  async (changes) => {
    const disk = await openDisk(bench.stateDirectory);
    const present = await readIdentity(disk);
    if (present === null) throw new Error('the bench is enrolled');
    const key = await makeKey(besides(disk));
    await writeIdentity(besides(disk), { ...present, organisationName: 'Anew' });
    await completeSwitch(cutOff(disk, changes)).catch(() => undefined);
    await completeSwitch(disk);
    expect((await readKey(disk)).keyid).toBe(key.keyid);
    expect((await readIdentity(disk))?.organisationName).toBe('Anew');
    expect(await besides(disk).read('identity')).toBeNull();
  },
);
