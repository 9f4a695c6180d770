import { Manifest, System } from '@thimble/protocol';
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

/** JSON Schema, as far as documents use it. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** Members of a document that its schema does not name. The server refuses these: it could not check them. */
function unknownMembers(schema: object, value: unknown, path = ''): readonly string[] {
  const shape = schema as Shape;
  if (Array.isArray(value)) return value.flatMap((each) => unknownMembers(shape.items ?? {}, each, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  const properties = shape.properties ?? shape.anyOf?.find((each) => each.properties !== undefined)?.properties ?? {};
  return Object.entries(value).flatMap(([key, member]) => {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return known === undefined ? [`${path}.${key}`] : unknownMembers(known, member, `${path}.${key}`);
  });
}

describe('what the driver reports', () => {
  it('has the members of the protocol’s system document, and no other', async () => {
    const document = await system(host, workspace, { version: '1', mode: 'timer', privileged: true });
    expect(document.os.id).toBe('linuxmint');
    expect(unknownMembers(System, document)).toEqual([]);
  });

  it('has the members of the protocol’s manifest, and no other', async () => {
    const { manifest } = await inventory(host, workspace);
    expect(manifest.packages.length).toBeGreaterThan(0);
    expect(unknownMembers(Manifest, manifest)).toEqual([]);
  });
});

describe('an unknown member', () => {
  it('is found wherever it is', () => {
    const schema = {
      properties: { a: { items: { properties: { b: {} } } }, c: { anyOf: [{}, { properties: { d: {} } }] } },
    };
    expect(unknownMembers(schema, { a: [{ b: 1, x: 1 }], c: { d: 1, y: 1 }, z: 1 })).toEqual(['.a[].x', '.c.y', '.z']);
  });
});
