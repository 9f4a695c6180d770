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
  const gateway = await openGateway({ revisionIds, bytesPerSecond });
  try {
    return await act({ content: { source, baseUrl: gateway.baseUrl } }, gateway);
  } finally {
    await gateway.close();
  }
}
