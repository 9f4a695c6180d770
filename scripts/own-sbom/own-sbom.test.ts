import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSbom } from '@thimble/sbom';
import { describe, expect, test } from 'vitest';
import { ownSbom } from './own-sbom.ts';

const root = join(import.meta.dirname, '..', '..');
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
const text = ownSbom(lock, '1.2.3');

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly unknown[];
  readonly hashes?: readonly unknown[];
}
const { components } = JSON.parse(text) as { components: readonly Component[] };

describe('the bill of materials of Thimble itself', () => {
  test('names every package that a package of the house depends on, in the version that is installed', () => {
    const present = new Set(components.map(({ name, version }) => `${name}@${version}`));
    const wanted = readdirSync(join(root, 'packages')).flatMap((folder) => {
      const file = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8');
      const { dependencies = {} } = JSON.parse(file) as { dependencies?: Record<string, string> };
      return Object.entries(dependencies).filter(([name]) => !name.startsWith('@thimble/'));
    });
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.map(([name, version]) => `${name}@${version}`).filter((each) => !present.has(each))).toEqual([]);
  });

  test('names none that only builds or tests', () => {
    const names = new Set(components.map(({ name }) => name));
    for (const name of ['vitest', 'typescript', 'oxlint', 'playwright-core']) expect(names.has(name), name).toBe(false);
  });

  test('has a licence and a digest for each', () => {
    expect(components.filter(({ licenses, hashes }) => licenses === undefined || hashes === undefined)).toEqual([]);
  });

  test('is the same for the same lock file', () => {
    expect(ownSbom(lock, '1.2.3')).toBe(text);
    expect(ownSbom(lock, '1.2.4')).not.toBe(text);
  });

  test('is read by our own reader, every component of it', () => {
    const read = readSbom(Buffer.from(text), 'thimble.cdx.json');
    expect(JSON.stringify(read)).toContain('"fastify"');
  });
});
