import type { Gap, KeptPackage } from '@thimble/protocol';
import { HostError, type Host } from '../host.ts';
import { inOwnWords } from './content/own-words.ts';
import { archiveName, digestsOf } from './digests.ts';
import { DEADLINES } from './limits.ts';
import type { OrderFolder } from './order-folder.ts';
import { qualifiedName } from './resolve.ts';
import type { RollbackSource } from './rollback-sources.ts';
import { aptGet, type AptWorkspace } from './workspace.ts';

export interface Kept {
  readonly kept: readonly KeptPackage[];
  readonly gaps: readonly Gap[];
}

/**
 * Keeps the vendor's own files of the versions before, for a way back. A file counts only with the digest that a
 * signed index gave it.
 */
export async function keepEarlierVersions(
  host: Host,
  workspace: AptWorkspace,
  folder: OrderFolder,
  sources: readonly RollbackSource[],
  native: string,
  signal: AbortSignal,
): Promise<Kept> {
  await host.makeDirectory(folder.kept);
  const missing: RollbackSource[] = [];
  for (const source of sources) {
    if (source.path !== null && (await host.stat(source.path)) !== null)
      await host.copyFile(source.path, pathOf(folder, source));
    else if ((await host.stat(pathOf(folder, source))) === null) missing.push(source);
  }
  let why = 'it could not be fetched';
  if (missing.length > 0) {
    // `download` writes into its working directory and takes no lock, so it runs beside the download of the new ones.
    const names = missing.map(({ change }) => `${qualifiedName(change, native)}=${change.from}`);
    const argv = ['env', '-C', folder.kept, ...aptGet(workspace, 'download', ...names)];
    const result = await host.run(argv, { deadlineMs: DEADLINES.downloadMs, signal });
    if (result.exitCode !== 0)
      why = `it could not be fetched: ${inOwnWords(workspace, result.stderr.trim()).slice(0, 500)}`;
  }
  return checkKept(host, folder, sources, why);
}

async function checkKept(
  host: Host,
  folder: OrderFolder,
  sources: readonly RollbackSource[],
  why: string,
): Promise<Kept> {
  const files = await findFiles(host, folder, sources);
  const digests = await digestsOf(host, [...files.values()]);
  const kept: KeptPackage[] = [];
  const gaps: Gap[] = [];
  for (const source of sources) {
    const { change, sha256, sizeBytes } = source;
    const path = files.get(source);
    const what = `${change.name} ${change.from}`.slice(0, 512);
    if (path === undefined) gaps.push({ what, why });
    else if (digests.get(path) !== sha256) {
      gaps.push({ what, why: 'its file has not the digest that the signed index gives' });
      await host.remove(path);
    } else {
      const architecture = /_([a-z0-9-]+)\.deb$/.exec(path)?.[1] ?? change.architecture;
      kept.push({ name: change.name, architecture, version: change.from, sha256, sizeBytes, from: 'archive' });
    }
  }
  if (kept.length > 0) {
    // A preparation after a crash is of the rest alone: what was replaced before it has its way back from the first one.
    const again = new Set(kept.map(keyOf));
    const earlier = (await readKept(host, folder)).filter((each) => !again.has(keyOf(each)));
    await host.writeFile(`${folder.kept}/kept.json`, JSON.stringify([...earlier, ...kept]));
  }
  return { kept, gaps };
}

function keyOf({ name, architecture, version }: KeptPackage): string {
  return `${name} ${architecture} ${version}`;
}

/** apt names the file after the architecture in the index, which may be `all`. */
async function findFiles(host: Host, folder: OrderFolder, sources: readonly RollbackSource[]) {
  const names = new Set((await host.listDirectory(folder.kept)) ?? []);
  const files = new Map<RollbackSource, string>();
  for (const source of sources) {
    const { name, from: version, architecture } = source.change;
    const file = [architecture, 'all', source.architecture]
      .map((each) => archiveName({ name, version, architecture: each }))
      .find((each) => names.has(each));
    if (file !== undefined) files.set(source, `${folder.kept}/${file}`);
  }
  return files;
}

function pathOf(folder: OrderFolder, { change, architecture }: RollbackSource): string {
  return `${folder.kept}/${archiveName({ name: change.name, version: change.from, architecture })}`;
}

/** The files that an earlier order kept, as this endpoint itself recorded them. */
export async function readKept(host: Host, folder: OrderFolder): Promise<readonly KeptPackage[]> {
  try {
    const data = await host.readFile(`${folder.kept}/kept.json`, { maxBytes: 16 * 1024 * 1024 });
    const list: unknown = data === null ? [] : JSON.parse(data.toString('utf8'));
    return Array.isArray(list) ? (list as readonly KeptPackage[]) : [];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof HostError) return [];
    throw error;
  }
}

export function keptPath(folder: OrderFolder, each: Pick<KeptPackage, 'name' | 'version' | 'architecture'>): string {
  return `${folder.kept}/${archiveName(each)}`;
}
