import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readChecked, writeChecked } from './checked-file.ts';
import { openDisk, type Disk } from './disk.ts';
import { makeKey, readKey } from './identity.ts';
import { openJournal } from './journal.ts';
import { lockState } from './lock.ts';
import { openSequences } from './sequences.ts';
import { orderId } from '../testing/orders.ts';

let folder: string;
let disk: Disk;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-agent-'));
  disk = await openDisk(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a state file', () => {
  test('that was cut or changed anywhere is recognised, never read as good', async () => {
    await writeChecked(disk, 'journal', 'journal', { generation: 7, text: 'ä' });
    const whole = readFileSync(join(folder, 'journal'));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, cut) => {
        const torn = cut ? whole.subarray(0, at) : Buffer.from(whole).fill((whole[at] ?? 0) ^ 1, at, at + 1);
        writeFileSync(join(folder, 'journal'), torn);
        await expect(readChecked(disk, 'journal', 'journal')).rejects.toMatchObject({ code: 'state-damaged' });
      }),
      { numRuns: 60 },
    );
  });

  test('of another kind is not taken', async () => {
    await writeChecked(disk, 'journal', 'identity', {});
    await expect(openJournal(disk)).rejects.toMatchObject({ code: 'state-damaged' });
  });

  test("is for its owner's eyes only, and so is its folder", async () => {
    await makeKey(disk);
    expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

describe('the key', () => {
  test('stays the same when an enrolment is repeated', async () => {
    expect((await makeKey(disk)).keyid).toBe((await makeKey(disk)).keyid);
  });

  test('that is damaged is told, and not replaced in silence', async () => {
    writeFileSync(join(folder, 'key.pem'), 'garbage');
    await expect(readKey(disk)).rejects.toMatchObject({ code: 'state-damaged' });
    await expect(makeKey(disk)).rejects.toMatchObject({ code: 'state-damaged' });
  });
});

describe('sequences', () => {
  test('grow strictly in each lane, over any number of restarts', async () => {
    const seen: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const sequences = await openSequences(disk);
      for (let n = 0; n < 300; n += 1) seen.push(await sequences.next('main'));
      expect(await sequences.next('held')).toBeGreaterThan(0);
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  });

  test('of lanes that reserve at the same time do not undo each other', async () => {
    const sequences = await openSequences(disk);
    await Promise.all([sequences.next('main'), sequences.next('held')]);
    const after = await openSequences(disk);
    expect(await after.next('main')).toBeGreaterThan(1);
    expect(await after.next('held')).toBeGreaterThan(1);
  });

  test('go above what the server saw, and never below what was used', async () => {
    const sequences = await openSequences(disk);
    await sequences.raise('main', 1_000_000);
    expect(await sequences.next('main')).toBe(1_000_001);
    await sequences.raise('main', 5);
    await sequences.raise('main', Number.NaN);
    expect(await sequences.next('main')).toBe(1_000_002);
    expect(await (await openSequences(disk)).next('main')).toBeGreaterThan(1_000_002);
  });

  test('are not used up by a server that says it has seen nearly all of them', async () => {
    const sequences = await openSequences(disk);
    const before = await sequences.next('held');
    for (const last of [2 ** 53 - 513, 2 ** 40, 2 ** 27, Number.POSITIVE_INFINITY]) await sequences.raise('held', last);
    expect(await sequences.next('held')).toBe(before + 1);
  });
});

const outcome = (n: number) => ({
  format: 1 as const,
  orderId: orderId(n),
  generation: n,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:00.000Z',
  result: { kind: 'scanned' as const },
});

describe('the journal', () => {
  test('takes changes that come at the same time one after another', async () => {
    const journal = await openJournal(disk);
    await Promise.all([journal.finish(outcome(1)), journal.reject('malformed'), journal.finish(outcome(2))]);
    const { state } = await openJournal(disk);
    expect(state).toMatchObject({ generation: 2, rejected: { malformed: 1 } });
    expect(state.finished.map(({ orderId: id }) => id)).toEqual([orderId(1), orderId(2)]);
  });

  test('has one outcome for an order', async () => {
    const journal = await openJournal(disk);
    await journal.finish(outcome(1));
    await expect(journal.finish(outcome(1))).rejects.toThrow(/one outcome/);
  });

  test('forgets acknowledged outcomes after a while, and others never', async () => {
    const journal = await openJournal(disk);
    for (let n = 1; n <= 50; n += 1) {
      await journal.finish(outcome(n));
      if (n > 5) await journal.acknowledge(orderId(n));
    }
    const kept = (await openJournal(disk)).state.finished;
    expect(kept.filter(({ acknowledged }) => !acknowledged).length).toBe(5);
    expect(kept.length).toBe(37);
    expect((await disk.list('outcomes')).length).toBe(37);
  });

  test('is written by nobody after it was closed', async () => {
    const journal = await openJournal(disk);
    journal.close();
    await expect(journal.reject('malformed')).rejects.toThrow(/closed/);
  });
});

test('the lock is held by one at a time, and goes with its holder', async () => {
  const lock = await lockState(folder);
  await expect(lockState(folder)).rejects.toMatchObject({ code: 'already-running' });
  await lock.release();
  await (await lockState(folder)).release();
});
