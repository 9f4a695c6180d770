import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFileLock } from './file-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('holders of one lock work one after another, and a failure frees it', async () => {
  const path = join(folder, 'deeper', 'lock');
  let inside = 0;
  let most = 0;
  const hold = async (fail: boolean): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    if (fail) throw new Error('inside');
  };
  const holders = [true, false, true, false].map((fail) => withFileLock(path, () => hold(fail)));
  const ends = await Promise.allSettled(holders);
  expect(ends.map((end) => end.status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(most).toBe(1);
});
