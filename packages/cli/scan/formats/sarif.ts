import { createHash } from 'node:crypto';
import { countedFindings, type ScanFinding, type ScanResult } from '../scan-result.ts';
import { fixWords } from './table.ts';

/** SARIF 2.1.0 (OASIS), as code hosts take it in: a rule for each vulnerability, a result for each finding. */
export function scanSarif(result: ScanResult, tool: { readonly version: string }): unknown {
  const findings = countedFindings(result);
  const rules = new Map(findings.map((finding) => [finding.vulnerability, ruleOf(finding)]));
  const ids = [...rules.keys()];
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Thimble',
            version: tool.version,
            semanticVersion: tool.version,
            rules: [...rules.values()],
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            endTimeUtc: result.at.toISOString(),
            // What could not be assessed is said to whoever reads the result, too.
            toolExecutionNotifications: result.gaps.map(({ what, why }) => ({
              level: 'warning',
              message: { text: `${what}: ${why}` },
            })),
          },
        ],
        results: findings.map((finding) => resultOf(finding, ids.indexOf(finding.vulnerability), result)),
      },
    ],
  };
}

const LEVELS = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  none: 'note',
  unknown: 'warning',
} as const;

function ruleOf({ vulnerability, title, cvss, priority }: ScanFinding): unknown {
  return {
    id: vulnerability,
    name: vulnerability,
    shortDescription: { text: title === '' ? vulnerability : title },
    help: { text: `${priority.decisionWhy} Risk ${Math.round(priority.score)} of 100.` },
    defaultConfiguration: { level: LEVELS[priority.severity] },
    properties: {
      tags: ['security', 'vulnerability'],
      // Code hosts sort by it.
      ...(cvss === null ? {} : { 'security-severity': cvss.score.toFixed(1) }),
    },
  };
}

function resultOf(finding: ScanFinding, ruleIndex: number, { subject }: ScanResult): unknown {
  const { vulnerability, software, purl, locations, verdict, priority } = finding;
  const fix = verdict.fix.state === 'fixed' ? `fixed in ${fixWords(verdict)}` : `no fix ${fixWords(verdict)}`;
  const places = locations.length > 0 ? locations : [subject.name];
  const identity = `${vulnerability} ${purl ?? software.name} ${places[0]}`;
  return {
    ruleId: vulnerability,
    ruleIndex,
    level: LEVELS[priority.severity],
    message: { text: `${software.name} ${software.version} has ${vulnerability}; ${fix}` },
    locations: places.map((place) => ({
      physicalLocation: { artifactLocation: { uri: encodeURI(place.replaceAll('\\', '/')) }, region: { startLine: 1 } },
      logicalLocations: [{ fullyQualifiedName: purl ?? `${software.name}@${software.version}`, kind: 'package' }],
    })),
    partialFingerprints: { 'thimble/v1': createHash('sha256').update(identity).digest('hex') },
  };
}
