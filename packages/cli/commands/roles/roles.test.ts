import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AllGrants, ApiTokenList, CreatedToken, RoleList } from '@thimble/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT } from '../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../testing/fleet.ts';

let fleet: CommandedFleet;
beforeAll(async () => {
  fleet = await startCommandedFleet();
});
afterAll(() => fleet.server.stop());

it('makes a role, says what it allows, changes and removes it', async () => {
  const made = await fleet.run(['roles', 'create', 'Night shift', '--permission', 'runs:read,runs:operate']);
  expect(made).toMatchObject({ code: 0, stderr: 'Night shift allows runs:read, runs:operate.' });
  expect((await fleet.run(['roles', 'change', 'night shift', '--permission', 'runs:read'])).stderr).toBe(
    'Night shift allows runs:read.',
  );
  const { items } = await fleet.json<RoleList>('roles', 'list');
  expect(items.map(({ name }) => name)).toContain('Night shift');
  expect((await fleet.run(['roles', 'remove', 'Night shift'])).code).toBe(0);
});

it('gives and takes roles, also for some endpoints', async () => {
  const granted = await fleet.run(['people', 'grant', 'Administrator', 'operator', '--label', 'role=web']);
  expect(granted.stderr).toBe('Administrator has owner, operator on role=web now.');
  expect((await fleet.run(['people', 'revoke', 'Administrator', 'operator'])).stderr).toBe(
    'Administrator has owner now.',
  );
  const { items } = await fleet.json<AllGrants>('roles', 'grants');
  expect(items).toMatchObject([{ name: 'Administrator', grants: [{ roleId: 'owner' }] }]);
  expect(await fleet.run(['people', 'revoke', 'Administrator', 'owner'])).toMatchObject({ code: EXIT.failure });
  expect(await fleet.run(['people', 'grant', 'Nobody', 'viewer'])).toMatchObject({ code: EXIT.usage });
});

it('a token gets a role or permissions, for endpoints by label; over the network no token makes one', async () => {
  const { data } = fleet.server.context.settings;
  // Where a server that was started as a program has it.
  await mkdir(join(data, 'run'));
  await symlink(fleet.server.socketPath, join(data, 'run', 'api.sock'));
  const local = await fleet.json<CreatedToken>(
    'tokens',
    'create',
    'ci',
    '--role',
    'operator',
    '--label',
    'role=web',
    '--data',
    data,
  );
  expect(local.token).toMatchObject({ roleName: 'operator', labels: { role: 'web' }, createdBy: 'local operator' });
  const narrow = await fleet.json<CreatedToken>(
    'tokens',
    'create',
    'report',
    '--permission',
    'evidence:read',
    '--data',
    data,
  );
  expect(narrow.token).toMatchObject({ roleName: null, permissions: ['evidence:read'] });
  expect((await fleet.json<ApiTokenList>('tokens', 'list')).items.map(({ name }) => name)).toContain('report');
  const refused = await fleet.run(['tokens', 'create', 'heir']);
  expect(refused).toMatchObject({ code: EXIT.failure, stderr: expect.stringMatching(/A token can’t make tokens/) });
  expect((await fleet.run(['tokens', 'create', 'x', '--permission', 'everything'])).code).toBe(EXIT.usage);
});

it('says whether who proposes may approve', async () => {
  expect((await fleet.run(['roles', 'four-eyes'])).stderr).toMatch(/^automatic, not in force: Only one person/);
  expect((await fleet.run(['roles', 'four-eyes', 'required'])).stderr).toMatch(/^required, in force/);
  expect((await fleet.run(['roles', 'four-eyes', 'sometimes'])).code).toBe(EXIT.usage);
});
