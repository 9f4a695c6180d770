import { createHash } from 'node:crypto';
import type { Host } from '../../host.ts';
import { listName } from '../refresh.ts';
import { aptConfiguration, type AptWorkspace } from '../workspace.ts';

/** Own lists and configuration for each snapshot. Others can't look into it: names of lists hold the gateway's secret. */
export interface SnapshotFolder {
  readonly directory: string;
  readonly configuration: string;
  readonly sources: string;
  readonly lists: string;
  readonly preferences: string;
  /** That all its lists were fetched once, with which sources. */
  readonly complete: string;
}

/** What is written anew for each gateway. */
export interface SnapshotFiles {
  readonly sources: string;
  readonly baseUrls: readonly string[];
}

/** Enough for a plan, a canary, a window to come and the one before; each has the lists of a distribution. */
const SNAPSHOTS_KEPT_MAX = 4;
const FOLDER_MODE = 0o711;

export function snapshotFolder(workspace: Pick<AptWorkspace, 'directory'>, snapshotId: string): SnapshotFolder {
  // Ids are UUIDs by schema; nothing else may become a path.
  if (!/^[0-9a-f-]{1,64}$/.test(snapshotId)) throw new Error(`not a snapshot's id: ${JSON.stringify(snapshotId)}`);
  const directory = `${workspace.directory}/content/${snapshotId}`;
  return {
    directory,
    configuration: `${directory}/apt.conf`,
    sources: `${directory}/snapshot.sources`,
    lists: `${directory}/lists`,
    preferences: `${directory}/preferences`,
    complete: `${directory}/complete`,
  };
}

/**
 * For these transactions only: frozen content is as old as it is, and how old it may be is said by the signed order,
 * whose digests are compared. The way to the gateway leads through no proxy, whatever the endpoint has configured.
 */
function snapshotConfiguration(folder: SnapshotFolder, workspace: AptWorkspace, baseUrls: readonly string[]): string {
  const direct = baseUrls.flatMap((url) =>
    ['http', 'https'].map((scheme) => `Acquire::${scheme}::Proxy::${new URL(url).hostname} "DIRECT";\n`),
  );
  return `${aptConfiguration(folder.directory)}
Dir::Cache::archives "${workspace.archives}";
Dir::Etc::sourcelist "${folder.sources}";
Dir::Etc::sourceparts "/dev/null";
Acquire::Check-Valid-Until "false";
${direct.join('')}Acquire::http::AllowRedirect "false";
// What the server has not yet comes from the vendor first.
Acquire::http::Timeout "180";
// A gateway's requests are answered side by side, and each takes memory there.
Acquire::http::Pipeline-Depth "4";
Acquire::PDiffs "false";
`;
}

export async function makeSnapshotFolder(
  host: Host,
  workspace: AptWorkspace,
  folder: SnapshotFolder,
  files: SnapshotFiles,
): Promise<void> {
  await host.makeDirectory(`${workspace.directory}/content`, { mode: FOLDER_MODE });
  for (const each of [folder.directory, folder.lists]) await host.makeDirectory(each, { mode: FOLDER_MODE });
  for (const each of ['lists/partial', 'cache']) await host.makeDirectory(`${folder.directory}/${each}`);
  await host.writeFile(folder.configuration, snapshotConfiguration(folder, workspace, files.baseUrls));
  await host.writeFile(folder.sources, Buffer.from(files.sources, 'latin1'), { mode: 0o600 });
  await renameLists(host, folder, files.baseUrls);
  await prune(host, workspace, folder);
}

/** apt names lists after their address; the gateway has another one each time, and what was fetched stays the same. */
async function renameLists(host: Host, folder: SnapshotFolder, baseUrls: readonly string[]): Promise<void> {
  const prefixes = new Map(baseUrls.map((url) => [new URL(url).hostname, `${listName(url)}_revisions_`]));
  for (const name of (await host.listDirectory(folder.lists)) ?? []) {
    const [, address = '', rest] = /^(127\.0\.0\.\d+):\d+_[^_]+_revisions_(.+)$/.exec(name) ?? [];
    const prefix = prefixes.get(address);
    if (rest === undefined || prefix === undefined || name.startsWith(prefix)) continue;
    await host.copyFile(`${folder.lists}/${name}`, `${folder.lists}/${prefix}${rest}`);
    await host.remove(`${folder.lists}/${name}`);
  }
}

/**
 * apt goes on with the files in these, and joins what it gets to wrong bytes of before. What is outside of them it has
 * compared with a signed digest.
 */
export async function removeUnfinished(
  host: Host,
  workspace: Pick<AptWorkspace, 'archives'>,
  folder: Pick<SnapshotFolder, 'lists'>,
): Promise<void> {
  for (const directory of [`${folder.lists}/partial`, `${workspace.archives}/partial`])
    for (const name of (await host.listDirectory(directory)) ?? []) await host.remove(`${directory}/${name}`);
}

/** What was asked for, without the gateway's address. */
function identityOf({ sources, baseUrls }: SnapshotFiles): string {
  const plain = baseUrls.reduce((text, url) => text.replaceAll(url, new URL(url).hostname), sources);
  return createHash('sha256').update(plain).digest('hex');
}

export async function markComplete(host: Host, folder: SnapshotFolder, files: SnapshotFiles): Promise<void> {
  await host.writeFile(folder.complete, identityOf(files));
}

/** Everything was fetched and verified by apt before, with the same sources. */
export async function isComplete(host: Host, folder: SnapshotFolder, files: SnapshotFiles): Promise<boolean> {
  return (await host.readFile(folder.complete, { maxBytes: 1_024 }))?.toString('utf8') === identityOf(files);
}

async function prune(host: Host, workspace: AptWorkspace, current: SnapshotFolder): Promise<void> {
  const root = `${workspace.directory}/content`;
  const others: { readonly path: string; readonly atMs: number }[] = [];
  for (const name of (await host.listDirectory(root)) ?? []) {
    const path = `${root}/${name}`;
    if (path === current.directory) continue;
    others.push({ path, atMs: (await host.stat(`${path}/snapshot.sources`))?.modifiedAtMs ?? 0 });
  }
  const old = others.sort((a, b) => b.atMs - a.atMs).slice(SNAPSHOTS_KEPT_MAX - 1);
  for (const { path } of old) await host.remove(path);
}
