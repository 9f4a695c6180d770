import type { SnapshotContent } from '@thimble/drivers';
import type { ContentSource, OutcomeResult, RefusalCode } from '@thimble/protocol';
import type { Gateway } from '../content/gateway.ts';
import type { Execution } from './execute.ts';

type Act<T> = (more: { readonly content?: SnapshotContent }, gateway: Gateway | null) => Promise<T>;

/** How an order ends whose content came, and was not right; or came so slowly that it never ended. */
const SPOILT: readonly RefusalCode[] = [
  'digest-mismatch',
  'index-not-verified',
  'snapshot-differs',
  'download-failed',
  'snapshot-unavailable',
];

/**
 * Keeps the way to an order's snapshot open while it is worked on; an order without one needs none. What was spoilt
 * with a relay's help is done once more with the server alone, as long as nothing was changed: a relay that lies must
 * not keep patches away.
 */
export async function withContent<T extends OutcomeResult>(
  source: ContentSource | undefined,
  bytesPerSecond: number | null,
  execution: Pick<Execution, 'openGateway' | 'log' | 'signal' | 'isCommitted'>,
  act: Act<T>,
): Promise<T> {
  if (source === undefined) return act({}, null);
  const revisionIds = new Set(source.repositories.map((each) => each.revisionId));
  const addressCount = hostsOf(source).size;
  const gateway = await execution.openGateway({ revisionIds, bytesPerSecond, addressCount });
  try {
    const content = { source, baseUrl: gateway.baseUrl, moreUrls: gateway.moreUrls };
    const result = await act({ content }, gateway);
    const isOver = execution.isCommitted() || execution.signal.aborted;
    if (!isSpoilt(result) || isOver || gateway.receivedBytes.relay === 0) return result;
    return await repeat(result, { ...content, anew: true }, gateway, execution, act);
  } finally {
    await gateway.close();
  }
}

async function repeat<T extends OutcomeResult>(
  spoilt: T & { readonly code: string; readonly message: string },
  content: SnapshotContent,
  gateway: Gateway,
  { log }: Pick<Execution, 'log'>,
  act: Act<T>,
): Promise<T> {
  log.warn(`once more without relays, because of what came (${spoilt.code}): ${spoilt.message}`);
  gateway.leaveRelaysOut();
  const result = await act({ content }, gateway);
  // Without the server nobody knows whose fault it was, and the first answer says more.
  if (result.kind === 'refused' && result.code === 'snapshot-unavailable') return spoilt;
  if (result.kind !== 'cancelled' && !isSpoilt(result))
    log.warn(`not asked for content for an hour, as it came right without: relay ${gateway.doubtRelays().join(', ')}`);
  return result;
}

function isSpoilt<T extends OutcomeResult>(result: T): result is T & Extract<OutcomeResult, { kind: 'refused' }> {
  return result.kind === 'refused' && SPOILT.includes(result.code);
}

/** An address for each, because package managers tell vendors apart by their host. */
function hostsOf({ repositories }: ContentSource): ReadonlySet<string> {
  const uris = repositories.flatMap((each) => each.uris);
  return new Set(uris.map((uri) => (URL.canParse(uri) ? new URL(uri).hostname : uri)));
}
