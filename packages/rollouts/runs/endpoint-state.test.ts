import { describe, expect, test } from 'vitest';
import {
  diffTransactions,
  differenceInWords,
  endpointCondition,
  type EndpointFacts,
  endpointState,
  isEmptyDifference,
  systemWaits,
} from './index.ts';

const FACTS: EndpointFacts = {
  scanned: true,
  gaps: [],
  updateCount: 0,
  securityUpdateCount: 0,
  openFindingCount: 0,
  waits: [],
  broken: false,
  brokenPackages: [],
  activeOrder: null,
  failure: null,
};
const GAP = { what: 'security pocket', why: 'the mirror did not answer' };
const REBOOT = { kind: 'reboot', reason: 'kernel 6.1.0-40 installed, 6.1.0-37 running' } as const;

describe('the state of an endpoint', () => {
  test.each<[Partial<EndpointFacts>, string, RegExp]>([
    [{}, 'current', /nothing is pending/],
    [{ scanned: false }, 'unknown', /not scanned yet/],
    [{ updateCount: 2 }, 'pending', /^2 updates pending/],
    [{ updateCount: 2, securityUpdateCount: 1 }, 'exposed', /^1 security update pending/],
    [{ openFindingCount: 1 }, 'exposed', /offer no fix/],
    [{ gaps: [GAP] }, 'unknown', /the mirror did not answer/],
    // Worse and sure comes before unknown.
    [{ gaps: [GAP], updateCount: 1, securityUpdateCount: 1 }, 'exposed', /unknown: security pocket/],
    [{ waits: [REBOOT] }, 'waits', /^waits for reboot: kernel 6.1.0-40 installed, 6.1.0-37 running$/],
    [{ broken: true }, 'failed', /^the package manager was interrupted: run "dpkg --configure -a" there/],
    [{ broken: true, brokenPackages: ['a'] }, 'failed', /^package a is not fully installed: run/],
    [{ failure: 'dpkg returned 1', updateCount: 1 }, 'failed', /dpkg returned 1/],
    [{ failure: 'dpkg returned 1' }, 'current', /nothing is pending/],
    [{ activeOrder: 'apply', failure: 'x', scanned: false }, 'patching', /under way/],
  ])('%o', (rest, state, words) => {
    const condition = endpointCondition({ ...FACTS, ...rest });
    expect(condition.state).toBe(state);
    expect(condition.explanation).toMatch(words);
  });

  test('of half-installed packages it says which, and what to do about them', () => {
    expect(endpointCondition({ ...FACTS, broken: true, brokenPackages: ['a', 'b'] }).explanation).toBe(
      'packages a, b are not fully installed: run "dpkg --configure -a" there, or patch it (an order repairs them first)',
    );
  });

  test('what is unknown is never called current', () => {
    for (const rest of [{ scanned: false }, { gaps: [GAP] }, { gaps: [GAP], updateCount: 1 }])
      expect(endpointCondition({ ...FACTS, ...rest }).state).not.toMatch(/current|pending/);
  });

  test('after three missed check-ins every state is stale, and says what it was', () => {
    const condition = endpointCondition(FACTS);
    const now = Date.parse('2026-05-03T12:00:00Z');
    expect(endpointState(condition, now - 180_000, 60_000, now).state).toBe('current');
    expect(endpointState(condition, now - 180_001, 60_000, now)).toEqual({
      state: 'stale',
      explanation: `the endpoint has not answered since 2026-05-03 11:56 UTC; before that: ${condition.explanation}`,
    });
    expect(endpointState(condition, null, 60_000, now).state).toBe('stale');
  });
});

test('waits of a system: reboots first, services once each, processes of nobody by name', () => {
  const stale = { files: [], packages: ['libssl3'], pid: 7 };
  expect(
    systemWaits({
      kernel: {
        running: '6.1.0-37',
        installed: '6.1.0-40',
        runningPackageVersion: null,
        installedPackageVersion: null,
        waitsForReboot: true,
      },
      rebootRequired: { required: true, reasons: ['linux-image'] },
      staleProcesses: [
        { ...stale, command: 'bash', unit: null },
        { ...stale, command: 'nginx', unit: 'nginx.service' },
        { ...stale, command: 'nginx', unit: 'nginx.service' },
      ],
    }),
  ).toEqual([
    { kind: 'reboot', reason: 'kernel 6.1.0-40 installed, 6.1.0-37 running' },
    { kind: 'service-restart', unit: null, reason: 'bash (process 7) runs replaced code and belongs to no service' },
    { kind: 'service-restart', unit: 'nginx.service', reason: 'nginx of nginx.service runs replaced code' },
  ]);
});

describe('how transactions differ', () => {
  const change = (name: string, to: string, sha256 = 'a'.repeat(64)) => ({
    name,
    architecture: 'amd64',
    action: 'upgrade' as const,
    from: '1.0',
    to,
    sha256,
    downloadBytes: 1,
    origin: null,
    security: true,
    reason: 'requested' as const,
    source: name,
  });
  test('equal ones do not', () => {
    const same = { changes: [change('a', '2')] };
    expect(isEmptyDifference(diffTransactions(same, structuredClone(same)))).toBe(true);
    expect(differenceInWords(diffTransactions(same, same))).toBeNull();
  });
  test('more, fewer, other versions and other bytes are told apart', () => {
    const approved = { changes: [change('a', '2'), change('b', '2'), change('c', '2')] };
    const actual = { changes: [change('b', '3'), change('c', '2', 'b'.repeat(64)), change('d', '2')] };
    const difference = diffTransactions(approved, actual);
    expect(difference.unapproved.map(({ name }) => name)).toEqual(['d']);
    expect(difference.missing.map(({ name }) => name)).toEqual(['a']);
    expect(difference.changed.map(({ actual: { name } }) => name)).toEqual(['b', 'c']);
    expect(differenceInWords(difference)).toBe(
      'its own dry run would also change d 1.0 → 2, and would not change a 1.0 → 2, and would change b 1.0 → 3 instead of 2, ' +
        'change c 1.0 → 2 instead of another file of this version (SHA-256 aaaaaaaaaaaa)',
    );
  });
});
