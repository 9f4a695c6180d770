import type { Snapshot } from '../mirror/snapshot.ts';
import { run } from '../run.ts';
import type { DpkgState } from './dpkg-state.ts';

/**
 * What the frozen security index has newer than an endpoint, `name:architecture from → to`: computed from the index and
 * dpkg's own comparison, with no part of the product.
 */
export async function pendingSecurity(snapshot: Snapshot, suite: string, state: DpkgState): Promise<readonly string[]> {
  const offered = await snapshot.packages(suite);
  const pending: string[] = [];
  for (const [key, installed] of state.versions) {
    const [name = '', architecture] = key.split(':');
    const record = offered.get(name);
    if (record === undefined || record.architecture !== architecture || record.version === installed) continue;
    const newer = await run(['dpkg', '--compare-versions', record.version, 'gt', installed]);
    if (newer.code === 0) pending.push(`${key} ${installed} → ${record.version}`);
  }
  return pending.sort();
}
