/** An ecosystem of language packages or applications: its purl type is its namespace. */
export interface PackageEcosystem {
  readonly namespace: string;
  /** An id of @thimble/versions. */
  readonly scheme: string;
  /** What stands between a purl's namespace and name in the ecosystem's own names; null: it has none. */
  readonly separator: '/' | ':' | null;
}

/** By purl type. */
export const PACKAGE_ECOSYSTEMS: ReadonlyMap<string, PackageEcosystem> = new Map(
  (
    [
      ['npm', 'npm', '/'],
      ['pypi', 'pep440', null],
      ['golang', 'golang', '/'],
      ['cargo', 'cargo', null],
      ['maven', 'maven', ':'],
      ['gem', 'gem', null],
      ['nuget', 'nuget', null],
      ['composer', 'composer', '/'],
      ['pub', 'pub', null],
      ['hex', 'hex', '/'],
      ['cran', 'cran', null],
      ['hackage', 'hackage', null],
      ['bitnami', 'semver', null],
    ] as const
  ).map(([namespace, scheme, separator]) => [namespace, { namespace, scheme, separator }]),
);
