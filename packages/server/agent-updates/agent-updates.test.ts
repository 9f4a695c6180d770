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
import type { AgentUpdateStatus, AgentVersionState, CheckInReply } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../testing/fake-agent.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { advanceVersions } from './advance-versions.ts';
import { readRepository } from './read-repository.ts';

const PROGRAM = 'a new agent';
const ROOT_KEYS = ['--root-key', 'a', '--root-key', 'b', '--root-key', 'c'];
const ONLINE_KEYS = ['--targets-key', 't', '--snapshot-key', 's', '--timestamp-key', 'u'];

const HOUR_MS = 3_600_000;
let nowMs = Date.now();
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
  fleet = await startTestFleet({ clock: () => new Date(nowMs), settings: { agentUpdates: repository } });
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
  const agents: FakeAgent[] = [];
  const running = new Map<FakeAgent, object>();
  /** What the endpoint is told, when it says that besides the usual. */
  const hint = async (agent: FakeAgent, more: object = {}): Promise<unknown> => {
    running.set(agent, { agentVersion: '0.1.0', takesUpdates: true, ...running.get(agent), ...more });
    const body = JSON.stringify({ ...(JSON.parse(agent.checkInBody()) as object), ...running.get(agent) });
    const reply = await agent.send({ method: 'POST', path: '/check-in', body });
    expect(reply.status).toBe(200);
    return (reply.json as CheckInReply).agentUpdate;
  };
  const told = async (): Promise<FakeAgent[]> => {
    const hints = await Promise.all(agents.map((agent) => hint(agent)));
    return agents.filter((_, index) => hints[index] === true);
  };
  const state = async (): Promise<AgentVersionState | undefined> => {
    await Promise.all(agents.map((agent) => hint(agent)));
    await advanceVersions(fleet.context);
    const { json } = await fleet.call('GET', '/agent-updates');
    return (json as unknown as AgentUpdateStatus).versions.find(({ version }) => version === '0.2.0');
  };
  const decide = (decision: string, version = '0.2.0') =>
    fleet.call('POST', '/agent-updates/decide', { version, decision });
  const takes = async (some: readonly FakeAgent[]): Promise<void> => {
    for (const agent of some) await hint(agent, { agentVersion: '0.2.0' });
  };
  beforeAll(async () => {
    for (let index = 0; index < 8; index += 1) agents.push(await fleet.agent(`agent-${index}`));
    await fleet.agent('without-root');
  });

  test('nobody, before somebody could take it', async () => {
    await advanceVersions(fleet.context);
    expect((await fleet.call('GET', '/agent-updates')).json).toMatchObject({ versions: [], takers: 0 });
  });

  test('one canary of eight first, and not the others, while it has to do well', async () => {
    expect(await state()).toMatchObject({ state: 'under-way', wave: 0, counts: { taking: 1 } });
    const first = await told();
    expect(first).toHaveLength(1);
    await takes(first);
    expect(await state()).toMatchObject({ wave: 0, counts: { soaking: 1, taking: 0 } });
    nowMs += 23 * HOUR_MS;
    expect(await state()).toMatchObject({ wave: 0 });
    expect(await told()).toEqual([]);
  });

  test('then a quarter, without a person, and two replicas that look at once take one step', async () => {
    nowMs += HOUR_MS;
    await told();
    await Promise.all([advanceVersions(fleet.context), advanceVersions(fleet.context)]);
    expect(await state()).toMatchObject({ wave: 1, explanation: expect.stringContaining('still run') as string });
    expect(await told()).toHaveLength(1);
    expect(await kinds('agent-version-advanced')).toHaveLength(1);
  });

  test('nobody else while one that was told is not heard', async () => {
    const [second] = await told();
    if (second === undefined) throw new Error('somebody was told');
    agents.splice(agents.indexOf(second), 1);
    nowMs += HOUR_MS;
    expect(await state()).toMatchObject({ wave: 1, counts: { lost: 1 } });
    expect(await told()).toEqual([]);
    agents.push(second);
    expect(await state()).toMatchObject({ counts: { lost: 0, taking: 1 } });
    expect(await told()).toEqual([second]);
  });

  test('nobody any more after one endpoint went back, from that moment on', async () => {
    const [unlucky] = await told();
    if (unlucky === undefined) throw new Error('somebody was told');
    const agentUpdate = { givenUp: { version: '0.2.0', reason: 'it did not check in' } };
    expect(await hint(unlucky, { agentUpdate })).toBeUndefined();
    expect(await told()).toEqual([]);
    expect(await state()).toMatchObject({
      state: 'halted',
      explanation: expect.stringContaining('did not check in') as string,
    });
    expect(await kinds('agent-version-halted')).toHaveLength(1);
    expect(await kinds('agent-version-given-up')).toHaveLength(1);
    expect((await fleet.call('GET', '/agent-updates')).json).toMatchObject({
      repository: 'offers',
      offered: { 'linux-x64': '0.2.0' },
      givenUp: [{ endpointId: unlucky.id, hostname: unlucky.hostname, version: '0.2.0' }],
    });
  });

  test('it goes on when a person says so; what happened before is forgiven', async () => {
    nowMs += 1;
    expect((await decide('advance')).status).toBe(409);
    expect((await decide('resume')).status).toBe(200);
    expect((await decide('advance')).status).toBe(200);
    expect(await state()).toMatchObject({ state: 'under-way', wave: 2 });
    expect((await decide('advance')).status).toBe(409);
    await takes((await told()).filter((agent) => agent.hostname !== 'agent-0'));
    expect((await decide('pause')).status).toBe(200);
    expect(await told()).toEqual([]);
    expect((await decide('block')).status).toBe(200);
    expect(await state()).toMatchObject({ state: 'blocked', decidedBy: expect.any(String) as string });
    expect(await kinds('agent-version-decided')).toHaveLength(4);
  });

  test('a version that nobody offers yet can be blocked; what an endpoint makes up is not taken down', async () => {
    expect((await decide('block', '0.9.0')).status).toBe(200);
    const [agent] = agents;
    if (agent === undefined) throw new Error('there are agents');
    await hint(agent, { agentUpdate: { givenUp: { version: '7.7.7', reason: 'made up' } } });
    expect(await kinds('agent-version-given-up')).toHaveLength(1);
    expect((await decide('block', 'no version, but words')).status).toBe(400);
  });

  async function kinds(kind: string): Promise<unknown[]> {
    const { json } = await fleet.call('GET', '/evidence?limit=500');
    return (json as { items: { kind: string }[] }).items.filter((item) => item.kind === kind);
  }
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
