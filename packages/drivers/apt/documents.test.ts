import { Manifest, System } from '@thimble/protocol';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { createRecordedHost } from '../recorded-host.ts';
import { inventory } from './inventory.ts';
import { system } from './system.ts';
import { fixture } from './testing/fixture.ts';

const host = createRecordedHost({
  files: {
    '/etc/os-release':
      'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21.3"\nVERSION_CODENAME=virginia\nUBUNTU_CODENAME=jammy\nPRETTY_NAME="Linux Mint 21.3"\n',
    '/var/lib/dpkg/status': fixture(import.meta.dirname, 'dpkg-status.txt'),
    '/proc/sys/kernel/random/boot_id': '00000000-0000-4000-8000-000000000000\n',
    '/proc/stat': 'btime 1760000000\n',
    '/proc/meminfo': 'MemTotal: 1000 kB\n',
    '/proc/uptime': '100.0 100.0\n',
    '/proc/sys/kernel/hostname': 'recorded\n',
    '/proc/sys/kernel/osrelease': '6.1.0-1-amd64\n',
  },
  commands: [{ argv: () => true, result: {} }],
});
const workspace = { directory: '/w' };

/** The server refuses documents with members that it does not know: it could not check them. */
function expectOnlyKnown(schema: TSchema, document: unknown): void {
  expect([...Value.Errors(schema, document)]).toEqual([]);
  expect(Value.Clean(schema, structuredClone(document))).toEqual(document);
}

describe('what the driver reports', () => {
  it('has the members of the protocol’s system document, and no other', async () => {
    expectOnlyKnown(System, await system(host, workspace, { version: '1', mode: 'timer', privileged: true }));
  });

  it('has the members of the protocol’s manifest, and no other', async () => {
    const { manifest } = await inventory(host, workspace);
    expect(manifest.packages.length).toBeGreaterThan(0);
    expectOnlyKnown(Manifest, manifest);
  });
});
