import { describe, expect, it } from 'vitest';
import { exceptionFor, isExcepted, type RiskException } from './exception.ts';
import { applyOverride, type Override } from './override.ts';
import type { Priority } from './priority.ts';

const NOW = new Date('2026-11-01T00:00:00.000Z');
const finding = { vulnerability: 'CVE-2024-0001', endpoint: 'e1', packages: ['libssl3', 'openssl'] };
const accepted: RiskException = {
  vulnerability: 'CVE-2024-0001',
  package: null,
  endpoint: null,
  kind: 'accepted',
  owner: 'ops',
  reason: 'replaced next month',
  expiresAt: '2026-12-01T00:00:00.000Z',
  revokedAt: null,
};

describe('an exception', () => {
  it.each([
    ['covers its vulnerability everywhere', {}, true],
    ['of another vulnerability does not', { vulnerability: 'CVE-2024-0002' }, false],
    ["covers the package under its source's name", { package: 'openssl' }, true],
    ['and under its own', { package: 'libssl3' }, true],
    ['of another package does not', { package: 'ssl' }, false],
    ['covers its endpoint', { endpoint: 'e1' }, true],
    ['of another endpoint does not', { endpoint: 'e2' }, false],
    ['has ended', { expiresAt: '2026-10-31T23:59:59.999Z' }, false],
    ['ends at this moment', { expiresAt: '2026-11-01T00:00:00.000Z' }, false],
    ['has an end that nobody can read', { expiresAt: 'soon' }, false],
    ['an accepted risk without an end does not count', { expiresAt: null }, false],
    ['a false positive needs none', { kind: 'false-positive', expiresAt: null }, true],
    ['was revoked', { revokedAt: '2026-10-01T00:00:00.000Z' }, false],
  ] as const)('%s', (_rule, given, expected) => {
    expect(isExcepted(finding, [{ ...accepted, ...given }], NOW)).toBe(expected);
  });

  it('that covers is told', () => {
    const other = { ...accepted, endpoint: 'e2' };
    expect(exceptionFor(finding, [other, accepted], NOW)).toBe(accepted);
    expect(exceptionFor(finding, [other], NOW)).toBeNull();
  });
});

describe('an override', () => {
  const computed: Priority = { score: 40, severity: 'high', decision: 'track', decisionWhy: 'computed', steps: [] };
  const override: Override = {
    severity: null,
    score: null,
    decision: null,
    reason: 'behind a proxy',
    by: 'anna',
    at: '2026-10-05T08:00:00.000Z',
  };
  it('replaces what it names, with its reason as the last step', () => {
    expect(applyOverride(computed, { ...override, score: 12.5, decision: 'attend' })).toEqual({
      score: 12.5,
      severity: 'high',
      decision: 'attend',
      decisionWhy: 'replaced by anna on 2026-10-05: behind a proxy; computed: track',
      steps: [
        {
          name: 'override',
          value: 'score 12.5, decision attend',
          points: -27.5,
          why: 'anna on 2026-10-05: behind a proxy',
        },
      ],
    });
  });
  it('leaves the rest as it was computed', () => {
    expect(applyOverride(computed, null)).toBe(computed);
    expect(applyOverride(computed, { ...override, severity: 'low' })).toMatchObject({
      score: 40,
      severity: 'low',
      decision: 'track',
      decisionWhy: 'computed',
    });
  });
  it.each([Number.NaN, -1, 101])('with a score outside of the scale keeps the computed one: %s', (score) => {
    expect(applyOverride(computed, { ...override, score }).score).toBe(40);
  });
});
