import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OrderKeyStatus } from '@thimble/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../testing/fleet.ts';

/** One story, in this order. */
let fleet: CommandedFleet;
let data: string;

beforeAll(async () => {
  fleet = await startCommandedFleet();
  ({ data } = fleet.server.context.settings);
  // Where a server that was started as a program has it.
  await mkdir(join(data, 'run'));
  await symlink(fleet.server.socketPath, join(data, 'run', 'api.sock'));
  await fleet.agent('web1');
});
afterAll(() => fleet.server.stop());

it('shows the key that signs, and who has not said that they follow', async () => {
  const { stdout } = await fleet.run(['server', 'order-keys']);
  expect(stdout).toMatch(/^[0-9a-f]{16} {2}signs orders, made /);
  expect(stdout).toContain('0 endpoints of 1 follow list 0.\nNot: web1.\n1 endpoint did not say what they follow yet.');
});

it('changes nothing that nobody confirmed', async () => {
  const { code, stderr } = await fleet.run(['server', 'rotate-order-key', '--data', data]);
  expect(code).toBe(EXIT.pending);
  expect(stderr).toContain('Add --yes.');
  expect((await fleet.json<OrderKeyStatus>('server', 'order-keys')).sequence).toBe(0);
});

it('replaces the key, says who follows, and does not begin another while the one before counts', async () => {
  const before = fleet.server.context.orderKey.keyid;
  const { code, stdout, stderr } = await fleet.run(['server', 'rotate-order-key', '--yes', '--data', data]);
  expect(code).toBe(EXIT.ok);
  expect(stdout).toContain(`${before.slice(0, 16)}  replaced; what it signed still counts`);
  expect(stderr).toContain('Make a backup');
  const again = await fleet.run(['server', 'rotate-order-key', '--yes', '--data', data]);
  expect(again).toMatchObject({ code: EXIT.failure, stderr: expect.stringContaining('--revoke') });
});

it('revokes a key that was stolen, at once', async () => {
  const { stdout } = await fleet.run(['server', 'rotate-order-key', '--revoke', '--yes', '--data', data]);
  expect(stdout.match(/revoked/g)).toHaveLength(2);
});

it('takes a later key along that an older database has forgotten, and only one that it can read', async () => {
  const file = join(data, 'later.pem');
  const rotate = (): ReturnType<CommandedFleet['run']> =>
    fleet.run(['server', 'rotate-order-key', '--also-signed-by', file, '--yes', '--data', data]);
  expect(await rotate()).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining('can’t be read') });
  await writeFile(file, 'no key');
  expect(await rotate()).toMatchObject({ code: EXIT.failure, stderr: expect.stringContaining('can’t be used') });
  await rm(file);
});
