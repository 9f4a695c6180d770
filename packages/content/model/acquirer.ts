import type { Readable } from 'node:stream';
import type { FileCheck } from './file.ts';

/** A file to be had from an upstream. */
export interface Wanted {
  /** Absolute addresses, tried in turn: mirrors, then other paths. */
  readonly urls: readonly URL[];
  /** What it is, for messages: `openssl_3.0.22_amd64.deb of Debian bookworm-security`. */
  readonly name: string;
  readonly check: FileCheck;
  /**
   * Called with the finished file after `check` passed and before it is stored under its digest: what it throws is the outcome, and
   * the file is thrown away. Of several that ask for the same check at once, the hook of the first one decides; it has to be
   * the same for all (RepositoryFormat.packageCheck). Not called for what is in the store already.
   *
   * @throws ContentFault
   */
  readonly afterCheck?: (localPath: string) => Promise<void>;
}

/** A file that is there, or on its way: whoever asks for the same check while it is fetched follows the same transfer. */
export interface Acquisition {
  readonly sizeBytes: number;
  /** Whether this call began the transfer, followed another one, or found the file in the store. */
  readonly origin: 'stored' | 'fetching' | 'following';
  /** Resolves with the digest when all bytes are checked and stored. @throws ContentFault */
  readonly done: Promise<{ readonly sha256: string }>;
  /**
   * The bytes as they arrive. The last ones (`HELD_BACK_BYTES`, the whole file when it is small) are held back until the check has
   * passed; when it fails the stream ends with the ContentFault, so nobody ever has a whole file that is not verified.
   */
  stream(range?: { readonly first: number; readonly last: number }): Readable;
}

/** Gets files once: one transfer for all who ask, resumed after faults and restarts, paced, from the first mirror that works. */
export interface Acquirer {
  /** @throws ContentFault only for what is known at once (no address that may be asked, disk full) */
  acquire(wanted: Wanted): Promise<Acquisition>;
  /** A small file without a check: metadata whose signature is still to be verified. null: 404 or 410 everywhere. */
  fetchUnverified(
    wanted: Pick<Wanted, 'urls' | 'name'>,
    limits: { readonly limitBytes: number; readonly signal: AbortSignal },
  ): Promise<Uint8Array | null>;
  /**
   * What an upstream says of a file's size; no evidence of it, but with a digest that fits it is the size. null: it does not say.
   *
   * @throws ContentFault
   */
  statedSize(wanted: { readonly url: URL; readonly name: string }, signal: AbortSignal): Promise<number | null>;
  /** Transfers under way, for people who watch. */
  readonly transfers: () => readonly Transfer[];
  /** Bytes that came from upstreams since the start, by host. */
  readonly received: () => ReadonlyMap<string, number>;
  /** Stops transfers; partial files stay for the next start. */
  close(): Promise<void>;
}

export interface Transfer {
  readonly name: string;
  readonly host: string;
  readonly sizeBytes: number;
  readonly receivedBytes: number;
  readonly startedAt: Date;
  readonly followers: number;
}

export interface AcquirerSettings {
  readonly userAgent: string;
  /** Address of an http proxy; null: none. */
  readonly proxy: string | null;
  readonly noProxy?: string;
  /** PEM of certificates to trust besides the usual ones. */
  readonly ca?: string;
  /** For all transfers together; null: no limit. */
  readonly bandwidthBytesPerSecond: number | null;
  /** Transfers at a time from one host. */
  readonly perHost: number;
  /** Acquiring stops below this much free space; serving goes on. */
  readonly reserveBytes: number;
  /** Hosts that were configured by people: these may be inside the own network. Others, and redirects to others, must be public and https. */
  readonly isConfigured: (url: URL) => boolean;
  readonly now: () => Date;
  /**
   * Makes sure that only one of several servers on a store fetches a digest: resolves with a release function, or null when another one
   * has fetched it meanwhile. Left out: this process is alone.
   */
  readonly lock?: (key: string, signal: AbortSignal) => Promise<(() => Promise<void>) | null>;
  /**
   * Under which SHA-256 a file was stored that metadata names by another digest, as `onStored` told; null: not known. Left out: only what
   * this process stored is remembered, and after a start such files are fetched again.
   */
  readonly known?: (check: FileCheck) => Promise<string | null>;
  /** Told of each stored file, before `done` resolves. */
  readonly onStored?: (file: {
    readonly sha256: string;
    readonly sizeBytes: number;
    readonly host: string;
    readonly check: FileCheck;
  }) => Promise<void>;
}
