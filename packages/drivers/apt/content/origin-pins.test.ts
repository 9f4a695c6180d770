import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalHost } from '../../local-host.ts';
import { translateOriginPins } from './origin-pins.ts';

const ADDRESSES = new Map([
  ['deb.example', '127.0.0.1'],
  ['vendor.example', '127.0.0.2'],
]);

describe("the endpoint's pins by origin", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'origin-pins-'));
    mkdirSync(join(folder, 'preferences.d'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const translate = (files: Readonly<Record<string, string>>, addresses: typeof ADDRESSES | null = ADDRESSES) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const places = { preferences: join(folder, 'preferences'), preferencesParts: join(folder, 'preferences.d') };
    return translateOriginPins(createLocalHost(), places, addresses);
  };

  test.each([
    ['Pin: origin vendor.example', 'Pin: origin 127.0.0.2'],
    ['Pin: origin "Vendor.Example" ', 'Pin: origin "127.0.0.2" '],
    ['pin:\torigin  "deb.example"', 'pin:\torigin  "127.0.0.1"'],
  ])('%j is %j', async (line, expected) => {
    const stanza = (pin: string) => `Package: *\n${pin}\nPin-Priority: 700\n`;
    expect(await translate({ preferences: stanza(line) })).toEqual({ ok: true, text: stanza(expected) });
  });

  test('of what is on this machine, of other hosts and of releases stay, and then nothing is replaced', async () => {
    const preferences =
      'Package: *\nPin: origin ""\n\nPackage: *\nPin: origin other.example\n\nPackage: *\nPin: release o=vendor.example\n';
    expect(await translate({ preferences })).toEqual({ ok: true, text: null });
    expect(await translate({ preferences: '' })).toEqual({ ok: true, text: null });
  });

  test('are found in every file that apt reads, in its order, and the others go along', async () => {
    const files = {
      preferences: 'Package: a\nPin: version 1\n',
      'preferences.d/2.pref': 'Package: c\nPin: origin deb.example\n',
      'preferences.d/1': 'Package: b\nPin: version 2\n',
      'preferences.d/3.bak': 'Package: d\nPin: version 3\n',
    };
    expect(await translate(files)).toEqual({
      ok: true,
      text: 'Package: a\nPin: version 1\n\n\nPackage: b\nPin: version 2\n\n\nPackage: c\nPin: origin 127.0.0.1\n',
    });
  });

  test.each(['*.example', '/vendor/', 'vendor?example'])('by the pattern %s stop the order', async (pattern) => {
    const found = await translate({ 'preferences.d/x': `Package: *\nPin: origin ${pattern}\n` });
    expect(found).toMatchObject({
      ok: false,
      error: { code: 'unsupported', message: expect.stringContaining('/x pins') },
    });
  });

  test('stop the order when there are more hosts than addresses', async () => {
    expect(await translate({ preferences: 'Package: *\nPin: origin deb.example\n' }, null)).toMatchObject({
      ok: false,
    });
    expect(await translate({ preferences: 'Package: *\nPin: version 1\n' }, null)).toMatchObject({ ok: true });
  });
});
