import { SbomError } from '../reader.ts';
import { DocumentComponents, type StatedComponent } from './document-components.ts';
import type { SbomDocument } from './sbom-document.ts';

const PURL_REFERENCE = /^PACKAGE[-_]MANAGER purl (\S+)$/;

/** SPDX 2.2 and 2.3 as lines of `Tag: value`. @throws SbomError */
export function readSpdxTagValue(text: string, path: string): SbomDocument {
  const version = /^SPDXVersion:\s*(\S+)/m.exec(text)?.[1] ?? '';
  if (!/^SPDX-2\.[23]$/.test(version))
    throw new SbomError('unsupported', `${path} is ${version.slice(0, 20)}; SPDX-2.2 and SPDX-2.3 are read`);
  const found = new DocumentComponents(path);
  const subject = /^DocumentName:\s*(.+)$/m.exec(text)?.[1]?.trim();
  let current: StatedComponent | null = null;
  const finish = () => {
    if (current !== null) found.add(current);
    current = null;
  };
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z]+):\s*(.*?)\s*$/.exec(line);
    const [tag, value] = [match?.[1], match?.[2] ?? ''];
    if (tag === 'PackageName') {
      finish();
      current = { name: value, version: '', purl: null, licences: [] };
    } else if (tag === 'FileName' || tag === 'SnippetSPDXID') finish();
    if (current === null) continue;
    if (tag === 'PackageVersion') current = { ...current, version: value };
    if (tag === 'PackageLicenseDeclared' && value !== 'NOASSERTION') current = { ...current, licences: [value] };
    const purl = tag === 'ExternalRef' ? PURL_REFERENCE.exec(value)?.[1] : undefined;
    if (purl !== undefined) current = { ...current, purl };
  }
  finish();
  return {
    format: version,
    subject: subject === undefined ? null : { name: subject, version: '' },
    components: found.components,
    gaps: found.gaps,
  };
}
