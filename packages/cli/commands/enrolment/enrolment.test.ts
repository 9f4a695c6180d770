import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CreatedEnrolmentToken,
  EndpointIdentity,
  EnrolmentRules,
  EnrolmentTokenList,
  WaitingEndpointList,
} from '@thimble/protocol';
import { FakeAgent } from '@thimble/server/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../testing/fleet.ts';

let fleet: CommandedFleet;
let stateDirectory: string;
beforeAll(async () => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'thimble-enrolment-'));
  fleet = await startCommandedFleet();
});
afterAll(async () => {
  await fleet.server.stop();
  rmSync(stateDirectory, { recursive: true, force: true });
});

const create = (...options: readonly string[]) =>
  fleet.json<CreatedEnrolmentToken>('enrolment-tokens', 'create', 'shops', ...options);

async function waiting(hostname: string): Promise<FakeAgent> {
  const agent = new FakeAgent(fleet.server.url, hostname);
  await agent.enrol((await create('--approve')).secret);
  return agent;
}

describe('thimble enrolment-tokens', () => {
  test('create takes all that a token gives and demands, and list shows it', async () => {
    const scope = ['--label', 'role=till', '--group', 'shops', '--site', 'berlin', '--network', '10.7.0.0/16'];
    const { token } = await create(...scope, '--approve', '--no-end');
    expect(token).toMatchObject({
      labels: { role: 'till' },
      groups: ['shops'],
      site: 'berlin',
      networks: ['10.7.0.0/16'],
      approve: true,
      expiresAt: null,
    });
    const { stdout } = await fleet.run(['enrolment-tokens'], 160);
    expect(stdout).toContain('role=till, shops, site berlin, from 10.7.0.0/16, approval');
    await fleet.json('enrolment-tokens', 'revoke', token.id);
    const { items } = await fleet.json<EnrolmentTokenList>('enrolment-tokens');
    expect(items.map(({ id }) => id)).not.toContain(token.id);
  });

  test('rules make everybody wait', async () => {
    const always = await fleet.json<EnrolmentRules>('enrolment-tokens', 'rules', '--approve', 'always');
    expect(always).toEqual({ approveEnrolments: true });
    await fleet.json('enrolment-tokens', 'rules', '--approve', 'as-the-token-says');
  });
});

describe('thimble endpoints waiting|admit|refuse', () => {
  test('by name, by key, or all at once', async () => {
    const agents = [await waiting('till-1'), await waiting('till-2'), await waiting('till-3')];
    const [first, second] = agents;
    const listed = await fleet.run(['endpoints', 'waiting'], 160);
    expect(listed.stdout).toContain(first?.key.keyid.slice(0, 16));
    expect((await fleet.run(['endpoints', 'admit', 'till-1'])).code).toBe(0);
    expect((await fleet.run(['endpoints', 'refuse', second?.key.keyid ?? ''])).code).toBe(0);
    expect((await fleet.run(['endpoints', 'admit', '--all'])).code).toBe(0);
    const { items } = await fleet.json<WaitingEndpointList>('endpoints', 'waiting');
    expect(items).toEqual([]);
  });

  test('one of two with the same name has to be named by its key', async () => {
    await waiting('same');
    await waiting('same');
    expect(await fleet.run(['endpoints', 'admit', 'same'])).toMatchObject({ code: EXIT.usage });
    expect(await fleet.run(['endpoints', 'admit'])).toMatchObject({ code: EXIT.usage });
    await fleet.run(['endpoints', 'refuse', '--all']);
  });
});

describe('thimble endpoints identity|quarantine|release|separate', () => {
  test('copies are shown, and separated by the beginning of a boot id', async () => {
    const agent = await fleet.agent('twin');
    await fleet.run(['endpoints', 'quarantine', 'twin', '--reason', 'it behaves as two']);
    const shown = await fleet.run(['endpoints', 'separate', 'twin'], 160);
    expect(shown.stdout).toContain('it behaves as two (test');
    expect(shown.stderr).toContain('--keep');
    const { bootId } = agent.system;
    const kept = await fleet.json<EndpointIdentity>('endpoints', 'separate', 'twin', '--keep', bootId.slice(0, 8));
    expect(kept.keeping).toBe(bootId);
    expect(await fleet.run(['endpoints', 'separate', 'twin', '--keep', 'nothing'])).toMatchObject({ code: EXIT.usage });
    const released = await fleet.json<EndpointIdentity>('endpoints', 'release', 'twin', '--reason', 'looked at');
    expect(released).toMatchObject({ quarantine: null, keeping: null });
  });
});

test('the real agent waits, is let in by its fingerprint, and changes its key on the real server', async () => {
  const { secret } = await create('--approve');
  const { publicUrl, caFingerprint = '' } = fleet.server.context;
  const here = ['--state-dir', stateDirectory];
  const server = ['--server', publicUrl, '--token', secret, '--ca-fingerprint', caFingerprint];
  const enrolled = await fleet.run(['agent', 'enroll', ...server, '--no-service', ...here]);
  expect(enrolled).toMatchObject({ code: 0 });
  const { keyid } = await fleet.json<{ keyid: string }>('agent', 'status', ...here);
  expect(enrolled.stdout).toContain(keyid);
  expect((await fleet.run(['endpoints', 'admit', keyid])).code).toBe(0);
  const rotated = await fleet.json<{ kind: string; keyid: string }>('agent', 'rotate-key', ...here);
  expect(rotated.kind).toBe('changed');
  expect(rotated.keyid).not.toBe(keyid);
  const { endpointId } = await fleet.json<{ endpointId: string }>('agent', 'status', ...here);
  const known = await fleet.json<EndpointIdentity>('endpoints', 'identity', endpointId);
  expect(known.keyid).toBe(rotated.keyid);
});
