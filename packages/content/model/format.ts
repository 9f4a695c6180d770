import type { ExpectedFile, StoredFile } from './file.ts';
import type {
  FreezeResult,
  PreviousRevision,
  RepositoryDefinition,
  RepositoryFormatId,
  RepositoryPackage,
  TrustAnchor,
} from './repository.ts';

export type Packing = 'plain' | 'gzip' | 'xz' | 'zstd' | 'bzip2';

/** What a format gets to freeze a repository with. All limits on time, redirects and disk are behind these functions. */
export interface FreezeContext {
  readonly now: Date;
  readonly anchors: readonly TrustAnchor[];
  readonly previous: PreviousRevision | null;
  readonly signal: AbortSignal;
  /**
   * A small file of which nothing is known yet: top-level metadata and its signature. Nothing is stored.
   *
   * @param path in the repository, or an absolute address that the definition itself states (`mirrorList`)
   * @returns null when upstream has no such file (404, 410)
   * @throws ContentFault `unreachable`, `too-large`
   */
  fetchUnverified(path: string, limits: { readonly limitBytes: number }): Promise<Uint8Array | null>;
  /**
   * A file that verified metadata names: from the store, or fetched, checked and stored.
   *
   * @param from other paths by which upstream may have it (`by-hash`), tried in this order before `path`
   * @throws ContentFault `missing`, `truncated`, `too-large`, `wrong-digest`, `unreachable`, `disk-full`
   */
  fetch(file: ExpectedFile, from?: readonly string[]): Promise<StoredFile>;
  /**
   * A file of which people stated the SHA-256 but not the size (generic): fetched, checked and stored, whatever its size is below the
   * limit.
   *
   * @param address in the repository, or absolute where the definition states it so
   * @throws ContentFault as `fetch`
   */
  fetchOfUnknownSize(
    file: { readonly path: string; readonly sha256: string; readonly address: string },
    limits: { readonly limitBytes: number },
  ): Promise<StoredFile>;
  /**
   * More base addresses for the rest of this freeze, tried after the definition's own: each http or https and with a `/` at its end.
   * Upstream named them, so they are not 'configured' (see AcquirerSettings.isConfigured): only public hosts are asked, by https.
   */
  addMirrors(urls: readonly URL[]): void;
  /** Stores verified bytes that were fetched as `fetchUnverified`. */
  keep(path: string, bytes: Uint8Array): Promise<StoredFile>;
  /** The content of a stored file, unpacked in bounded memory. @throws ContentFault `too-large`, `malformed` */
  read(file: StoredFile, packing: Packing, limits: { readonly limitBytes: number }): AsyncIterable<Uint8Array>;
  /** For people who watch: `Packages of main/amd64`. */
  progress(message: string): void;
}

export type PackageIdentity = Pick<RepositoryPackage, 'path' | 'name' | 'version' | 'architecture'>;

/** One kind of repository. What it offers is emitted while it is read; nothing counts before `freeze` has ended well. */
export interface RepositoryFormat {
  readonly id: RepositoryFormatId;
  readonly name: string;
  /**
   * Fetches the metadata, verifies it from its signature downwards, and keeps it.
   *
   * @param emit each package, once; waits where the receiver is slow
   * @throws ContentFault; nothing of what was emitted then counts
   */
  freeze(
    definition: RepositoryDefinition,
    context: FreezeContext,
    emit: (found: RepositoryPackage) => Promise<void> | void,
  ): Promise<FreezeResult>;
  /**
   * Where a package file is, for formats whose files need not be below the repository's base addresses (generic). Left out: the path
   * below each base address, then below each of the revision's mirrors.
   *
   * @returns absolute addresses; empty: the definition does not name this file any more, so it cannot be fetched
   */
  addressesOf?(definition: RepositoryDefinition, path: string): readonly URL[];
  /**
   * What has to hold of a package file besides its FileCheck (see Wanted.afterCheck): an rpm's own signature where the metadata is not
   * signed, and that it is the package which the metadata calls so. Left out, or null: nothing. What is returned throws ContentFault.
   */
  packageCheck?(
    definition: RepositoryDefinition,
    anchors: readonly TrustAnchor[],
    at: Date,
  ): ((found: PackageIdentity, localPath: string) => Promise<void>) | null;
  /** Media type by path, for clients. */
  contentType(path: string): string;
  /** What a person writes into a client's configuration to use a frozen repository at this address. */
  clientConfiguration(definition: RepositoryDefinition, address: ClientAddress): readonly ClientFile[];
}

export interface ClientAddress {
  /** Of the frozen repository, ends in `/`. */
  readonly url: string;
  /** For basic authentication; null: open to all. */
  readonly credentials: { readonly user: string; readonly password: string } | null;
  /** Where the vendor's keyring is on the client; null: the client's usual ones. */
  readonly keyringPath: string | null;
  /** Where the certificate that vouches for the address is on the client (PEM); left out: the client trusts it already. */
  readonly caPath?: string;
  readonly label: string;
}

export interface ClientFile {
  /** Where it belongs on the client, e.g. `/etc/apt/sources.list.d/thimble.sources`. */
  readonly path: string;
  readonly text: string;
  readonly secret: boolean;
}
