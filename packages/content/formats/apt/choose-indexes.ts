import { ContentFault, type Packing, type RepositoryDefinition } from '../../model/index.ts';
import type { Place } from './place.ts';
import type { Release, ReleaseEntry } from './release-file.ts';

/** A Packages file to read, in one of the packings that upstream has. */
export interface ChosenIndex {
  /** For people: `main/binary-amd64`. */
  readonly label: string;
  readonly entry: ReleaseEntry;
  readonly packing: Packing;
  /** What it must unpack to. */
  readonly unpacked: ReleaseEntry;
}

/** In apt's own order (Acquire::CompressionTypes), so that what is kept is what clients ask for. lzma and lz4 are not read here. */
const PACKINGS: readonly (readonly [suffix: string, packing: Packing])[] = [
  ['.xz', 'xz'],
  ['.bz2', 'bzip2'],
  ['.gz', 'gzip'],
  ['.zst', 'zstd'],
];

/**
 * The Packages files of a definition, as apt chooses them.
 *
 * @throws ContentFault `missing` when the Release has not what people asked for, with what it has
 */
export function chooseIndexes(
  definition: RepositoryDefinition,
  release: Release,
  place: Place,
  name: string,
): readonly ChosenIndex[] {
  if (place.flat) return [chosen('Packages', 'Packages', release, name)];
  const architectures = wantedArchitectures(definition, release, name);
  const found: ChosenIndex[] = [];
  for (const component of definition.components) {
    if (!hasComponent(release, component)) throw noComponent(component, release, name);
    for (const architecture of architectures) {
      const label = `${component}/binary-${architecture}`;
      const path = `${label}/Packages`;
      // Nobody asked for `all`: it comes along where there is such an index.
      if (architecture === 'all' && !release.entries.has(path)) continue;
      found.push(chosen(path, label, release, name));
    }
  }
  if (found.length === 0)
    throw new ContentFault('missing', `no component was chosen: ${name} has ${listOf(release.components)}`, {
      path: name,
    });
  return found;
}

function wantedArchitectures(definition: RepositoryDefinition, release: Release, name: string): readonly string[] {
  const has = (architecture: string): boolean =>
    release.architectures.length === 0 || release.architectures.includes(architecture);
  const wanted = definition.architectures.filter((one) => one !== 'all' && has(one));
  const withAll = has('all') && !release.allInEveryIndex;
  // A fleet of amd64 and arm64 may use a vendor that builds for one of them; none at all is a mistake.
  if (wanted.length === 0 && !(withAll && definition.architectures.includes('all')))
    throw new ContentFault(
      'missing',
      `${name} has packages for ${listOf(release.architectures)}, and ${listOf(definition.architectures)} was asked for: correct the repository's architectures`,
      { path: name },
    );
  return withAll ? [...wanted, 'all'] : wanted;
}

/** Security archives wrote `updates/main` for what clients call `main`; apt takes both. */
function hasComponent(release: Release, component: string): boolean {
  return (
    release.components.length === 0 ||
    release.components.some((one) => one === component || one.slice(one.lastIndexOf('/') + 1) === component)
  );
}

function noComponent(component: string, release: Release, name: string): ContentFault {
  return new ContentFault(
    'missing',
    `${name} has no component ${component}, only ${listOf(release.components)}: correct the repository's components`,
    { path: name },
  );
}

function chosen(path: string, label: string, release: Release, name: string): ChosenIndex {
  const unpacked = release.entries.get(path);
  // Archives list the plain file even where they have it packed only. apt passes over an index without, and says nothing.
  if (unpacked === undefined) throw new ContentFault('missing', `${name} lists no ${path}`, { path: name });
  for (const [suffix, packing] of PACKINGS) {
    const entry = release.entries.get(`${path}${suffix}`);
    if (entry !== undefined) return { label, entry, packing, unpacked };
  }
  return { label, entry: unpacked, packing: 'plain', unpacked };
}

function listOf(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.slice(0, 20).join(', ');
}
