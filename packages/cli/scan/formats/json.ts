import type { ScanFinding, ScanResult } from '../scan-result.ts';

/** The whole result as one JSON document; members are only ever added. */
export function scanJson(result: ScanResult, tool: { readonly version: string }): unknown {
  const { subject, namespace, softwareCount, findings, gaps, at, feeds } = result;
  return {
    format: 1,
    tool: { name: 'thimble', version: tool.version },
    at: at.toISOString(),
    subject,
    namespace,
    softwareCount,
    findings: findings.map(findingJson),
    gaps,
    feeds,
  };
}

function findingJson(finding: ScanFinding): unknown {
  const { vulnerability, title, software, purl, locations, verdict, cvss, epss, kev, priority, leftover, unimportant } =
    finding;
  return {
    vulnerability,
    title,
    package: software.name,
    version: software.version,
    source: software.source,
    architecture: software.architecture,
    namespace: software.namespace,
    purl,
    locations,
    fix: { ...verdict.fix, channel: verdict.fixChannel },
    vendorStatus: verdict.vendorStatus,
    cvss,
    epss,
    kev,
    leftover,
    unimportant,
    priority,
    evidence: verdict.evidence
      .filter(({ decides }) => decides)
      .map(({ advisory, rule, installed, boundary, comparison, scheme }) => ({
        feed: advisory.provenance.feed,
        advisory: advisory.name,
        record: advisory.provenance.record,
        sha256: advisory.provenance.sha256,
        rule,
        installed,
        comparison,
        boundary,
        scheme,
      })),
  };
}
