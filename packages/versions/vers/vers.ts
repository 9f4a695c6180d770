/** `vers:TYPE/CONSTRAINT|CONSTRAINT…` of the VERS specification (package-url), valid and sorted by version. */
export interface Vers {
  /** As VERS calls it: a package URL type (`pypi`, `deb`), or `all` or `none`. */
  readonly type: string;
  /** Our id of the scheme (`pep440`); null for `all` and `none`. */
  readonly scheme: string | null;
  readonly constraints: readonly VersConstraint[];
}

export interface VersConstraint {
  readonly comparator: VersComparator | '*';
  /** Empty for `*`. */
  readonly version: string;
}

export type VersComparator = '=' | '!=' | '<' | '<=' | '>' | '>=';
