import type { Advisory, Claim, Fact } from '@thimble/advisories';

const SHA256 = 'a'.repeat(64);

/** A claim as Debian's lists make it; the parts that matter are given. */
export function makeClaim(parts: Partial<Claim> = {}): Claim {
  return {
    vulnerabilities: [],
    status: 'affected',
    namespace: 'debian:12',
    name: 'openssl',
    nameKind: 'source',
    scheme: 'deb',
    intervals: [{ introduced: null, fixed: '3.0.11-1~deb12u2', lastAffected: null }],
    versions: [],
    fix: { state: 'fixed', version: '3.0.11-1~deb12u2' },
    vendorStatus: null,
    severity: null,
    channel: null,
    module: null,
    architectures: null,
    requires: [],
    ...parts,
  };
}

export function makeAdvisory(id: string, parts: Partial<Advisory> = {}): Advisory {
  return {
    id,
    name: id,
    aliases: [],
    vulnerabilities: ['CVE-2023-5363'],
    title: `${id} openssl - security update`,
    summary: '',
    published: '2023-10-24T00:00:00.000Z',
    modified: null,
    withdrawn: null,
    severity: null,
    cvss: [],
    references: [],
    claims: [makeClaim()],
    provenance: { feed: 'one', record: id, sha256: SHA256 },
    ...parts,
  };
}

export function makeEpss(vulnerability: string, probability: number): Fact {
  return {
    body: { kind: 'epss', vulnerability, probability, percentile: 0.5, scoredOn: '2026-08-16' },
    provenance: { feed: 'one', record: vulnerability, sha256: SHA256 },
  };
}

export function makeKev(vulnerability: string, title: string): Fact {
  return {
    body: {
      kind: 'kev',
      vulnerability,
      addedOn: '2024-01-02',
      dueOn: null,
      ransomware: null,
      title,
      requiredAction: 'Apply updates.',
    },
    provenance: { feed: 'one', record: 'catalogue', sha256: SHA256 },
  };
}
