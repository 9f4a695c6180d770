/** One package as an operating system's package database records it. */
export interface InstalledSoftware {
  readonly name: string;
  /** In the database's own notation, with epoch and release. */
  readonly version: string;
  readonly architecture: string | null;
  /** The source package; null: the database does not say. */
  readonly source: { readonly name: string; readonly version: string } | null;
  /** Who built it, in the database's words; null: not stated. */
  readonly vendor: string | null;
  /** RPM module and stream, `nodejs:18`. */
  readonly module: string | null;
  readonly licence: string | null;
}

export interface InstalledDatabase {
  readonly packages: readonly InstalledSoftware[];
  /** Records that could not be understood, in words; never dropped silently. */
  readonly problems: readonly string[];
}
