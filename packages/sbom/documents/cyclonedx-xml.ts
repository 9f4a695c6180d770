import { SaxesParser } from 'saxes';
import { SbomError } from '../reader.ts';
import { DocumentComponents } from './document-components.ts';
import type { SbomDocument } from './sbom-document.ts';

const DEPTH_MAX = 200;
const NAMESPACE = /^http:\/\/cyclonedx\.org\/schema\/bom\/(1\.[2-7])$/;

interface Open {
  readonly values: Map<string, string>;
  readonly licences: string[];
}

/** CycloneDX 1.2 to 1.7, XML. @throws SbomError */
export function readCycloneDxXml(text: string, path: string): SbomDocument {
  const found = new DocumentComponents(path);
  const stack: string[] = [];
  const open: Open[] = [];
  let version: string | null = null;
  let subject: SbomDocument['subject'] = null;
  let content = '';
  const parser = new SaxesParser();
  parser.on('doctype', () => {
    throw new SbomError('malformed', `${path} has a document type declaration, which no bill of materials has`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (stack.push(name) > DEPTH_MAX) throw new SbomError('too-large', `${path} is nested too deeply`);
    if (stack.length === 1) version = versionOf(name, attributes['xmlns'], path);
    if (name === 'component') open.push({ values: new Map(), licences: [] });
    content = '';
  });
  parser.on('text', (piece) => (content += piece));
  parser.on('closetag', ({ name }) => {
    stack.pop();
    const value = content.trim();
    content = '';
    const current = open.at(-1);
    if (current === undefined) return;
    if (name === 'component') {
      open.pop();
      const stated = {
        name: current.values.get('name') ?? '(no name)',
        version: current.values.get('version') ?? '',
      };
      if (stack.at(-1) === 'metadata') subject = stated;
      else found.add({ ...stated, purl: current.values.get('purl') ?? null, licences: current.licences });
    } else if (stack.at(-1) === 'component') current.values.set(name, value);
    else if (stack.at(-1) === 'license' && (name === 'id' || name === 'name')) current.licences.push(value);
  });
  try {
    parser.write(text).close();
  } catch (cause) {
    if (cause instanceof SbomError) throw cause;
    throw new SbomError('malformed', `${path} is not XML: ${String(cause)}`.slice(0, 500), { cause });
  }
  return { format: `CycloneDX ${version ?? ''}`, subject, components: found.components, gaps: found.gaps };
}

function versionOf(name: string, namespace: string | undefined, path: string): string {
  const version = NAMESPACE.exec(namespace ?? '')?.[1];
  if (name !== 'bom' || version === undefined)
    throw new SbomError('unsupported', `${path} is XML, but not CycloneDX 1.2 to 1.7`);
  return version;
}
