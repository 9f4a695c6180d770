import { createHash } from 'node:crypto';
import type { Gap, PackageOrigin } from '@thimble/protocol';
import type { Host } from '../host.ts';
import { readIndexes, type PackageIndex } from './index-targets.ts';
import type { Installed } from './installed.ts';
import { READ_LIMITS } from './limits.ts';
import { readRecords, type IndexRecord } from './packages-index.ts';
import { isSecurityOrigin } from './security.ts';
import type { AptWorkspace } from './workspace.ts';

/** From which repository each installed version comes; a key that is missing: from none that is configured. */
export interface Origins {
  readonly origins: readonly PackageOrigin[];
  /** `name architecture version` → position in `origins`. */
  readonly packages: Readonly<Record<string, number>>;
  readonly gaps: readonly Gap[];
}

export function originKey(each: {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
}): string {
  return `${each.name} ${each.architecture} ${each.version}`;
}

/**
 * Looking into the indexes takes a quarter of a second, so the answer is kept until an index or an installed version
 * changes.
 */
export async function readOrigins(host: Host, workspace: AptWorkspace, installed: Installed): Promise<Origins> {
  const identity = await identityOf(host, workspace, installed);
  const path = `${workspace.directory}/origins.json`;
  const cached = parseCache(await host.readFile(path, { maxBytes: READ_LIMITS.extendedStatesBytes }), identity);
  if (cached !== null) return cached;
  const fresh = await lookUp(host, workspace, installed);
  await host.writeFile(path, JSON.stringify({ identity, ...fresh }));
  return fresh;
}

async function lookUp(host: Host, workspace: AptWorkspace, installed: Installed): Promise<Origins> {
  const indexes = await readIndexes(host, workspace);
  const names = new Set(installed.packages.map((each) => each.name));
  const records = await readRecords(host, indexes, names);
  const origins: PackageOrigin[] = [];
  const packages: Record<string, number> = Object.create(null) as Record<string, number>;
  const positions = new Map<PackageIndex, number>();
  for (const each of installed.packages) {
    const record = bestRecord(
      (records.byName.get(each.name) ?? []).filter(
        (other) => other.version === each.version && other.architecture === each.architecture,
      ),
    );
    if (record === undefined) continue;
    let position = positions.get(record.index);
    if (position === undefined) {
      position = origins.push(record.index.origin) - 1;
      positions.set(record.index, position);
    }
    packages[originKey(each)] = position;
  }
  const gaps = records.unreadable.map(({ path, why }) => ({ what: `origins from ${baseName(path)}`, why }));
  if (indexes.length === 0) gaps.push({ what: 'origins', why: 'no index was fetched on this endpoint yet' });
  return { origins, packages, gaps };
}

/** A version may be in several repositories: the security pocket tells most. */
export function bestRecord(records: readonly IndexRecord[]): IndexRecord | undefined {
  return records.find((each) => isSecurityOrigin(each.index.origin)) ?? records[0];
}

async function identityOf(host: Host, workspace: AptWorkspace, installed: Installed): Promise<string> {
  const hash = createHash('sha256').update('2\n');
  const names = [...((await host.listDirectory(workspace.lists)) ?? [])].sort();
  const stats = await Promise.all(names.map((name) => host.stat(`${workspace.lists}/${name}`)));
  stats.forEach((stat, index) => {
    if (stat?.kind === 'file') hash.update(`${names[index] ?? ''} ${stat.sizeBytes} ${stat.modifiedAtMs}\n`);
  });
  hash.update(`${workspace.lists}\n${installed.packages.map(originKey).join('\n')}`);
  return hash.digest('hex');
}

function parseCache(data: Buffer | null, identity: string): Origins | null {
  // Written by ourselves; a foreign or cut file just does not have our identity.
  if (data === null || !data.subarray(0, 100).includes(identity)) return null;
  try {
    const cache = JSON.parse(data.toString('utf8')) as { identity: string } & Origins;
    return cache.identity === identity && Array.isArray(cache.origins) && Array.isArray(cache.gaps) ? cache : null;
  } catch {
    return null;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).slice(0, 400);
}
