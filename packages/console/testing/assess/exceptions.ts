import type { Exception } from '@thimble/protocol';
import { seeded } from '../fixtures/random.ts';
import type { FakeVulnerability } from './fake-assessment.ts';

const DAY_MS = 86_400_000;

/** One in each state: active, ending soon, ended, revoked, and a VEX statement without an end. */
export function fakeExceptions(vulnerabilities: readonly FakeVulnerability[], nowMs: number): Exception[] {
  const random = seeded(313);
  const at = (days: number): string => new Date(nowMs + days * DAY_MS).toISOString();
  const make = (index: number, given: Partial<Exception>): Exception[] => {
    const one = vulnerabilities[index];
    if (one === undefined) return [];
    return [
      {
        id: random.uuid(),
        vulnerability: one.known.id,
        package: one.known.source,
        endpointId: null,
        hostname: null,
        kind: 'accepted',
        justification: null,
        reason: 'The service is reachable from the management network only; it is replaced in the next quarter.',
        owner: 'platform team',
        createdBy: 'operator',
        createdAt: at(-30),
        expiresAt: at(60),
        revokedAt: null,
        active: true,
        ...given,
      },
    ];
  };
  const host = vulnerabilities[20]?.affected[0]?.summary;
  return [
    ...make(20, { endpointId: host?.id ?? null, hostname: host?.hostname ?? null }),
    ...make(21, {
      expiresAt: at(5),
      owner: 'database team',
      reason: 'The update waits for the vendor’s certification.',
    }),
    ...make(22, {
      kind: 'not-affected',
      justification: 'vulnerable_code_not_in_execute_path',
      expiresAt: null,
      package: null,
      reason: 'The module is not loaded on any of our systems, as the build excludes it.',
    }),
    ...make(23, { expiresAt: at(-3), active: false, reason: 'Until the maintenance window of last week.' }),
    ...make(24, {
      revokedAt: at(-1),
      active: false,
      kind: 'false-positive',
      expiresAt: null,
      reason: 'Rebuilt package.',
    }),
  ];
}
