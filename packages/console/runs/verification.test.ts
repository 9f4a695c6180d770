import type { Verification } from '@thimble/protocol';
import { expect, test } from 'vitest';
import { checksOf } from './verification.ts';

const fine: Verification = {
  checkedAt: '2026-05-03T12:00:00.000Z',
  wrongVersions: [],
  brokenPackages: [],
  staleProcesses: [],
  restartedUnits: [],
  failedUnitsBefore: ['old.service'],
  failedUnitsAfter: ['old.service'],
  kernel: {
    running: '6.1.0-18',
    installed: '6.1.0-18',
    runningPackageVersion: null,
    installedPackageVersion: null,
    waitsForReboot: false,
  },
  waits: [],
  effective: true,
  gaps: [],
};
const tones = (verification: Verification): string[] => checksOf(verification).map((check) => check.tone);

test('a unit that had failed before is not held against the order', () => {
  expect(tones(fine)).toEqual(['good', 'good', 'good', 'good', 'good']);
});

test('a unit that failed since is', () => {
  expect(checksOf({ ...fine, failedUnitsAfter: ['old.service', 'new.service'] })).toContainEqual({
    tone: 'failed',
    text: 'Failed since: new.service',
  });
});

test('old code and an old kernel wait; they are not failures', () => {
  const stale = { pid: 1, command: 'systemd', unit: 'init', files: [], packages: [] };
  const kernel = { ...fine.kernel, installed: '6.1.0-40', waitsForReboot: true };
  expect(tones({ ...fine, staleProcesses: [stale], kernel })).toEqual(['good', 'good', 'wait', 'good', 'wait']);
});

test('a wrong version names what is there', () => {
  const wrong = { name: 'curl', architecture: 'amd64', expected: '2', actual: null };
  expect(checksOf({ ...fine, wrongVersions: [wrong] })[0]).toEqual({
    tone: 'failed',
    text: 'Wrong versions: curl is not installed, not 2',
  });
});

test('processes that could not be looked at are never called fine', () => {
  const checks = checksOf({ ...fine, gaps: [{ what: 'stale processes', why: 'no permission' }] });
  expect(checks.map((check) => check.text)).not.toContain('No process runs replaced code');
});

test('what is unknown is listed, never left out', () => {
  expect(checksOf({ ...fine, gaps: [{ what: 'processes', why: 'no permission' }] }).at(-1)).toEqual({
    tone: 'notice',
    text: 'Unknown: processes (no permission)',
  });
});
