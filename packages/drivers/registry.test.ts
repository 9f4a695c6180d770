import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRecordedHost, detectDriver, DRIVERS } from './index.ts';

/** What a machine has besides its package manager's software, and what platforms share, is no platform's. */
const NO_DRIVERS: ReadonlySet<string> = new Set(['components', 'file-system-snapshot', 'trial', 'node_modules']);
const FOLDERS = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !NO_DRIVERS.has(entry.name))
  .map((entry) => entry.name);
const README_LINES_MAX = 40;

describe('the family of drivers', () => {
  it('has each folder in its registry, once', () => {
    expect(DRIVERS.map((driver) => driver.id).sort()).toEqual(FOLDERS.sort());
  });

  it.each(FOLDERS)('%s has the files of a driver', (folder) => {
    const path = join(import.meta.dirname, folder);
    for (const file of ['index.ts', 'inventory.ts', 'updates.ts', 'plan.ts', 'apply.ts', 'verify.ts', 'fixtures'])
      expect(existsSync(join(path, file)), file).toBe(true);
    const lines = readFileSync(join(path, 'README.md'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(README_LINES_MAX);
    for (const name of readdirSync(join(path, 'fixtures'))) {
      const head = readFileSync(join(path, 'fixtures', name), 'utf8').split('\n');
      expect(head[0], name).toMatch(/^# .*\d{4}-\d{2}-\d{2}$/);
      expect(head[1], name).toMatch(/^# \S/);
    }
  });

  it('finds the driver of a machine, or none', async () => {
    const debian = createRecordedHost({ files: { '/var/lib/dpkg/status': '' } });
    expect((await detectDriver(debian))?.id).toBe('apt');
    expect(await detectDriver(createRecordedHost({}))).toBeNull();
  });
});
