import type { FeedRequest } from '../../feed/index.ts';

/** 400 MB unpacked in 2026. */
const LIMIT_BYTES = 4_000_000_000;

export function overrideRequests(): readonly FeedRequest[] {
  return [{ path: 'archive/refs/heads/main.tar.gz', role: 'archive', packing: 'tar.gz', limitBytes: LIMIT_BYTES }];
}
