import { parsePolicyText } from '@thimble/rollouts';
import { parseFleet, simulate } from '@thimble/simulator';

// A process of its own, so that its peak of memory is that of the simulation. Prints a line of JSON.

export interface SimulateReport {
  readonly seconds: number;
  readonly rollouts: number;
  readonly pending: number;
  readonly installed: number;
  readonly peakMb: number;
}

const POLICY = `format: 1
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
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'UTC', 'Australia/Sydney'];
const PENDING = [
  { package: 'openssl', version: '3.0.22-1', severity: 'critical', published: '2026-05-01', bytes: 2_000_000 },
  { package: 'linux', version: '6.1.200-1', severity: 'high', published: '2026-05-01', bytes: 60_000_000 },
  { package: 'curl', version: '8.9-1', severity: 'medium', published: '2026-04-20', bytes: 500_000 },
];

function measure(endpoints: number, days: number, faultsSeed: number | null): SimulateReport {
  const policy = parsePolicyText(POLICY);
  const fleet = parseFleet({
    format: 1,
    endpoints: ZONES.map((timeZone, n) => ({
      hostname: `zone${n}`,
      count: Math.ceil(endpoints / ZONES.length),
      timeZone,
      minutes: 10 + 5 * n,
      updates: 'pending',
    })),
    updates: { pending: PENDING },
  });
  if (!policy.ok || !fleet.ok) throw new Error('the policy or the fleet of this benchmark is not valid');
  const startedMs = performance.now();
  const { totals, rollouts } = simulate({
    ...fleet.fleet,
    policies: [{ id: 'policy', policy: policy.policy }],
    startMs: Date.UTC(2026, 4, 3),
    days,
    whatIf: [{ kind: 'kev', package: 'curl', at: '2026-05-20T09:00:00.000Z' }],
    updatesPerWeek: 5,
    faultsSeed,
  });
  return {
    seconds: (performance.now() - startedMs) / 1000,
    rollouts: rollouts.total,
    pending: totals.pending,
    installed: totals.installed,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}

const [endpoints = 10_000, days = 90, seed = -1] = process.argv.slice(2).map(Number);
process.stdout.write(`${JSON.stringify(measure(endpoints, days, seed < 0 ? null : seed))}\n`);
