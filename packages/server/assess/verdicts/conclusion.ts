import { hash } from 'node:crypto';
import {
  type Assessment,
  type AssessmentGap,
  type ClaimRecord,
  type Evidence,
  type Verdict,
  assess,
  softwareOfPurl,
} from '@thimble/advisories';
import { UNKNOWN_NAMESPACE } from '../software/software-of-manifest.ts';
import type { StoredSoftware } from './load-software.ts';

/** A verdict as a row. */
export interface VerdictRow {
  readonly software_id: number;
  readonly vulnerability: string;
  readonly outcome: 'affected' | 'unknown';
  readonly fix_state: string;
  readonly fix_version: string | null;
  readonly fix_of: 'source' | 'binary' | null;
  readonly fix_channel: string | null;
  readonly vendor_status: string | null;
  readonly severity: string | null;
  readonly digest: string;
  readonly evidence: readonly StoredEvidence[];
}

/** The argument, as far as it can not be read off the verdict's other columns. */
export type StoredEvidence = Omit<Evidence, 'key'> & { readonly key: Evidence['key'] };

/** Records besides the deciding ones that are kept with a verdict; all of them are in a replay. */
const OTHER_EVIDENCE = 8;

/**
 * What the claims say of this software. How fresh the feeds are is no matter of one package: `assess/gaps` says that for
 * whole namespaces.
 */
export function concludeSoftware(
  { software, purl }: Pick<StoredSoftware, 'software' | 'purl'>,
  records: readonly ClaimRecord[],
): Assessment {
  if (software.namespace === UNKNOWN_NAMESPACE) return unknownSoftware(software, purl);
  return assess(software, records, {
    fresh: { advisories: 'current', asOf: null, why: null, support: 'unknown', supportNote: null },
  });
}

function unknownSoftware(software: Assessment['software'], purl: string): Assessment {
  const placed = softwareOfPurl(purl);
  const why = 'gap' in placed ? placed.gap : 'it was not known when it was reported; a new report will place it';
  const gap: AssessmentGap = { reason: 'unsupported-distribution', why, vulnerability: null };
  return { software, verdicts: [], dismissed: [], gaps: [gap] };
}

export function verdictRow(softwareId: number, verdict: Verdict): VerdictRow {
  const { vulnerability, outcome, fix, fixChannel, vendorStatus, severity } = verdict;
  const deciding = verdict.evidence.filter(({ decides }) => decides);
  const others = verdict.evidence.filter(({ decides }) => !decides).slice(0, OTHER_EVIDENCE);
  const fixing = deciding.find(({ claim }) => claim.fix.version === fix.version) ?? deciding[0];
  const kind = fixing?.key.nameKind;
  return {
    software_id: softwareId,
    vulnerability,
    // Those that do not apply are no rows.
    outcome: outcome === 'affected' ? 'affected' : 'unknown',
    fix_state: fix.state,
    fix_version: fix.version,
    fix_of: fix.version === null ? null : kind === 'source' ? 'source' : 'binary',
    fix_channel: fixChannel,
    vendor_status: vendorStatus,
    severity,
    digest: digestOf([
      { outcome, fix, fixChannel, vendorStatus, severity },
      ...deciding.map(({ advisory, rule, boundary }) => [advisory.provenance.feed, advisory.id, rule, boundary]),
    ]),
    evidence: [...deciding, ...others],
  };
}

/** The bytes of a record may change without another conclusion: then the one that was drawn stands, with its record. */
function digestOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'buffer').toString('hex', 0, 16);
}
