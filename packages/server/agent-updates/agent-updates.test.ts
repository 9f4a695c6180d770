import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckInReply } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../testing/fake-agent.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { isAmongFirst } from './hints.ts';
import { readRepository } from './read-repository.ts';

const PROGRAM = 'a new agent';
const ROOT_KEYS = ['--root-key', 'a', '--root-key', 'b', '--root-key', 'c'];
const ONLINE_KEYS = ['--targets-key', 't', '--snapshot-key', 's', '--timestamp-key', 'u'];

let folder: string;
let repository: string;
let fleet: TestFleet;

/** The vendor's own command. */
function release(...words: readonly string[]): string {
  const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'release.ts');
  return execFileSync(process.execPath, [script, ...words], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-agent-updates-'));
  repository = join(folder, 'repository');
  for (const key of ['a', 'b', 'c', 't', 's', 'u']) release('key', key);
  release('root', 'repository', ...ROOT_KEYS, ...ONLINE_KEYS);
  writeFileSync(join(folder, 'thimble-agent-0.2.0-linux-x64'), PROGRAM);
  release('add', 'repository', 'thimble-agent-0.2.0-linux-x64', ...ONLINE_KEYS);
  fleet = await startTestFleet({ settings: { agentUpdates: repository, agentUpdatePercent: 100 } });
});
afterAll(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string) => fetch(`${fleet.url}/updates/${path}`);

describe('the repository that is served', () => {
  test('has its metadata and programs, for whoever asks', async () => {
    for (const name of ['1.root.json', '1.targets.json', '1.snapshot.json', 'timestamp.json'])
      expect(await (await get(name)).text()).toBe(readFileSync(join(repository, name), 'utf8'));
    const [program = ''] = readdirSync(join(repository, 'targets'));
    expect(program).toMatch(/^[0-9a-f]{64}\.thimble-agent-linux-x64$/);
    expect(await (await get(`targets/${program}`)).text()).toBe(PROGRAM);
  });

  test('has nothing else: no listing, no other file, no way out, no link', async () => {
    writeFileSync(join(repository, 'notes.txt'), 'private');
    writeFileSync(join(repository, 'staged.root.json'), '{}');
    mkdirSync(join(repository, '9.root.json'));
    symlinkSync(join(fleet.context.settings.data, 'keys', 'order.pem'), join(repository, '8.root.json'));
    const names = [
      '',
      'targets',
      'targets/',
      'notes.txt',
      'staged.root.json',
      '9.root.json',
      '8.root.json',
      '2.root.json',
    ];
    for (const name of [...names, '..%2Fa', 'targets/..%2F1.root.json', 'targets/notes.txt'])
      expect((await get(name)).status, name).toBe(404);
  });
});

describe('who may look for a new version', () => {
  const hint = async (agent: FakeAgent, more: object = {}): Promise<unknown> => {
    const body = JSON.stringify({ ...(JSON.parse(agent.checkInBody()) as object), ...more });
    const reply = await agent.send({ method: 'POST', path: '/check-in', body });
    expect(reply.status).toBe(200);
    return (reply.json as CheckInReply).agentUpdate;
  };

  test('those among the first, while there is something newer', async () => {
    const agent = await fleet.agent('first');
    expect(await hint(agent)).toBe(true);
    expect(await hint(agent, { agentVersion: '0.2.0' })).toBeUndefined();
    expect(await hint(agent, { agentVersion: 'no version' })).toBeUndefined();
  });

  test('nobody of an organisation after one endpoint of it had to give the version up', async () => {
    const [agent, other] = [await fleet.agent('unlucky'), await fleet.agent('other')];
    expect(await hint(other)).toBe(true);
    const agentUpdate = { givenUp: { version: '0.2.0', reason: 'it did not check in' } };
    expect(await hint(agent, { agentUpdate })).toBeUndefined();
    expect(await hint(other)).toBeUndefined();
    expect((await fleet.call('GET', '/agent-updates')).json).toMatchObject({
      percent: 100,
      repository: 'offers',
      offered: { 'linux-x64': '0.2.0' },
      givenUp: [{ endpointId: agent.id, version: '0.2.0', reason: 'it did not check in' }],
    });
  });

  test('the first ones stay the first when there are more of them', () => {
    const ids = Array.from({ length: 2000 }, (_, n) => `endpoint ${n}`);
    const first = (percent: number) => ids.filter((id) => isAmongFirst(id, percent));
    expect(first(0)).toEqual([]);
    expect(first(100)).toEqual(ids);
    expect(first(10).length).toBeGreaterThan(140);
    expect(first(10).length).toBeLessThan(260);
    expect(first(50)).toEqual(expect.arrayContaining(first(10)));
  });
});

describe('the server’s own look', () => {
  const look = () => readRepository(repository, join(folder, 'seen'));

  test('sees that a repository went back', async () => {
    const older = readFileSync(join(repository, 'timestamp.json'));
    release('timestamp', 'repository', '--timestamp-key', 'u');
    expect((await look()).kind).toBe('offers');
    const newer = readFileSync(join(repository, 'timestamp.json'));
    writeFileSync(join(repository, 'timestamp.json'), older);
    expect(await look()).toMatchObject({ kind: 'refused' });
    writeFileSync(join(repository, 'timestamp.json'), newer);
    expect((await look()).kind).toBe('offers');
  });

  test('an empty folder offers nothing', async () => {
    expect(await readRepository(join(folder, 'nowhere'), join(folder, 'seen-2'))).toEqual({ kind: 'absent' });
  });
});

describe('publishing', () => {
  test('a new root needs as many signatures as it asks for, and as the one before asks for', async () => {
    const place = join(folder, 'rotated');
    mkdirSync(join(folder, 'offline'));
    for (const key of ['a', 'b']) copyFileSync(join(folder, key), join(folder, 'offline', key));
    const roots = (...keys: string[]) => keys.flatMap((key) => ['--root-key', key]);
    expect(release('root', 'rotated', ...roots('a', 'b.pub', 'c.pub'), ...ONLINE_KEYS)).toContain('1 of 2 signatures');
    expect(release('sign', 'rotated', ...roots('b'))).toContain('published');
    for (const key of ['d', 'e']) release('key', key);
    expect(release('root', 'rotated', ...roots('c', 'd', 'e'), ...ONLINE_KEYS)).toContain(
      '1 of 2 signatures by the keys of root 1',
    );
    expect(release('sign', 'rotated', ...roots('offline/a'))).toContain('published');
    release('add', 'rotated', 'thimble-agent-0.2.0-linux-x64', ...ONLINE_KEYS);
    expect(await readRepository(place, join(folder, 'seen-3'))).toMatchObject({ kind: 'offers' });
  });

  test('keys are never overwritten, and other names are no programs', () => {
    expect(() => release('key', 'a')).toThrow(/EEXIST/);
    expect(() => release('add', 'repository', 'a', ...ONLINE_KEYS)).toThrow(/is not named/);
  });
});
