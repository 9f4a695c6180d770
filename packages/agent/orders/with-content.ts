import type { SnapshotContent } from '@thimble/drivers';
import type { ContentSource } from '@thimble/protocol';
import type { Gateway } from '../content/gateway.ts';
import type { Execution } from './execute.ts';

/** Keeps the way to an order's snapshot open while it is worked on; an order without one needs none. */
export async function withContent<T>(
  source: ContentSource | undefined,
  bytesPerSecond: number | null,
  { openGateway }: Pick<Execution, 'openGateway'>,
  act: (more: { readonly content?: SnapshotContent }, gateway: Gateway | null) => Promise<T>,
): Promise<T> {
  if (source === undefined) return act({}, null);
  const revisionIds = new Set(source.repositories.map((each) => each.revisionId));
  const gateway = await openGateway({ revisionIds, bytesPerSecond, addressCount: hostsOf(source).size });
  try {
    return await act({ content: { source, baseUrl: gateway.baseUrl, moreUrls: gateway.moreUrls } }, gateway);
  } finally {
    await gateway.close();
  }
}

/** An address for each, because package managers tell vendors apart by their host. */
function hostsOf({ repositories }: ContentSource): ReadonlySet<string> {
  const uris = repositories.flatMap((each) => each.uris);
  return new Set(uris.map((uri) => (URL.canParse(uri) ? new URL(uri).hostname : uri)));
}
