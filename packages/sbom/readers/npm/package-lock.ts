import { Collector } from '../../collector.ts';
import { jsonOf, type Node } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';
import { npmCoordinates } from './coordinates.ts';

/** npm's lock files of all three versions (docs.npmjs.com, package-lock.json), also node_modules/.package-lock.json. */
export const packageLock: Reader = {
  id: 'npm/package-lock',
  files: 'package-lock.json, npm-shrinkwrap.json',
  matches: named('package-lock.json', 'npm-shrinkwrap.json', '.package-lock.json'),
  read(bytes, path) {
    const found = new Collector(path);
    const document = jsonOf(bytes, path);
    const packages = document.get('packages');
    if (packages.exists) for (const [place, entry] of packages.members) addPlaced(found, place, entry);
    else addNested(found, document.get('dependencies'), 0);
    return found.outcome();
  },
};

const MODULES = 'node_modules/';

function addPlaced(found: Collector, place: string, entry: Node): void {
  const at = place.lastIndexOf(MODULES);
  // Without it: the project itself and its workspaces, which nobody published.
  if (at < 0 || entry.get('link').isTrue) return;
  addEntry(found, entry.get('name').text ?? place.slice(at + MODULES.length), entry);
}

const NESTING_MAX = 100;

/** Version 1 nests what could not be hoisted. */
function addNested(found: Collector, dependencies: Node, depth: number): void {
  if (depth > NESTING_MAX) return found.gap('dependencies', `they are nested more than ${NESTING_MAX} levels deep`);
  for (const [name, entry] of dependencies.members) {
    addEntry(found, name, entry);
    addNested(found, entry.get('dependencies'), depth + 1);
  }
}

function addEntry(found: Collector, name: string, entry: Node): void {
  const version = entry.get('version').text ?? '';
  const alias = /^npm:((?:@[^/]+\/)?[^@]+)@(.+)$/.exec(version);
  if (alias?.[1] !== undefined && alias[2] !== undefined) return found.add(npmCoordinates(alias[1], alias[2]));
  if (/^(file:|git|https?:|github:)/.test(version))
    return found.gap(name, `it comes from ${version.slice(0, 200)}, not from a registry: advisories do not name it`);
  found.add(npmCoordinates(name, version), entry.get('license').text === null ? [] : [entry.get('license').text ?? '']);
}
