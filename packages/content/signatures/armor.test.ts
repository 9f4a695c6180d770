import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGpgHome, type GpgHome } from '../testing/gpg-home.ts';
import { armorKeys } from './armor.ts';
import { readKeyring } from './index.ts';

let gpg: GpgHome;
let directory: string;
beforeAll(() => {
  gpg = createGpgHome();
  directory = mkdtempSync(join(tmpdir(), 'armor-'));
});
afterAll(() => {
  gpg?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** What GnuPG reads in a text, without importing it. */
const readByGpg = (text: string): string => {
  const path = join(directory, 'keys.asc');
  writeFileSync(path, text);
  return execFileSync('gpg', ['--homedir', directory, '--batch', '--with-colons', '--show-keys', path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};

test('GnuPG reads armour of ours, whether it ends with padding or not', async () => {
  const remainders = new Set<number>();
  for (const name of ['a', 'ab', 'abc']) {
    const fingerprint = gpg.createKey({ userId: `${name} <key@example.org>` });
    const [key] = await readKeyring(gpg.exportKeys([fingerprint], true));
    if (key === undefined) throw new Error('there is no key');
    remainders.add(key.material.length % 3);
    const text = armorKeys([key.material]);
    expect(readByGpg(text)).toContain(`fpr:::::::::${fingerprint}:`);
    expect((await readKeyring(Buffer.from(text))).map((each) => each.fingerprint)).toEqual([fingerprint]);
  }
  expect(remainders.size).toBe(3);
});
