import type { ExpectedFile, FileCheck, StoredFile } from './file.ts';

export type RepositoryFormatId = 'apt' | 'rpm' | 'apk' | 'generic';

/** Where a repository's files are, and which part of it is wanted. */
export interface RepositoryDefinition {
  readonly format: RepositoryFormatId;
  /**
   * Base addresses, mirrors of each other, in the order in which they are tried; each ends in `/`. apt: the archive root
   * (without `dists/`). rpm: the folder that has `repodata/`. apk: the folder that has the architectures' folders. generic: any.
   */
  readonly uris: readonly string[];
  /** rpm: a mirrorlist or metalink that names more of them. */
  readonly mirrorList: string | null;
  /** apt: suite or codename, or a path that ends in `/` for a flat repository; empty elsewhere. */
  readonly suite: string;
  /** apt only; empty for a flat repository. */
  readonly components: readonly string[];
  /** Of the packages that are wanted; `all`/`noarch` come along by themselves. */
  readonly architectures: readonly string[];
  /**
   * `metadata`: the index is signed, and vouches for the packages. `packages` (rpm): the vendor signs only packages, so each one's own
   * signature is checked before it is stored; a decision that people make by hand.
   */
  readonly signature: 'metadata' | 'packages';
  /** generic: the files, which people state with digest or signature. */
  readonly files?: readonly GenericFile[];
}

/** An installer, firmware or definition that no repository format describes. */
export interface GenericFile {
  readonly name: string;
  readonly version: string;
  /** Absolute, or relative to the first of the uris. */
  readonly url: string;
  readonly sha256: string;
  /** null: the file is fetched while the repository is frozen, to learn it; what servers say of a size is no evidence. */
  readonly sizeBytes: number | null;
  /** How the vendor signs it; checked by the endpoint's own means (Authenticode, notarisation), kept for information. */
  readonly signatureKind: 'none' | 'authenticode' | 'apple' | 'openpgp' | 'minisign' | 'other';
}

/** A key that a person approved for a repository, by fingerprint. */
export interface TrustAnchor {
  readonly kind: 'openpgp' | 'rsa';
  /** openpgp: upper-case hex of the primary key. rsa (apk): SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  /** The key as the endpoint has it: binary OpenPGP, or PEM. */
  readonly material: Uint8Array;
  /** apk: the file name by which signatures name their key. */
  readonly name: string;
}

/** One package file that a repository offers. */
export interface RepositoryPackage {
  /** Of the file in the repository: relative, without `..`, decoded. */
  readonly path: string;
  readonly name: string;
  /** With epoch where the format has one (`1:2.3-4`; rpm `0:` is left out). */
  readonly version: string;
  readonly architecture: string;
  /** The source package that it was built from, for advisories; the package itself where the format has none. */
  readonly source: string;
  readonly sourceVersion: string;
  readonly sizeBytes: number;
  readonly check: FileCheck;
}

/** What was known of a repository before it is frozen again. */
export interface PreviousRevision {
  /** SHA-256 of the top-level metadata: FrozenMetadata.metadataSha256. */
  readonly metadataSha256: string;
  /** The newest date that any revision's metadata had; null: the format has none. */
  readonly newestDate: Date | null;
}

/** A repository's signed metadata at one moment, every byte of it verified and in the store. */
export interface FrozenMetadata {
  /**
   * The file by whose digest an endpoint recognises the revision: `dists/SUITE/InRelease`, `repodata/repomd.xml`, `ARCH/APKINDEX.tar.gz`,
   * `files.json` (generic). apk with several architectures has as many indexes: there it is `APKINDEX.sha256`, a file of our own that
   * names each one's digest as sha256sum(1) does, sorted by path.
   */
  readonly metadataPath: string;
  readonly metadataSha256: string;
  /** Fingerprint of the anchor that vouches for it; null: only packages are signed. */
  readonly signedBy: string | null;
  readonly date: Date | null;
  readonly validUntil: Date | null;
  /** How the vendor names it: Origin, Label, Suite, Codename, Version of a Release file; empty elsewhere. */
  readonly labels: Readonly<Record<string, string>>;
  /** All that a client asks for besides packages. */
  readonly files: readonly StoredFile[];
  /** Metadata that the signature covers and that is fetched when a client asks (translations, contents ...). */
  readonly onDemand: readonly ExpectedFile[];
  /** More base addresses that upstream named (rpm: mirrorlist, metalink), for what is fetched later. Not 'configured' hosts. */
  readonly mirrors?: readonly string[];
}

export type FreezeResult =
  /** The top-level metadata has the bytes that it had. */
  { readonly kind: 'unchanged' } | ({ readonly kind: 'frozen' } & FrozenMetadata);
