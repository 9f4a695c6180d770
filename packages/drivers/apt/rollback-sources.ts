import type { Gap, PackageChange } from '@thimble/protocol';
import type { Host } from '../host.ts';
import type { IndexRecords } from './packages-index.ts';
import { readVerified } from './verified-archives.ts';
import type { AptWorkspace } from './workspace.ts';

/** Where the version before can be had from, with the digest that a signed index gave it; null: nowhere. */
export interface RollbackSource {
  readonly change: PackageChange & { readonly from: string };
  /** Of the file, which may be `all` where the new version has an architecture of its own. */
  readonly architecture: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** A verified file of an earlier order; null: it has to be fetched from an index. */
  readonly path: string | null;
}

/** For each change that replaces or removes something: how it could be undone. */
export async function rollbackSources(
  host: Host,
  workspace: AptWorkspace,
  changes: readonly PackageChange[],
  records: IndexRecords,
): Promise<{ sources: RollbackSource[]; gaps: Gap[] }> {
  const verified = await readVerified(host, workspace);
  const sources: RollbackSource[] = [];
  const gaps: Gap[] = [];
  for (const change of changes) {
    const { from } = change;
    if (from === null) continue;
    const whole = { ...change, from };
    const record = (records.byName.get(change.name) ?? []).find(
      (each) => each.version === from && sameArchitecture(each.architecture, change.architecture) && each.index.trusted,
    );
    const file = verified.find(
      (each) =>
        each.name === change.name && each.version === from && sameArchitecture(each.architecture, change.architecture),
    );
    const found = file ?? (record?.sha256 == null ? undefined : { ...record, sha256: record.sha256, path: null });
    if (found !== undefined) {
      const { architecture, sha256, sizeBytes, path } = found;
      sources.push({ change: whole, architecture, sha256, sizeBytes, path });
      continue;
    }
    gaps.push({
      what: `${change.name} ${from}`.slice(0, 512),
      why: 'no index of this endpoint has this version any more, and no earlier order kept it',
    });
  }
  return { sources, gaps: gaps.slice(0, 1_000) };
}

function sameArchitecture(a: string, b: string): boolean {
  return a === b || a === 'all' || b === 'all';
}
