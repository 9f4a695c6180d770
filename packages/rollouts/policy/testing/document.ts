import type { PolicyDocument } from '@thimble/protocol';
import { parsePolicy } from '../parse-policy.ts';
import type { Policy } from '../policy.ts';
import type { EndpointTraits, UpdateTraits } from '../traits.ts';

/** A policy of these parts, that has to be valid. */
export function policyWith(parts: Partial<PolicyDocument> = {}): Policy {
  const parsed = parsePolicy({ format: 1, name: 'weekly', ...parts });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

export function endpoint(parts: Partial<EndpointTraits> = {}): EndpointTraits {
  return {
    hostname: 'web1.example.org',
    platform: 'debian',
    labels: new Map([['role', 'web']]),
    groups: ['berlin'],
    criticality: 'medium',
    site: 'hall-2',
    ...parts,
  };
}

export function update(parts: Partial<UpdateTraits> = {}): UpdateTraits {
  return {
    name: 'libssl3',
    source: 'openssl',
    security: true,
    vulnerabilities: ['CVE-2026-0001'],
    origin: 'Debian',
    severity: 'high',
    kev: null,
    epss: 0.2,
    ssvc: 'attend',
    publishedMs: Date.UTC(2026, 4, 1),
    ...parts,
  };
}
