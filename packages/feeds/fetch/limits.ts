/** Time for a connection, the TLS handshake and the first line of the answer: slow interfaces think for half a minute. */
export const ANSWER_MS = 60_000;
/** Longest silence within a transfer. */
export const IDLE_MS = 60_000;
/** For one document, with all attempts: the largest (hundreds of megabytes) come in minutes over a slow line. */
export const TOTAL_MS = 45 * 60_000;
/** Packed bytes may be more than the unpacked ones: an archive's directory, blocks that don't pack. */
export const PACKING_OVERHEAD_BYTES = 64 * 1024 * 1024;
export const ATTEMPTS_LIMIT = 4;
/** Wait before the second attempt; four times as long before each further one. */
export const FIRST_WAIT_MS = 1_000;
/** An upstream that asks for more patience is asked again at the next synchronisation. */
export const RETRY_AFTER_LIMIT_MS = 120_000;
/** Documents of one host at the same time: what browsers do, and no upstream objects to. */
export const PER_HOST_LIMIT = 4;

export interface FetchLimits {
  readonly answerMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}
