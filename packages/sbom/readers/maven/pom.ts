import { SaxesParser } from 'saxes';
import { Collector } from '../../collector.ts';
import { textOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import { SbomError, type Reader } from '../../reader.ts';

interface Dependency {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

const DEPTH_MAX = 100;

/**
 * pom.xml: direct dependencies with their versions, properties put in. What a parent or an imported list decides is not in
 * the file, so it is a gap, not a guess; transitive ones are in a lock file or an SBOM.
 */
export const pom: Reader = {
  id: 'maven/pom',
  files: 'pom.xml',
  matches: named('pom.xml'),
  read(bytes, path) {
    const { dependencies, managed, properties } = parsePom(textOf(bytes, path), path);
    const found = new Collector(path);
    const resolve = (text: string): string =>
      text.replace(/\$\{([^}]{1,200})\}/g, (whole, name: string) => properties.get(name) ?? whole);
    for (const { group, artifact, version } of dependencies) {
      const coordinates = `${resolve(group)}:${resolve(artifact)}`;
      const stated = resolve(version === '' ? (managed.get(coordinates) ?? '') : version);
      if (stated === '' || stated.includes('${') || /^[[(]/.test(stated))
        found.gap(coordinates, 'its version is decided outside of this file, or is a range');
      else found.add({ type: 'maven', namespace: resolve(group), name: resolve(artifact), version: stated });
    }
    return found.outcome();
  },
};

interface Pom {
  readonly dependencies: readonly Dependency[];
  readonly managed: ReadonlyMap<string, string>;
  readonly properties: ReadonlyMap<string, string>;
}

function parsePom(text: string, path: string): Pom {
  const dependencies: Dependency[] = [];
  const managed = new Map<string, string>();
  const properties = new Map<string, string>();
  const stack: string[] = [];
  let content = '';
  let current: Map<string, string> | null = null;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => {
    if (stack.push(name) > DEPTH_MAX) throw new SbomError('too-large', `${path} is nested too deeply`);
    content = '';
    if (name === 'dependency') current = new Map();
  });
  parser.on('text', (piece) => (content += piece));
  parser.on('closetag', ({ name }) => {
    const place = stack.join('/');
    stack.pop();
    const value = content.trim();
    content = '';
    if (name === 'dependency' && current !== null) {
      const group = current.get('groupId') ?? '';
      const artifact = current.get('artifactId') ?? '';
      const version = current.get('version') ?? '';
      if (place === 'project/dependencies/dependency') dependencies.push({ group, artifact, version });
      if (place === 'project/dependencyManagement/dependencies/dependency')
        managed.set(`${group}:${artifact}`, version);
      current = null;
    } else if (stack.at(-1) === 'dependency') current?.set(name, value);
    else if (place.startsWith('project/properties/')) properties.set(name, value);
    else if (/^project\/(?:parent\/)?(?:groupId|version|artifactId)$/.test(place)) {
      if (!place.includes('parent') || !properties.has(`project.${name}`)) properties.set(`project.${name}`, value);
      if (place.includes('parent')) properties.set(`project.parent.${name}`, value);
    }
  });
  try {
    parser.write(text).close();
  } catch (cause) {
    if (cause instanceof SbomError) throw cause;
    throw new SbomError('malformed', `${path} is not XML: ${String(cause)}`.slice(0, 500), { cause });
  }
  if (parser.closed && stack.length > 0) throw new SbomError('malformed', `${path} ends in the middle`);
  return { dependencies, managed, properties };
}
