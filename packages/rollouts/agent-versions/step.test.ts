import { expect, test } from 'vitest';
import type { AgentMember, AgentVersionFacts } from './facts.ts';
import { isReached } from './reach.ts';
import { stepAgentVersion } from './step.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 5, 1);

const one = (hostname: string, more: Partial<AgentMember> = {}): AgentMember => ({
  endpointId: hostname,
  hostname,
  isCanary: false,
  enrolledAtMs: 0,
  lastSeenAtMs: NOW_MS,
  runs: 'older',
  runsSinceMs: 0,
  toldAtMs: null,
  returned: null,
  ...more,
});
const next = (members: readonly AgentMember[], more: Partial<AgentVersionFacts> = {}) =>
  stepAgentVersion(
    {
      wave: 0,
      waveSinceMs: NOW_MS - 48 * HOUR_MS,
      judgedSinceMs: NOW_MS - 48 * HOUR_MS,
      rules: { canaryPercent: 100, soakMs: 24 * HOUR_MS, silentMs: HOUR_MS },
      members,
      ...more,
    },
    NOW_MS,
  );
const wellFor = (hours: number): Partial<AgentMember> => ({
  runs: 'this',
  runsSinceMs: NOW_MS - hours * HOUR_MS,
  toldAtMs: NOW_MS - hours * HOUR_MS,
});
const silent = (hours: number): Partial<AgentMember> => ({ lastSeenAtMs: NOW_MS - hours * HOUR_MS });

test.each<[string, readonly AgentMember[], string, string]>([
  ['not all run it', [one('a', wellFor(30)), one('b')], 'wait', 'still run an older version: b'],
  ['not for long enough', [one('a', wellFor(30)), one('b', wellFor(23))], 'wait', 'do well until 2026-06-01 01:00 UTC'],
  ['they do well', [one('a', wellFor(30)), one('b', wellFor(24))], 'advance', '2 endpoints do well'],
  [
    'one was told and is not heard',
    [one('a', wellFor(30)), one('b', { toldAtMs: NOW_MS - 3 * HOUR_MS, ...silent(2) })],
    'wait',
    'nobody else is told: b',
  ],
  [
    'one took it and is not heard',
    [one('a', wellFor(30)), one('b', { ...wellFor(30), ...silent(2) })],
    'wait',
    'nobody else is told: b',
  ],
  ['one was away all the time', [one('a', wellFor(30)), one('b', silent(40))], 'advance', '1 endpoints do well'],
  ['all were away all the time', [one('a', silent(40))], 'wait', 'none of its endpoints is there'],
  ['one enrolled since', [one('a', wellFor(30)), one('b', { enrolledAtMs: NOW_MS })], 'advance', '1 endpoints'],
  [
    'one went back',
    [one('a', wellFor(30)), one('b', { returned: { atMs: NOW_MS, reason: 'no check-in' } })],
    'halt',
    'b (no check-in)',
  ],
  [
    'one went back before a person let it go on',
    [one('a', wellFor(30)), one('b', { returned: { atMs: 0, reason: '' } })],
    'advance',
    '1 endpoints',
  ],
])('%s', (_, members, kind, explanation) => {
  const step = next(members);
  expect(step.kind).toBe(kind);
  expect(step.explanation).toContain(explanation);
});

test('the last wave ends it', () => {
  expect(next([one('a', wellFor(30))], { wave: 2 }).kind).toBe('finish');
});

test('nobody else is told while somebody is missing', () => {
  expect(next([one('a', { toldAtMs: NOW_MS, ...silent(2) }), one('b')])).toMatchObject({ kind: 'wait', open: false });
});

test('where labels say who goes first, nobody else does', () => {
  const { reach } = next([one('a'), one('b', { isCanary: true })]);
  expect([isReached(reach, 'a'), isReached(reach, 'b')]).toEqual([false, true]);
});

test('of a hundred endpoints five may be missing', () => {
  const well = Array.from({ length: 96 }, (_, index) => one(`well ${index}`, wellFor(30)));
  const gone = Array.from({ length: 6 }, (_, index) => one(`gone ${index}`, { ...wellFor(30), ...silent(2) }));
  expect(next([...well, ...gone.slice(1)]).kind).toBe('advance');
  expect(next([...well, ...gone]).kind).toBe('wait');
});
