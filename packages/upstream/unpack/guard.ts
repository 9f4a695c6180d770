import { UpstreamError } from '../upstream-error.ts';
import { RATIO_COUNTS_FROM_BYTES, UNPACKED_PER_PACKED_LIMIT } from './limits.ts';

/** Counts the unpacked bytes of one document and stops at its limits. */
export interface Guard {
  /** Before `bytes` more are handed on. @throws UpstreamError `too-large` */
  readonly count: (bytes: number) => void;
  /** How many more may come. */
  readonly remaining: () => number;
}

export function createGuard(name: string, packedBytes: number, limitBytes: number): Guard {
  const ratioLimit = Math.max(RATIO_COUNTS_FROM_BYTES, packedBytes * UNPACKED_PER_PACKED_LIMIT);
  let total = 0;
  return {
    count: (bytes) => {
      total += bytes;
      if (total > limitBytes)
        throw new UpstreamError('too-large', `${name} has more than the ${limitBytes} bytes that are read of it`);
      if (total > ratioLimit)
        throw new UpstreamError(
          'too-large',
          `${name} unpacks to more than ${UNPACKED_PER_PACKED_LIMIT} times its ${packedBytes} bytes: nothing honest does that`,
        );
    },
    remaining: () => Math.min(limitBytes, ratioLimit) - total,
  };
}

/** What an unpacking library threw, as a fault of the document. Errors of the file system pass as they are. */
export function asUpstreamError(name: string, error: unknown): unknown {
  if (error instanceof UpstreamError || isSystemError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new UpstreamError('malformed', `${name} can't be unpacked, it is damaged or cut off: ${reason}`, {
    cause: error,
  });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
