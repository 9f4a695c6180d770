import type { Advisory, Fact } from '../model/index.ts';

export type ArchivePacking = 'zip' | 'tar.gz' | 'tar.bz2' | 'tar.xz' | 'tar.zst';

/** One thing to fetch from an upstream. */
export interface FeedRequest {
  /** Relative to the feed's base address, or an absolute https address that an upstream document named. */
  readonly path: string;
  /** What kind of document it is, in the feed's own words: tells `read` what it got. */
  readonly role: string;
  /** How the bytes are packed; the caller unpacks, within `limitBytes`. Archives (zip and the tars) are read by `entries`. */
  readonly packing: 'plain' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | ArchivePacking;
  /** Most unpacked bytes that are read (for archives: of all entries together). */
  readonly limitBytes: number;
  /** 404 and 410 are an answer (no such document), not a fault. */
  readonly optional?: boolean;
  /** Of an optional one: what is fetched and read instead where there is no such document. */
  readonly otherwise?: FeedRequest;
  /** Carried from the request to its document. */
  readonly note?: string;
}

/** A fetched document. Reading beyond the limit throws a FeedError `too-large`. */
export interface FeedDocument {
  readonly request: FeedRequest;
  /** Unpacked bytes, in pieces. Not for archives. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** All of them at once: for documents that are small by nature. */
  readonly bytes: () => Promise<Uint8Array>;
  /** The files of an archive, in its order. */
  readonly entries: () => AsyncIterable<FeedEntry>;
}

export interface FeedEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly bytes: () => Promise<Uint8Array>;
}

/** What reading a document yields, piece by piece, in an order of the feed's choosing. */
export type FeedItem =
  | { readonly kind: 'advisory'; readonly advisory: Advisory }
  | { readonly kind: 'fact'; readonly fact: Fact }
  /** In delta mode: the record is gone upstream. */
  | { readonly kind: 'removed'; readonly id: string }
  /** A record that can't be used: dropped and counted, the rest of the document is kept. */
  | { readonly kind: 'fault'; readonly record: string; readonly reason: string }
  /** A further document to fetch and read. */
  | { readonly kind: 'request'; readonly request: FeedRequest }
  /** Where the next synchronisation goes on; kept only after everything before it was committed. */
  | { readonly kind: 'watermark'; readonly value: string };

/** What a feed is asked with. */
export interface FeedContext {
  /** The watermark of the last committed synchronisation; null: none. */
  readonly watermark: string | null;
  readonly now: Date;
  /** The namespaces that were discovered (`debian:12`, `npm`); null: all. Feeds that are cut by release ask only for these. */
  readonly namespaces: readonly string[] | null;
}

/**
 * A source of advisories or facts. Adding one is a folder under `feeds/` and a line in `feeds/registry.ts`.
 *
 * A feed decides what to fetch and understands what comes; it does no fetching itself, has no clock and keeps no state.
 * `read` throws a FeedError only when a document as a whole can't be used: the last good state then stays.
 */
export interface Feed {
  /** Kebab-case, also the folder's name (families such as OSV's ecosystems: folder name, dash, ecosystem). */
  readonly id: string;
  readonly name: string;
  readonly publisher: string;
  /** Where people read about it. */
  readonly documentation: string;
  /** The publisher's terms, in a few words: `CC0`, `CC-BY-4.0`, `not stated`. */
  readonly licence: string;
  /** Namespaces, without releases, that it speaks of: `debian`, `npm`, `cpe`; `*` for facts that concern all of them. */
  readonly namespaces: readonly string[];
  /** Why it is not chosen by itself: another feed says the same, or it can't be fetched as it is. A person can switch it on. */
  readonly onRequest?: string;
  /** `snapshot`: a synchronisation yields everything, and what it does not yield has ended. `delta`: only what changed. */
  readonly mode: 'snapshot' | 'delta';
  /** The upstream's base address, ending in a slash; configurable. */
  readonly baseUrl: string;
  /** How often it makes sense to ask, hours. */
  readonly intervalHours: number;
  /** The upstream refuses more requests than this within so many seconds; not set: it states no limit. */
  readonly pace?: { readonly requests: number; readonly perSeconds: number };
  /** Most records that one synchronisation may bring. */
  readonly limitRecords: number;
  readonly start: (context: FeedContext) => readonly FeedRequest[];
  readonly read: (document: FeedDocument, context: FeedContext) => AsyncIterable<FeedItem>;
}
