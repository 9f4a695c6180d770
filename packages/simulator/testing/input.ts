import { parsePolicyText, type Policy } from '@thimble/rollouts';
import type { SimulatedEndpoint, SimulatedUpdate, SimulationInput } from '../simulate/input.ts';

/** A Monday, midnight UTC. */
export const START_MS = Date.UTC(2026, 4, 4);

/** For tests and benchmarks: three rings, nights, deadlines by risk. */
export const POLICY_TEXT = `format: 1
name: servers
deadlines: { critical: 7d, high: 14d, medium: 30d, kev: due-date }
start: { on: every Monday, at: "08:00", timeZone: UTC, urgent: { kev: true } }
rings:
  - { name: canary, members: { percent: 5 }, soak: 24h }
  - { name: early, members: { percent: 25 }, soak: 24h }
  - { name: rest, members: rest }
gate: { failuresAtMost: 5%, successAtLeast: 95% }
windows:
  - { name: night, on: every day, at: "22:00", lasts: 5h, timeZone: endpoint }
atOnce: 20%
`;

/** @throws Error with the first problem */
export function policyOfText(text: string): Policy {
  const parsed = parsePolicyText(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems[0]));
  return parsed.policy;
}

export function testUpdate(source: string, more: Partial<SimulatedUpdate> = {}): SimulatedUpdate {
  return {
    name: source,
    source,
    patch: `${source} 2`,
    security: true,
    vulnerabilities: ['CVE-2026-1'],
    origin: 'Debian',
    severity: 'high',
    kev: null,
    epss: null,
    ssvc: null,
    publishedMs: START_MS,
    downloadBytes: 1_000_000,
    needsReboot: null,
    ...more,
  };
}

export function testEndpoint(n: number, more: Partial<SimulatedEndpoint> = {}): SimulatedEndpoint {
  return {
    id: `endpoint-${n}`,
    traits: {
      hostname: `host${n}`,
      platform: 'debian',
      labels: new Map(),
      groups: [],
      criticality: 'unknown',
      site: null,
    },
    timeZone: 'UTC',
    list: 'lacks',
    online: true,
    expectedMs: 20 * 60_000,
    ...more,
  };
}

/** So many endpoints that lack openssl and a kernel, for so many days. */
export function testInput(endpoints: number, days: number, more: Partial<SimulationInput> = {}): SimulationInput {
  return {
    startMs: START_MS,
    days,
    policies: [{ id: 'policy', policy: policyOfText(POLICY_TEXT) }],
    endpoints: Array.from({ length: endpoints }, (_, n) => testEndpoint(n)),
    lists: new Map([['lacks', [testUpdate('openssl'), testUpdate('linux', { downloadBytes: 60_000_000 })]]]),
    calendars: new Map(),
    freezes: [],
    whatIf: [],
    updatesPerWeek: 0,
    faultsSeed: null,
    ...more,
  };
}
