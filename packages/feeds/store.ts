import type { Advisory, ClaimKey, ClaimRecord, Fact, FactBody, FactKind } from '@thimble/advisories';

/** What is known of a feed's last synchronisation. */
export interface FeedState {
  readonly feed: string;
  readonly watermark: string | null;
  /** Of each document: what upstream gave to ask again with (RFC 9110 conditional requests), and its SHA-256. */
  readonly validators: ReadonlyMap<string, Validator>;
  readonly syncedAt: Date | null;
  /** When it last brought something new. */
  readonly changedAt: Date | null;
  readonly advisoryCount: number;
  readonly factCount: number;
  /** Records dropped in the last synchronisation, the first of them in words. */
  readonly faultCount: number;
  readonly faults: readonly { readonly record: string; readonly reason: string }[];
  /** Why the last attempt failed as a whole; null: it did not. */
  readonly failure: { readonly at: Date; readonly code: string; readonly message: string } | null;
}

export interface Validator {
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly sha256: string;
}

/** One synchronisation's writing: all of it becomes visible with `commit`, or none of it. */
export interface FeedWriter {
  readonly advisories: (records: readonly Advisory[]) => Promise<void>;
  readonly facts: (records: readonly Fact[]) => Promise<void>;
  readonly remove: (ids: readonly string[]) => Promise<void>;
  /** In snapshot mode ends what was not written. The watermark moves here, with the data, and nowhere else. */
  readonly commit: (
    result: Omit<FeedState, 'feed' | 'advisoryCount' | 'factCount' | 'failure' | 'changedAt'>,
  ) => Promise<void>;
  readonly abandon: () => Promise<void>;
}

/** Where normalised advisories are kept: PostgreSQL in the server, one SQLite file for the command line. */
export interface AdvisoryStore {
  readonly state: (feed: string) => Promise<FeedState | null>;
  readonly write: (feed: string, mode: 'snapshot' | 'delta') => Promise<FeedWriter>;
  readonly fail: (feed: string, failure: NonNullable<FeedState['failure']>) => Promise<void>;
}

/** Which knowledge is read. */
export interface ReadOptions {
  /** What was known at that time; without it, what is known now. */
  readonly asOf?: Date;
}

/** What assessing reads. */
export interface AdvisoryReader {
  /** The claims of all the keys; one that is named twice is read once. */
  readonly claims: (keys: readonly ClaimKey[], options?: ReadOptions) => Promise<readonly ClaimRecord[]>;
  /** Scores of EPSS have no history: with `asOf`, only those that have not changed since. */
  readonly facts: (kind: FactKind, subjects: readonly string[], options?: ReadOptions) => Promise<readonly FactBody[]>;
  readonly states: () => Promise<readonly FeedState[]>;
}

/** Everything that is valid now, as it was written: for bundles, and for showing one record whole. */
export interface AdvisoryRecords {
  readonly states: () => Promise<readonly FeedState[]>;
  readonly records: (feed: string) => AsyncIterable<FeedRecord>;
}

export type FeedRecord =
  | { readonly kind: 'advisory'; readonly advisory: Advisory }
  | { readonly kind: 'fact'; readonly fact: Fact };
