/**
 * The end of a file that nobody gets before its check has passed. Whoever has all but this has nothing that can be installed: package
 * managers look at length and digest first.
 */
export const HELD_BACK_BYTES = 64 * 1024;

export interface AcquireLimits {
  /** For a connection, the TLS handshake and the header of the answer. */
  readonly answerMs: number;
  /** Longest silence within a transfer. */
  readonly idleMs: number;
  /** Time that a transfer may wait for upstream before its pace counts. */
  readonly graceMs: number;
  /** Pace below which an upstream only holds a connection. */
  readonly slowestBytesPerSecond: number;
  /** All the time that one file may wait for its upstreams; our own pacing is not counted. */
  readonly waitedLimitMs: number;
  /** Wait before a host that failed is asked again; twice as long each further time. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** How long somebody who asks for a file waits for a host that failed to be asked again. */
  readonly patienceMs: number;
}

export const ACQUIRE_LIMITS: AcquireLimits = {
  // apt and dnf give up after 30 s of silence, and their users may go on after a mirror was changed here.
  answerMs: 20_000,
  idleMs: 30_000,
  graceMs: 60_000,
  // A modem's pace; 100 MB take a night.
  slowestBytesPerSecond: 4 * 1024,
  waitedLimitMs: 12 * 3_600_000,
  firstWaitMs: 1_000,
  longestWaitMs: 5 * 60_000,
  patienceMs: 30_000,
};

/** Times that all addresses of a file may be tried without getting on. */
export const FRUITLESS_ROUNDS_LIMIT = 3;
/** What counts as getting on: less is what a hostile upstream gives to hold a connection. */
export const PROGRESS_BYTES = 64 * 1024;
/** Addresses of one file that are tried: mirrors times paths. */
export const ADDRESSES_LIMIT = 64;
/** Of the reasons why mirrors failed that a message names. */
export const REASONS_LIMIT = 4;
/** Free space is looked at again after so many bytes of a transfer. */
export const ROOM_CHECK_BYTES = 16 * 1024 * 1024;
/** One read of a partial file for those who follow it. */
export const BLOCK_BYTES = 256 * 1024;
/** Blocks that followers share: those who read at the same pace cost one read and one buffer together. */
export const SHARED_BLOCKS = 16;
/** Digests of files that were checked by another digest, kept in memory: some 20 MB. */
export const KNOWN_DIGESTS_LIMIT = 100_000;
