import type { Claim, Software } from '../../model/index.ts';
import type { ClaimRecord } from '../assessment.ts';
import type { Freshness } from '../freshness.ts';

export const FRESH: Freshness = {
  advisories: 'current',
  asOf: '2026-11-01T00:00:00.000Z',
  why: null,
  support: 'supported',
  supportNote: null,
};

/** A package of Debian 12 unless told otherwise. */
export function software(given: Partial<Software> = {}): Software {
  return {
    namespace: 'debian:12',
    name: 'libexample1',
    version: '1.0-1',
    scheme: 'deb',
    architecture: 'amd64',
    source: { name: 'example', version: '1.0-1' },
    origin: 'distribution',
    originName: 'Debian',
    module: null,
    channel: null,
    ...given,
  };
}

/** A package of an RPM distribution: no claim speaks of its source. */
export function rpm(given: Partial<Software> = {}): Software {
  return software({
    namespace: 'rhel:9',
    name: 'example',
    scheme: 'rpm',
    architecture: 'x86_64',
    source: null,
    originName: 'Red Hat, Inc.',
    ...given,
  });
}

export function library(namespace: string, scheme: string, name: string, version: string): Software {
  return software({
    namespace,
    scheme,
    name,
    version,
    source: null,
    architecture: null,
    origin: 'ecosystem',
    originName: null,
  });
}

interface Said {
  readonly vulnerability?: string;
  readonly name?: string;
  readonly withdrawn?: string | null;
  readonly aliases?: readonly string[];
  readonly feed?: string;
  readonly severity?: string | null;
}

/** A claim that source `example` of Debian 12 is affected in every version, unless told otherwise. */
export function record(given: Partial<Claim> = {}, said: Said = {}): ClaimRecord {
  const vulnerability = said.vulnerability ?? 'CVE-2024-0001';
  const name = said.name ?? 'DSA-1-1';
  return {
    claim: {
      vulnerabilities: [],
      status: 'affected',
      namespace: 'debian:12',
      name: 'example',
      nameKind: 'source',
      scheme: 'deb',
      intervals: [],
      versions: [],
      fix: { state: 'none', version: null },
      vendorStatus: null,
      severity: null,
      channel: null,
      module: null,
      architectures: null,
      requires: [],
      ...given,
    },
    advisory: {
      id: name,
      name,
      vulnerabilities: [vulnerability],
      severity: said.severity ?? null,
      withdrawn: said.withdrawn ?? null,
      provenance: { feed: said.feed ?? 'debian-lists', record: name, sha256: 'ab'.repeat(32) },
      ...(said.aliases === undefined ? {} : { aliases: [...said.aliases] }),
    },
  };
}

/** `fixedIn('1.0-2')`: affected before it. */
export function fixedIn(version: string): Pick<Claim, 'intervals' | 'fix'> {
  return { intervals: [{ introduced: null, fixed: version, lastAffected: null }], fix: { state: 'fixed', version } };
}

/** The same for a binary package of an RPM distribution. */
export function rpmFixedIn(version: string, given: Partial<Claim> = {}): Partial<Claim> {
  return { namespace: 'rhel:9', nameKind: 'binary', scheme: 'rpm', ...fixedIn(version), ...given };
}

/** OSV's pairs: `between('1.0', '1.2', '2.0', '2.1')`. */
export function between(...bounds: readonly string[]): Claim['intervals'] {
  return bounds.flatMap((introduced, index) =>
    index % 2 === 0
      ? [{ introduced: introduced === '0' ? null : introduced, fixed: bounds[index + 1] ?? null, lastAffected: null }]
      : [],
  );
}
