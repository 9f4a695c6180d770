import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { Component } from '../component.ts';

/** About the document itself. Time and serial number are the caller's. */
export interface Production {
  readonly subject: { readonly name: string; readonly version: string };
  readonly tool: { readonly name: string; readonly version: string };
  readonly at: Date;
  /** A UUID. */
  readonly serial: string;
}

/** A vulnerability of a component, for the document's own list of them. */
export interface StatedVulnerability {
  readonly id: string;
  readonly source: string;
  readonly description: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';
  readonly cvss: { readonly score: number; readonly vector: string } | null;
  readonly purls: readonly string[];
  readonly recommendation: string;
}

const SEVERITIES = {
  critical: Enums.Vulnerability.Severity.Critical,
  high: Enums.Vulnerability.Severity.High,
  medium: Enums.Vulnerability.Severity.Medium,
  low: Enums.Vulnerability.Severity.Low,
  none: Enums.Vulnerability.Severity.None,
  unknown: Enums.Vulnerability.Severity.Unknown,
} as const;

/** A CycloneDX 1.6 document (JSON), sorted, so that the same input gives the same text. */
export function writeCycloneDx(
  components: readonly Component[],
  { subject, tool, at, serial }: Production,
  vulnerabilities: readonly StatedVulnerability[] = [],
): string {
  const bom = new Models.Bom({ serialNumber: `urn:uuid:${serial}`, version: 1 });
  bom.metadata.timestamp = at;
  bom.metadata.tools.components.add(
    new Models.Component(Enums.ComponentType.Application, tool.name, { version: tool.version }),
  );
  bom.metadata.component = new Models.Component(Enums.ComponentType.OperatingSystem, subject.name, {
    ...(subject.version === '' ? {} : { version: subject.version }),
    bomRef: 'subject',
  });
  const references = new Map<string, Models.BomRef>();
  for (const component of components) {
    const model = componentOf(component);
    references.set(component.purl, model.bomRef);
    bom.components.add(model);
  }
  for (const vulnerability of vulnerabilities) bom.vulnerabilities.add(vulnerabilityOf(vulnerability, references));
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf({ purl, name, version, licences, locations }: Component): Models.Component {
  const component = new Models.Component(Enums.ComponentType.Library, name, { version, purl, bomRef: purl });
  for (const licence of licences) component.licenses.add(new Models.NamedLicense(licence));
  for (const location of locations) component.properties.add(new Models.Property('thimble:location', location));
  return component;
}

function vulnerabilityOf(
  stated: StatedVulnerability,
  references: ReadonlyMap<string, Models.BomRef>,
): Models.Vulnerability.Vulnerability {
  const { id, source, description, severity, cvss, purls, recommendation } = stated;
  const vulnerability = new Models.Vulnerability.Vulnerability({
    id,
    bomRef: id,
    source: new Models.Vulnerability.Source({ name: source }),
    description,
    recommendation,
  });
  vulnerability.ratings.add(
    new Models.Vulnerability.Rating({
      severity: SEVERITIES[severity],
      ...(cvss === null ? {} : { score: cvss.score, vector: cvss.vector }),
    }),
  );
  for (const purl of purls) {
    const reference = references.get(purl);
    if (reference !== undefined) vulnerability.affects.add(new Models.Vulnerability.Affect(reference));
  }
  return vulnerability;
}
