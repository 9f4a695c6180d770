import type { PolicyClient, PolicyDetail } from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';
import { saved } from './fake-policies.ts';

const random = seeded(62);
const ABOVE = 'Northwind Managed Services';

const BASELINE = `# Agreed with every client.
format: 1
name: provider-baseline
description: Security updates within two weeks.
clients: inherit
priority: 10
deadlines:
  critical: 7d
  other: 14d
rings:
  - name: all
    members: rest
`;

const EMERGENCY = `format: 1
name: provider-emergency
description: What is known to be exploited does not wait for a window.
clients: enforced
select:
  kev: true
rings:
  - name: first
    members: { count: 2 }
    soak: 1h
  - name: everybody
    members: rest
`;

const OWN = `format: 1
name: clients-weekly
description: For clients that have nothing of their own.
clients: inherit
start:
  on: every Thursday
  at: '20:00'
windows:
  - name: night
    on: every Friday
    at: '01:00'
    lasts: 4h
rings:
  - name: first
    members: { percent: 5 }
  - name: everybody
    members: rest
blackouts: [trade-fair]
`;

/** One that is inherited, one that is enforced from above, and one of the organisation's own that its clients follow. */
export function inheritedPolicies(fleet: readonly FakeEndpoint[], nowMs: number): PolicyDetail[] {
  const from = (text: string, enforced: boolean): PolicyDetail => {
    const { summary, ...rest } = saved(text, undefined, '', fleet, nowMs);
    return { ...rest, summary: { ...summary, inherited: { from: ABOVE, enforced }, clients: 'none' }, clients: null };
  };
  const own = saved(OWN, undefined, 'for the new clients', fleet, nowMs);
  return [from(BASELINE, false), from(EMERGENCY, true), { ...own, clients: clientsOf() }];
}

function clientsOf(): PolicyClient[] {
  const client = (name: string, state: PolicyClient['state'], doubts: string[] = []): PolicyClient => ({
    id: random.uuid(),
    name,
    state,
    doubts,
  });
  return [
    client('Alder Ltd', 'in-force'),
    client('Birch & Sons', 'overridden'),
    client('Cedar Hospital Trust of the Northern Districts', 'in-force', ['there is no calendar trade-fair']),
    client('Elm Logistics', 'in-force'),
  ];
}

/** The same policy as the organisation's own. */
export function detached(policy: PolicyDetail, fleet: readonly FakeEndpoint[], nowMs: number): PolicyDetail {
  const text = policy.text.replace(/^clients: .*\n/m, '');
  return saved(text, policy, `detached from ${policy.summary.inherited?.from ?? ''}`, fleet, nowMs);
}
