import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLocalHost, type Host } from '@thimble/drivers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentContext } from '../context.ts';
import { SILENT } from '../log.ts';
import { fakeDriver, fakeHost } from '../testing/fake-driver.ts';
import { openSoftware, type SoftwareLook } from './software.ts';

const HOUR_MS = 3_600_000;
let root: string;
let nowMs: number;
let walks: number;
let files: Map<string, Buffer>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'thimble-software-'));
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  walks = 0;
  files = new Map();
  mkdirSync(join(root, 'work'));
  put('var/lib/dpkg/status', 'one');
  install('1.0.0');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
const install = (version: string) => put('srv/app/node_modules/x/package.json', JSON.stringify({ name: 'x', version }));

function software(given?: Host) {
  const local = createLocalHost({ root });
  const host: Host = given ?? {
    ...local,
    tree: (path) => {
      if (path === '/srv') walks += 1;
      return local.tree(path);
    },
  };
  const disk = {
    read: (name: string) => Promise.resolve(files.get(name) ?? null),
    write: (name: string, data: string | Uint8Array) => Promise.resolve(void files.set(name, Buffer.from(data))),
  };
  const context = {
    host,
    driver: { ...fakeDriver(), id: 'apt' },
    workspace: { directory: '/work' },
    disk,
    clock: { now: () => nowMs },
    log: SILENT,
    agent: { version: '1', mode: 'timer', privileged: true },
  };
  return openSoftware(context as unknown as AgentContext);
}

const look = (last: SoftwareLook | null, force = false) => software().look(last, force);

describe('looking for software besides the package manager’s', () => {
  it('is done at first, and not again within an hour', async () => {
    const first = await look(null);
    install('2.0.0');
    nowMs += HOUR_MS - 1;
    expect(await look(first)).toBe(first);
    expect(walks).toBe(1);
    nowMs += 1;
    const second = await look(first);
    expect(second.sha256).not.toBe(first.sha256);
    expect(walks).toBe(2);
  });

  it.each<[string, () => void, boolean]>([
    ['packages were installed', () => put('var/lib/dpkg/status', 'another'), false],
    ['somebody orders it', () => undefined, true],
    ['the clock went back', () => (nowMs -= 1), false],
  ])('is done anew when %s', async (_, happen, force) => {
    const first = await look(null);
    happen();
    await look(first, force);
    expect(walks).toBe(2);
  });

  it('has the same digest where nothing changed', async () => {
    const first = await look(null);
    expect((await look(first, true)).sha256).toBe(first.sha256);
  });

  it('keeps what was found for the next manifest', async () => {
    const first = await look(null);
    const found = await software().found(first);
    expect(found?.components).toEqual([
      { purl: 'pkg:npm/x@1.0.0', place: 'host', locations: ['/srv/app/node_modules/x'] },
    ]);
    expect(walks).toBe(1);
  });

  it.each(['rubbish', ''])('looks anew where that was damaged', async (damage) => {
    const first = await look(null);
    files.set('documents/software', Buffer.from(damage));
    expect((await software().found(first))?.components).toHaveLength(1);
    expect(walks).toBe(2);
  });

  it('is not done where files can not be looked through, and nothing is claimed then', async () => {
    const found = await software(fakeHost()).look(null, false);
    expect(found.sha256).toBeNull();
    expect(await software(fakeHost()).found(found)).toBeNull();
  });
});
