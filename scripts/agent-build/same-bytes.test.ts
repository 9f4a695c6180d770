import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundle } from './bundle.ts';
import { copySources } from './same-bytes.ts';

const root = join(import.meta.dirname, '..', '..');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thimble-rebuild-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the agent’s code', () => {
  // The whole file, with Node around it, takes a minute: npm run build -- --check-reproducible
  test('is put together to the same text wherever its sources lie', async () => {
    const copy = await copySources(root, join(folder, 'another', 'place'));
    const [here, there] = [await bundle(root), await bundle(copy)];
    expect(here.length).toBeGreaterThan(100_000);
    expect(there === here).toBe(true);
    expect(here).not.toContain(root);
  });
});
