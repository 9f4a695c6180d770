import { ecosystemOf, FEEDS, namespaceOf, softwareOfPurl } from '@thimble/advisories';
import { DRIVERS } from '@thimble/drivers';
import { READERS } from '@thimble/sbom';
import { markdownTable } from './between-markers.ts';

/** Releases as os-release(5) writes them, one of which each distribution that has releases understands. */
const RELEASES = ['', '12', '22.04', '9', '3.19', '15.5', '2023', '3.0', '14.1'] as const;
/** Where packages of a version scheme are recorded on a system (packages/drivers, systemOfTree). */
const DATABASES: ReadonlyMap<string, string> = new Map([
  ['deb', 'dpkg'],
  ['rpm', 'rpm'],
  ['apk', 'apk'],
  ['alpm', 'pacman'],
]);
/** Folders of readers that are not called as their ecosystem. */
const READER_ECOSYSTEMS: ReadonlyMap<string, string> = new Map([
  ['python', 'pypi'],
  ['rubygems', 'gem'],
]);
/** What the agent finds of language packages: what is installed, not what is planned (packages/drivers/components). */
const INSTALLED = new Set(['npm', 'pypi', 'gem', 'composer']);
const NONE = '-';

interface Ecosystem {
  readonly id: string;
  readonly scheme: string;
  readonly isDistribution: boolean;
}

/** Distributions: whose packages can be assessed, and from where it is known what is installed. For docs/support.md. */
export function distributionMatrix(): string {
  return markdownTable(
    ['distribution', 'versions', 'advisories from', 'by the agent', 'by scanning a root or database'],
    known()
      .filter(({ isDistribution }) => isDistribution)
      .map(({ id, scheme }) => [code(id), code(scheme), feedsOf(id), agentsWay(scheme), DATABASES.get(scheme) ?? NONE]),
  );
}

/** Language packages and applications, the same. */
export function packageMatrix(): string {
  return markdownTable(
    ['packages', 'versions', 'advisories from', 'by the agent', 'by scanning a folder'],
    known()
      .filter(({ isDistribution }) => !isDistribution)
      .map(({ id, scheme }) => [
        code(id),
        code(scheme),
        feedsOf(id),
        INSTALLED.has(id) ? 'installed ones' : NONE,
        filesOf(id),
      ]),
  );
}

/** Of what feeds speak, and nothing that takes inventory finds it: kept until something does. */
export function withoutInventory(): string {
  const ids = new Set(known().map(({ id }) => id));
  return markdownTable(
    ['namespace', 'feeds'],
    namespaces()
      .filter((id) => !ids.has(id))
      .map((id) => [code(id), feedsOf(id)]),
  );
}

function namespaces(): readonly string[] {
  return [...new Set(FEEDS.flatMap((feed) => feed.namespaces))].filter((each) => each !== '*').sort();
}

function known(): readonly Ecosystem[] {
  return namespaces().flatMap((id) => {
    const distribution = distributionScheme(id);
    const scheme = distribution ?? languageScheme(id);
    return scheme === null ? [] : [{ id, scheme, isDistribution: distribution !== null }];
  });
}

const code = (text: string): string => `\`${text}\``;

function feedsOf(namespace: string): string {
  return FEEDS.filter((feed) => feed.namespaces.includes(namespace))
    .map(({ id }) => code(id))
    .join(', ');
}

function distributionScheme(ecosystem: string): string | null {
  for (const versionId of RELEASES) {
    const place = namespaceOf({ id: ecosystem, idLike: [], versionId, codename: '' });
    if (!('gap' in place) && ecosystemOf(place.namespace) === ecosystem) return place.scheme;
  }
  return null;
}

function languageScheme(ecosystem: string): string | null {
  const software = softwareOfPurl(`pkg:${ecosystem}/group/name@1.0`);
  return 'gap' in software ? null : software.scheme;
}

/** The host's own packages by a driver; those of a container by its database. */
function agentsWay(scheme: string): string {
  const database = DATABASES.get(scheme);
  if (database === undefined) return NONE;
  return scheme === 'deb' && DRIVERS.some(({ id }) => id === 'apt') ? 'host (apt), containers' : 'containers';
}

function filesOf(ecosystem: string): string {
  const files = READERS.filter(({ id }) => {
    const folder = id.split('/')[0] ?? '';
    return (READER_ECOSYSTEMS.get(folder) ?? folder) === ecosystem;
  }).flatMap((reader) => reader.files.split(', '));
  return files.length === 0 ? NONE : files.map(code).join(', ');
}
