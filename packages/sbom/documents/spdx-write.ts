import { createHash } from 'node:crypto';
import type { Component } from '../component.ts';
import type { Production } from './cyclonedx-write.ts';

/** An SPDX 2.3 document (JSON) of the components; the same input gives the same text. */
export function writeSpdx(components: readonly Component[], { subject, tool, at, serial }: Production): string {
  const packages = components.map((component) => ({
    SPDXID: spdxId(component.purl),
    name: component.name,
    versionInfo: component.version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    ...(component.licences.length > 0 ? { licenseComments: component.licences.join('; ') } : {}),
    copyrightText: 'NOASSERTION',
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: component.purl }],
  }));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: subject.name,
    documentNamespace: `urn:uuid:${serial}`,
    creationInfo: {
      created: at.toISOString().replace(/\.\d{3}Z$/, 'Z'),
      creators: [`Tool: ${tool.name}-${tool.version}`],
    },
    packages: [
      {
        SPDXID: 'SPDXRef-Subject',
        name: subject.name,
        ...(subject.version === '' ? {} : { versionInfo: subject.version }),
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: 'NOASSERTION',
        copyrightText: 'NOASSERTION',
      },
      ...packages,
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Subject' },
      ...packages.map((each) => ({
        spdxElementId: 'SPDXRef-Subject',
        relationshipType: 'CONTAINS',
        relatedSpdxElement: each.SPDXID,
      })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Only letters, digits, dots and hyphens may stand in it; the digest keeps neighbours apart. */
function spdxId(purl: string): string {
  const digest = createHash('sha256').update(purl).digest('hex').slice(0, 12);
  return `SPDXRef-${purl.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, 100)}-${digest}`;
}
