import type { Component } from '@thimble/sbom';
import { type StatedVulnerability, writeCycloneDx } from '@thimble/sbom/write';
import { purlOf } from '@thimble/advisories';
import { countedFindings, type ScanResult } from '../scan-result.ts';
import { fixWords } from './table.ts';

/** What was scanned and what was found, as one CycloneDX 1.6 document. */
export function scanCycloneDx(result: ScanResult, tool: { readonly version: string }, serial: string): string {
  const components: Component[] = [];
  for (const { software } of result.assessments) {
    const purl = purlOf(software);
    if (purl !== null)
      components.push({ purl, name: software.name, version: software.version, locations: [], licences: [] });
  }
  const unique = [...new Map(components.map((each) => [each.purl, each])).values()];
  return writeCycloneDx(
    unique,
    { subject: result.subject, tool: { name: 'thimble', version: tool.version }, at: result.at, serial },
    vulnerabilitiesOf(result),
  );
}

function vulnerabilitiesOf(result: ScanResult): readonly StatedVulnerability[] {
  const found = new Map<string, StatedVulnerability>();
  for (const { vulnerability, title, purl, verdict, cvss, priority } of countedFindings(result)) {
    if (purl === null) continue;
    const known = found.get(vulnerability);
    found.set(vulnerability, {
      id: vulnerability,
      source: verdict.evidence.find(({ decides }) => decides)?.advisory.provenance.feed ?? 'thimble',
      description: title,
      severity: priority.severity,
      cvss,
      purls: [...new Set([...(known?.purls ?? []), purl])],
      recommendation: verdict.fix.state === 'fixed' ? `Update to ${fixWords(verdict)}` : `No fix: ${verdict.fix.state}`,
    });
  }
  return [...found.values()];
}
