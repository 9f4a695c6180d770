/** A file whose bytes are in the store. */
export interface StoredFile {
  /** In the repository, relative, as clients ask for it. */
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * What signed metadata says of a file, which is all that makes its bytes acceptable. Formats state different things; a file
 * is stored under its SHA-256 only after its check passed.
 */
export type FileCheck =
  | { readonly kind: 'sha256'; readonly sha256: string; readonly sizeBytes: number }
  /** rpm's older and newer repositories; SHA-256 follows when the bytes are there. Weaker digests are refused. */
  | { readonly kind: 'sha512'; readonly sha512: string; readonly sizeBytes: number }
  /**
   * APKINDEX (apk-v2): SHA-1 of the package's control segment, whose .PKGINFO states the SHA-256 of the data segment. The whole
   * chain is checked.
   */
  | { readonly kind: 'apk'; readonly controlSha1: string; readonly sizeBytes: number };

/** A file that signed metadata names and that is fetched when somebody needs it. */
export interface ExpectedFile {
  readonly path: string;
  readonly check: FileCheck;
}
