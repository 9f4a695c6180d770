import * as releases from './releases.ts';

/** An ecosystem of the OSV schema (clause 'affected[].package') that is a feed here. */
export interface Ecosystem {
  /** Feed id without `osv-`. */
  readonly id: string;
  /** As OSV writes it, without a suffix; also the folder of its export. */
  readonly name: string;
  readonly publisher: string;
  readonly licence: string;
  /** Namespace without a release. */
  readonly namespace: string;
  readonly scheme: string;
  /** What its package names name. A package URL with `arch=source` says so for itself. */
  readonly nameKind: 'source' | 'binary';
  /** How `name:suffix` becomes a release; null: a language ecosystem, which has no releases. */
  readonly release: releases.ReleaseRule | null;
  /** Where a publisher uses one id for several releases: ids get the release in front. */
  readonly idsRepeatAcrossReleases?: true;
  /** Another feed of ours says the same, from nearer to the source. */
  readonly onRequest?: string;
  /** An archive of its own instead of OSV's export. */
  readonly archive?: { readonly baseUrl: string; readonly path: string };
}

const OSV = { publisher: 'OSV.dev', licence: 'CC-BY-4.0', nameKind: 'binary', release: null } as const;

export const ECOSYSTEMS: readonly Ecosystem[] = [
  { ...OSV, id: 'npm', name: 'npm', namespace: 'npm', scheme: 'npm' },
  { ...OSV, id: 'pypi', name: 'PyPI', namespace: 'pypi', scheme: 'pep440' },
  { ...OSV, id: 'go', name: 'Go', namespace: 'golang', scheme: 'golang' },
  { ...OSV, id: 'crates-io', name: 'crates.io', namespace: 'cargo', scheme: 'cargo' },
  { ...OSV, id: 'maven', name: 'Maven', namespace: 'maven', scheme: 'maven' },
  { ...OSV, id: 'rubygems', name: 'RubyGems', namespace: 'gem', scheme: 'gem' },
  { ...OSV, id: 'nuget', name: 'NuGet', namespace: 'nuget', scheme: 'nuget' },
  { ...OSV, id: 'packagist', name: 'Packagist', namespace: 'composer', scheme: 'composer' },
  { ...OSV, id: 'pub', name: 'Pub', namespace: 'pub', scheme: 'pub' },
  { ...OSV, id: 'hex', name: 'Hex', namespace: 'hex', scheme: 'hex' },
  { ...OSV, id: 'cran', name: 'CRAN', namespace: 'cran', scheme: 'cran' },
  { ...OSV, id: 'hackage', name: 'Hackage', namespace: 'hackage', scheme: 'hackage' },
  { ...OSV, id: 'bitnami', name: 'Bitnami', namespace: 'bitnami', scheme: 'semver', licence: 'Apache-2.0' },
  { ...OSV, id: 'github-actions', name: 'GitHub Actions', namespace: 'githubactions', scheme: 'semver' },
  {
    ...OSV,
    id: 'debian',
    onRequest: 'debian-tracker says the same',
    name: 'Debian',
    publisher: 'Debian by OSV.dev',
    licence: 'not stated',
    namespace: 'debian',
    scheme: 'deb',
    nameKind: 'source',
    release: releases.debian,
  },
  {
    ...OSV,
    id: 'debian-elts',
    onRequest: 'its repairs are for customers of Freexian',
    name: 'Debian',
    publisher: 'Freexian (Debian ELTS)',
    licence: 'not stated',
    namespace: 'debian',
    scheme: 'deb',
    nameKind: 'source',
    release: releases.debianElts,
    archive: {
      baseUrl: 'https://codeload.github.com/captn3m0/debian-elts-advisories/',
      path: 'zip/refs/heads/main',
    },
  },
  {
    ...OSV,
    id: 'ubuntu',
    name: 'Ubuntu',
    publisher: 'Canonical',
    licence: 'CC-BY-SA-4.0',
    namespace: 'ubuntu',
    scheme: 'deb',
    nameKind: 'source',
    release: releases.ubuntu,
  },
  {
    ...OSV,
    id: 'almalinux',
    name: 'AlmaLinux',
    publisher: 'AlmaLinux',
    licence: 'MIT',
    namespace: 'almalinux',
    scheme: 'rpm',
    release: releases.releasePlace('almalinux', /^\d+$/),
    idsRepeatAcrossReleases: true,
  },
  {
    ...OSV,
    id: 'rocky',
    name: 'Rocky Linux',
    publisher: 'Rocky Enterprise Software Foundation',
    licence: 'BSD-3-Clause',
    // An advisory names one package, `openssl`, for all that is built from it.
    namespace: 'rocky',
    scheme: 'rpm',
    nameKind: 'source',
    release: releases.releasePlace('rocky', /^\d+$/),
  },
  {
    ...OSV,
    id: 'suse',
    name: 'SUSE',
    publisher: 'SUSE',
    licence: 'CC-BY-4.0',
    namespace: 'sles',
    scheme: 'rpm',
    nameKind: 'source',
    release: releases.suse,
  },
  {
    ...OSV,
    id: 'opensuse',
    name: 'openSUSE',
    publisher: 'SUSE',
    licence: 'CC-BY-4.0',
    namespace: 'opensuse-leap',
    scheme: 'rpm',
    nameKind: 'source',
    release: releases.opensuse,
  },
  {
    ...OSV,
    id: 'redhat',
    onRequest: 'redhat-vex says more',
    name: 'Red Hat',
    publisher: 'Red Hat',
    licence: 'CC-BY-4.0',
    namespace: 'rhel',
    scheme: 'rpm',
    release: releases.redhat,
  },
  {
    ...OSV,
    id: 'alpine',
    onRequest: 'secdb-alpine says the same',
    name: 'Alpine',
    publisher: 'Alpine Linux by OSV.dev',
    licence: 'not stated',
    namespace: 'alpine',
    scheme: 'apk',
    nameKind: 'source',
    release: releases.alpine,
  },
  {
    ...OSV,
    id: 'wolfi',
    onRequest: 'secdb-wolfi says the same',
    name: 'Wolfi',
    publisher: 'Chainguard',
    licence: 'not stated',
    namespace: 'wolfi',
    scheme: 'apk',
    nameKind: 'source',
    release: releases.rolling('wolfi'),
  },
  {
    ...OSV,
    id: 'chainguard',
    onRequest: 'secdb-chainguard says the same',
    name: 'Chainguard',
    publisher: 'Chainguard',
    licence: 'not stated',
    namespace: 'chainguard',
    scheme: 'apk',
    nameKind: 'source',
    release: releases.rolling('chainguard'),
  },
];

/** Further ecosystems of the schema (1.7): a record that names one besides the feed's own is no fault. */
const OTHERS =
  'Alpaquita,Android,Azure Linux,BellSoft Hardened Containers,Bioconductor,CleanStart,ConanCenter,Docker Hardened Images,' +
  'Echo,FreeBSD,GHC,GIT,Julia,Kubernetes,Linux,Mageia,MinimOS,OSS-Fuzz,Open VSX,Photon OS,Root,SwiftURL,TuxCare,VSCode,' +
  'opam,openEuler';
const NAMES: ReadonlySet<string> = new Set([...ECOSYSTEMS.map(({ name }) => name), ...OTHERS.split(',')]);

/** Whether the schema has an ecosystem of this name (without suffix). */
export function isEcosystem(name: string): boolean {
  return NAMES.has(name);
}
