import type { Node } from '../parse-text.ts';
import { SbomError } from '../reader.ts';
import { DocumentComponents } from './document-components.ts';
import type { SbomDocument } from './sbom-document.ts';

/** SPDX 2.2 and 2.3, JSON (spdx.github.io/spdx-spec). @throws SbomError */
export function readSpdx(document: Node, path: string): SbomDocument {
  const version = document.get('spdxVersion').text ?? '';
  if (!/^SPDX-2\.[23]$/.test(version))
    throw new SbomError('unsupported', `${path} is ${version.slice(0, 20)}; SPDX-2.2 and SPDX-2.3 are read`);
  const found = new DocumentComponents(path);
  const described = describedBy(document);
  let subject: SbomDocument['subject'] = null;
  for (const entry of document.get('packages').items) {
    const stated = { name: entry.get('name').text ?? '(no name)', version: entry.get('versionInfo').text ?? '' };
    const purl = purlOf(entry);
    if (described.has(entry.get('SPDXID').text ?? '')) {
      subject ??= stated;
      // The root of a bill is what it is about; without a package URL it is not something to look up.
      if (purl === null) continue;
    }
    const licence = entry.get('licenseDeclared').text;
    found.add({ ...stated, purl, licences: licence === null || licence === 'NOASSERTION' ? [] : [licence] });
  }
  return { format: version, subject, components: found.components, gaps: found.gaps };
}

function describedBy(document: Node): ReadonlySet<string> {
  const described = new Set(document.get('documentDescribes').items.flatMap((each) => each.text ?? []));
  for (const relation of document.get('relationships').items)
    if (relation.get('relationshipType').text === 'DESCRIBES')
      described.add(relation.get('relatedSpdxElement').text ?? '');
  return described;
}

function purlOf(entry: Node): string | null {
  for (const reference of entry.get('externalRefs').items)
    if (reference.get('referenceType').text === 'purl') return reference.get('referenceLocator').text;
  return null;
}
