import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalHost, type Host } from '@thimble/drivers';
import type { CheckInReply } from '@thimble/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { SILENT } from '../log.ts';
import { writeChecked } from '../state/checked-file.ts';
import { openDisk, type Disk } from '../state/disk.ts';
import type { Identity } from '../state/identity.ts';
import { makeUpdateClient, type UpdateClient } from '../testing/update-client.ts';
import { sha256, TARGET } from '../testing/update-repository.ts';
import { readUpdateState } from './open-world.ts';
import { programFile } from './programs.ts';
import { openSelfUpdate, type SelfUpdate } from './self-update.ts';
import { trustRoot } from './trust-root.ts';

const HINT: CheckInReply = {
  wanted: [],
  checkInIntervalSeconds: 60,
  ordersWaiting: false,
  serverTime: '2026-01-01T00:00:00.000Z',
  agentUpdate: true,
};

let client: UpdateClient;
let disk: Disk;
/** Commands of the system; none of them runs. */
let commands: string[];

beforeEach(async () => {
  client = await makeUpdateClient();
  disk = await openDisk(client.folder);
  commands = [];
});
afterEach(() => client.clean());

function open(runs: string | null = null): Promise<SelfUpdate | undefined> {
  const local = createLocalHost();
  const host: Host = {
    ...local,
    run: (argv, options) => {
      if (argv[0]?.startsWith(client.folder) === true) return local.run(argv, options);
      commands.push(argv.join(' '));
      return local.run(['false'], options);
    },
  };
  const identity: Identity = {
    format: 1,
    serverUrl: client.site.url,
    pin: { fingerprint: '', certificatePem: client.site.certificatePem },
    endpointId: '0199a5a0-0000-7000-8000-000000000001',
    organisationId: '0199a5a0-0000-7000-8000-0000000000aa',
    organisationName: 'Tests',
    orderKeys: [],
    checkInIntervalSeconds: 60,
    enrolledAt: '2026-01-01T00:00:00.000Z',
  };
  const launched = { program: '/usr/bin/thimble', sha256: runs };
  return openSelfUpdate({
    stateDirectory: client.folder,
    disk,
    identity,
    host,
    clock: systemClock,
    log: SILENT,
    launched,
  });
}

async function pinned(runs: string | null = null): Promise<SelfUpdate> {
  await trustRoot(client.folder, client.repository.pinnedRoot);
  const update = await open(runs);
  if (update === undefined) throw new Error('a root is pinned');
  return update;
}

/** A program that says who it is. @returns its digest */
function offer(version: string, says = version): string {
  const program = Buffer.from(`#!/bin/sh\necho 'thimble ${says} (a test)'\n`);
  client.repository.offer(version, program);
  client.repository.publish();
  return sha256(program);
}

test('without a pinned root nothing is asked for, whatever the server says', async () => {
  offer('9.0.0');
  expect(await open()).toBeUndefined();
  expect(client.site.asked).toEqual([]);
});

test('what is no root is not trusted', async () => {
  const { files } = client.repository;
  for (const wrong of [Buffer.from('{}'), files.get('timestamp.json') ?? Buffer.alloc(0)])
    await expect(trustRoot(client.folder, wrong)).rejects.toMatchObject({ code: 'bad-update-root' });
  expect(await open()).toBeUndefined();
});

describe('with a pinned root', () => {
  const state = () => readUpdateState(disk);

  test('nothing is asked for before the server says that there may be news', async () => {
    offer('9.0.0');
    const update = await pinned();
    await update.look({ ...HINT, agentUpdate: false });
    expect(client.site.asked).toEqual([]);
  });

  test('a newer version is verified, run once, and waits; a quiet moment restarts the agent', async () => {
    const digest = offer('9.0.0');
    const update = await pinned();
    await update.idle();
    expect(commands).toEqual([]);
    await update.look(HINT);
    expect(await state()).toMatchObject({ current: null, trial: { version: '9.0.0', sha256: digest, starts: 0 } });
    expect(existsSync(programFile(join(client.folder, 'update'), '9.0.0'))).toBe(true);
    await update.idle();
    expect(commands.at(-1)).toBe('systemctl restart --no-block thimble-agent.service');
  });

  test('the version on trial stays after a check-in, and its guard goes', async () => {
    const digest = offer('9.0.0');
    await (await pinned()).look(HINT);
    commands.length = 0;
    await (await pinned(digest)).prove();
    expect(await state()).toMatchObject({ current: { version: '9.0.0' }, trial: null });
    expect(commands).toEqual(['systemctl stop thimble-update-guard.timer']);
  });

  test('a version that was given up makes room when it gets through after all, and is reported', async () => {
    const digest = offer('9.0.0');
    const update = await pinned(digest);
    const givenUp = { version: '9.0.0', sha256: digest, reason: 'too late', atMs: 0 };
    await writeChecked(disk, 'update/state', 'update', { format: 1, current: null, trial: null, givenUp: [givenUp] });
    await update.prove();
    expect(commands.at(-1)).toBe('systemctl restart --no-block thimble-agent.service');
    expect(await update.report()).toEqual({ givenUp: { version: '9.0.0', reason: 'too late' } });
    await update.look(HINT);
    expect((await state()).trial).toBeNull();
    expect(client.site.asked.some((path) => path.startsWith('targets/'))).toBe(false);
  });

  test.each([
    ['says another version', () => offer('9.0.0', '8.0.0')],
    ['is not newer', () => offer('0.0.1')],
    [
      'was changed on the way',
      () => client.repository.files.set(`targets/${offer('9.0.0')}.${TARGET}`, Buffer.from('x')),
    ],
  ])('a program that %s is not tried, and nothing of it is left', async (_, prepare) => {
    prepare();
    await (await pinned()).look(HINT);
    expect((await state()).trial).toBeNull();
    expect(readdirSync(join(client.folder, 'update', 'versions'))).toEqual([]);
    expect(readdirSync(join(client.folder, 'update'))).not.toContain('fetched');
  });

  test('a damaged state stops updates, and never a check-in', async () => {
    offer('9.0.0');
    const update = await pinned();
    writeFileSync(join(client.folder, 'update', 'state'), 'torn');
    expect(await update.report()).toBeUndefined();
    await update.prove();
    await update.look(HINT);
    await update.idle();
    expect(readdirSync(join(client.folder, 'update', 'versions'))).toEqual([]);
  });
});
