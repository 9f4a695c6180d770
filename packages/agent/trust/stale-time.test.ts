import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_TRUST, type TrustState } from '@thimble/agent-core';
import { makeApproverSet, makeKeyFile } from '@thimble/protocol/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock, type Clock } from '../clock.ts';
import { SILENT } from '../log.ts';
import { openDisk } from '../state/disk.ts';
import { ORGANISATION_ID } from '../testing/fake-server.ts';
import { staleTimeOf, tellStaleTime } from './stale-time.ts';

const ENROLLED = '2026-06-01T00:00:00.000Z';
const identity = { checkInIntervalSeconds: 60, enrolledAt: ENROLLED };
const HOUR_MS = 3_600_000;
const after = (hours: number) => Date.parse(ENROLLED) + hours * HOUR_MS;
const set = makeApproverSet(ORGANISATION_ID, 1, [[makeKeyFile()]]);
const demanding: TrustState = { ...EMPTY_TRUST, approvers: { set, sha256: 'a'.repeat(64) } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-agent-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('where nothing was ever heard, that counts from the enrolment on, and only where approvers are demanded', () => {
  expect(staleTimeOf(EMPTY_TRUST, identity, after(1000))).toBeNull();
  expect(staleTimeOf(demanding, identity, after(24))).toBeNull();
  expect(staleTimeOf(demanding, identity, after(25))).toContain(ENROLLED);
  const heard = { ...demanding, time: { saidAt: ENROLLED, heardAt: new Date(after(20)).toISOString() } };
  expect(staleTimeOf(heard, identity, after(25))).toBeNull();
});

test('it is told once a day, also by an agent that is started for each check-in', async () => {
  const disk = await openDisk(folder);
  const lines: string[] = [];
  const at = (hours: number): Promise<void> => {
    const clock: Clock = { ...systemClock, now: () => after(hours) };
    return tellStaleTime('no time', { disk, clock, log: { ...SILENT, warn: (line) => lines.push(line) } });
  };
  for (const hours of [30, 31, 53, 54]) await at(hours);
  expect(lines).toEqual(['no time', 'no time']);
});
