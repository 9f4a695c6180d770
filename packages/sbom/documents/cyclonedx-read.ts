import type { Node } from '../parse-text.ts';
import { SbomError } from '../reader.ts';
import { DocumentComponents } from './document-components.ts';
import type { SbomDocument } from './sbom-document.ts';

/** CycloneDX allows components in components: applications in containers in appliances. */
const NESTING_MAX = 50;
/** Kinds that are no installed software (CycloneDX, component type). */
const NOT_SOFTWARE: ReadonlySet<string> = new Set(['file', 'data', 'cryptographic-asset', 'device']);

/** CycloneDX 1.2 to 1.7, JSON. @throws SbomError */
export function readCycloneDx(document: Node, path: string): SbomDocument {
  const version = document.get('specVersion').text ?? '';
  if (!/^1\.[2-7]$/.test(version))
    throw new SbomError('unsupported', `${path} is CycloneDX ${version.slice(0, 20)}; 1.2 to 1.7 are read`);
  const found = new DocumentComponents(path);
  const subject = document.get('metadata').get('component');
  addAll(found, document.get('components').items, 0, path);
  addAll(found, subject.get('components').items, 0, path);
  return {
    format: `CycloneDX ${version}`,
    subject: subject.exists
      ? { name: subject.get('name').text ?? '', version: subject.get('version').text ?? '' }
      : null,
    components: found.components,
    gaps: found.gaps,
  };
}

function addAll(found: DocumentComponents, components: readonly Node[], depth: number, path: string): void {
  if (depth > NESTING_MAX)
    throw new SbomError('too-large', `${path}: components are nested more than ${NESTING_MAX} deep`);
  for (const component of components) {
    addAll(found, component.get('components').items, depth + 1, path);
    const kind = component.get('type').text ?? '';
    const purl = component.get('purl').text;
    if (NOT_SOFTWARE.has(kind) || (kind === 'operating-system' && purl === null)) continue;
    found.add({
      name: fullName(component),
      version: component.get('version').text ?? '',
      purl,
      licences: component.get('licenses').items.flatMap(licenceOf),
    });
  }
}

function fullName(component: Node): string {
  const group = component.get('group').text ?? '';
  const name = component.get('name').text ?? '(no name)';
  return group === '' ? name : `${group}/${name}`;
}

function licenceOf(entry: Node): readonly string[] {
  const licence = entry.get('license');
  const text = entry.get('expression').text ?? licence.get('id').text ?? licence.get('name').text;
  return text === null ? [] : [text];
}
