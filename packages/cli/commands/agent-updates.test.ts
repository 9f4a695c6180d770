import type { AgentUpdateStatus } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandedFleet, startCommandedFleet } from '../testing/fleet.ts';

let fleet: CommandedFleet;
beforeAll(async () => {
  fleet = await startCommandedFleet();
});
afterAll(() => fleet.server.stop());

test('a version is blocked before it is offered, and shown with its state', async () => {
  const { versions } = await fleet.json<AgentUpdateStatus>('agent-updates', 'block', '9.0.0');
  expect(versions).toMatchObject([{ version: '9.0.0', state: 'blocked' }]);
  const { stdout } = await fleet.run(['agent-updates'], 120);
  expect(stdout).toContain('those that have a root');
  expect(stdout).toMatch(/9\.0\.0 +blocked/);
});

test('what can’t be decided says so', async () => {
  const { code, stderr } = await fleet.run(['agent-updates', 'advance', '9.0.0'], 120);
  expect(code).not.toBe(0);
  expect(stderr).toContain('not in a state');
});
