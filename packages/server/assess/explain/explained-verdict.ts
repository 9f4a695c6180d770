import { type Evidence, type Verdict, explainEvidence } from '@thimble/advisories';
import type { ExplainedVerdict } from '@thimble/protocol';
import type { StoredSoftware } from '../verdicts/load-software.ts';

/** A verdict with its whole argument, as the API shows it. */
export function explainedVerdict(
  { software, purl }: Pick<StoredSoftware, 'software' | 'purl'>,
  verdict: Pick<Verdict, 'vulnerability' | 'outcome' | 'fix' | 'fixChannel' | 'vendorStatus' | 'evidence'>,
): ExplainedVerdict {
  return {
    vulnerability: verdict.vulnerability,
    outcome: verdict.outcome,
    package: software.name,
    version: software.version,
    source: software.source?.name ?? null,
    sourceVersion: software.source?.version ?? null,
    architecture: software.architecture,
    namespace: software.namespace,
    origin: software.originName ?? software.origin,
    purl,
    fixState: verdict.fix.state,
    fixedVersion: verdict.fix.version,
    fixChannel: verdict.fixChannel,
    vendorStatus: verdict.vendorStatus,
    evidence: verdict.evidence.map(evidenceOf),
  };
}

function evidenceOf(evidence: Evidence): ExplainedVerdict['evidence'][number] {
  const { advisory, rule, outcome, installed, boundary, comparison, scheme, claim } = evidence;
  return {
    feed: advisory.provenance.feed,
    advisory: advisory.name,
    recordSha256: advisory.provenance.sha256,
    rule,
    text: explainEvidence(evidence),
    outcome,
    installed,
    boundary,
    comparison,
    scheme,
    vendorStatus: claim.vendorStatus,
  };
}
