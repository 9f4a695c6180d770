import type { KeptPackage, PackageChange } from '@thimble/protocol';
import { snapshotError } from './content/own-words.ts';
import type { Preparation } from './prepare-apply.ts';
import { classifyAptError, type AptError } from './apt-errors.ts';
import { archiveName, digestsOf } from './digests.ts';
import type { ExactCall } from './exact.ts';
import { keptPath } from './keep.ts';
import { DEADLINES } from './limits.ts';
import { whenUnlocked } from './locked.ts';
import type { OrderFolder } from './order-folder.ts';
import { RESOLVER_OPTIONS } from './simulation.ts';
import { readVerified, STAGED_KEPT_MS, writeVerified, type VerifiedArchive } from './verified-archives.ts';
import { aptGet } from './workspace.ts';

/** Fetches the package files of the changes and compares each with its approved digest. null: all are here. */
export async function download(task: Preparation, call: ExactCall, lockWaitMs: number): Promise<AptError | null> {
  const { host, signal } = task;
  const wanted = task.transaction.changes.filter((change) => change.to !== null);
  if (wanted.length === 0) return null;
  const { workspace } = call;
  const argv = aptGet(
    workspace,
    '-y',
    '--download-only',
    '-o',
    'DPkg::Lock::Timeout=0',
    ...RESOLVER_OPTIONS,
    ...call.args,
  );
  const told = followDownload(task, workspace.archives);
  const result = await whenUnlocked(task, 'downloading', lockWaitMs, () =>
    host.run(argv, { deadlineMs: DEADLINES.downloadMs, signal, env: { DEBIAN_FRONTEND: 'noninteractive' } }),
  ).finally(told);
  if (result.stopped === 'deadline') return { code: 'download-failed', message: 'the download took too long' };
  if (result.exitCode !== 0) {
    const error = classifyAptError(result.stderr, 'download-failed');
    return snapshotError(workspace, error.code === 'unsatisfiable' ? { ...error, code: 'download-failed' } : error);
  }
  await copyLocal(task, call, wanted);
  return compareDigests(task, workspace.archives, wanted);
}

/**
 * apt uses the files of a `file:` repository where they are. What is compared has to be what is installed, so those too
 * come to the others first; which is which, their digests tell.
 */
export async function copyLocal(
  task: Pick<Preparation, 'host' | 'signal'>,
  call: ExactCall,
  wanted: readonly PackageChange[],
): Promise<void> {
  const { host, signal } = task;
  const missing: PackageChange[] = [];
  for (const change of wanted)
    if ((await host.stat(pathOf(call.workspace.archives, change))) === null) missing.push(change);
  if (missing.length === 0) return;
  const argv = aptGet(call.workspace, '-y', '--print-uris', ...RESOLVER_OPTIONS, ...call.args);
  const { stdout } = await host.run(argv, { deadlineMs: DEADLINES.simulateMs, signal });
  const paths = localPaths(stdout);
  if (paths.length === 0) return;
  const byDigest = new Map([...(await digestsOf(host, paths))].map(([path, digest]) => [digest, path]));
  for (const change of missing) {
    const path = byDigest.get(change.sha256 ?? '');
    if (path !== undefined) await host.copyFile(path, pathOf(call.workspace.archives, change));
  }
}

/** `'file:/srv/repo/./x_1_all.deb' x_1_all.deb 632 SHA256:…`, apt-get(8) `--print-uris`. */
export function localPaths(printed: string): readonly string[] {
  return [...printed.matchAll(/^'file:(?:\/\/)?(\/[^']+)' /gm)].flatMap(([, path = '']) => {
    try {
      return [decodeURIComponent(path)];
    } catch {
      return [];
    }
  });
}

export async function compareDigests(
  task: Preparation,
  archives: string,
  wanted: readonly PackageChange[],
): Promise<AptError | null> {
  const paths = new Map(wanted.map((change) => [pathOf(archives, change), change]));
  const digests = await digestsOf(task.host, [...paths.keys()]);
  for (const [path, change] of paths) {
    const digest = digests.get(path);
    if (digest === change.sha256) continue;
    const name = `${change.name} ${change.to ?? ''}`;
    if (digest === undefined) return { code: 'download-failed', message: `the file of ${name} is not there` };
    await task.host.remove(path);
    return { code: 'digest-mismatch', message: `the file of ${name} is not the approved one: SHA-256 ${digest}` };
  }
  return null;
}

/** After an installation: remembers the files of what is installed now, and drops those that nothing needs. */
export async function rememberArchives(
  task: Preparation,
  workspace: ExactCall['workspace'],
  isInstalled: (each: VerifiedArchive) => boolean,
): Promise<void> {
  const { host } = task;
  const fresh = verifiedOf(task, workspace.archives);
  const paths = new Set(fresh.map((each) => each.path));
  const earlier = (await readVerified(host, workspace)).filter((each) => !paths.has(each.path));
  const nowMs = host.now().getTime();
  // Another order's files may wait here for their window.
  const used = new Set(task.transaction.changes.flatMap(({ name, from, to }) => [`${name} ${from}`, `${name} ${to}`]));
  const waits = ({ name, version, stagedAtMs }: VerifiedArchive) =>
    stagedAtMs !== undefined && nowMs - stagedAtMs < STAGED_KEPT_MS && !used.has(`${name} ${version}`);
  const needed = [...earlier, ...fresh].filter((each) => isInstalled(each) || waits(each));
  await writeVerified(host, workspace, needed);
  const keep = new Set(needed.map((each) => each.path));
  for (const name of (await host.listDirectory(workspace.archives)) ?? []) {
    const path = `${workspace.archives}/${name}`;
    if (name.endsWith('.deb') && !keep.has(path)) await host.remove(path);
  }
}

function verifiedOf({ transaction }: Pick<Preparation, 'transaction'>, archives: string): readonly VerifiedArchive[] {
  return transaction.changes.flatMap((change): VerifiedArchive[] => {
    const { name, architecture, to, sha256, downloadBytes } = change;
    if (to === null || sha256 === null) return [];
    return [{ name, architecture, version: to, sha256, sizeBytes: downloadBytes, path: pathOf(archives, change) }];
  });
}

/** Keeps what was fetched ahead, and the earlier versions for a way back, until the installation that needs them. */
export async function rememberStaged(
  task: Pick<Preparation, 'host' | 'transaction'>,
  workspace: ExactCall['workspace'],
  folder: OrderFolder,
  kept: readonly KeptPackage[],
): Promise<void> {
  const { host } = task;
  const stagedAtMs = host.now().getTime();
  const staged: VerifiedArchive[] = verifiedOf(task, workspace.archives).map((each) => ({ ...each, stagedAtMs }));
  for (const each of kept) {
    const { name, architecture, version, sha256, sizeBytes } = each;
    const path = `${workspace.archives}/${archiveName(each)}`;
    await host.copyFile(keptPath(folder, each), path);
    staged.push({ name, architecture, version, sha256, sizeBytes, path, stagedAtMs });
  }
  const paths = new Set(staged.map((each) => each.path));
  const others = (await readVerified(host, workspace)).filter((each) => !paths.has(each.path));
  await writeVerified(host, workspace, [...others, ...staged]);
}

function pathOf(archives: string, change: PackageChange): string {
  return `${archives}/${archiveName({ name: change.name, version: change.to ?? '', architecture: change.architecture })}`;
}

const FOLLOW_EVERY_MS = 1_000;

/** apt has no machine form for downloads without a descriptor of our own, so the growing files tell. */
function followDownload(task: Preparation, archives: string): () => void {
  const { host, transaction } = task;
  const totalBytes = Math.max(1, transaction.downloadBytes);
  const stop = new AbortController();
  const names = new Set(transaction.changes.map((change) => pathOf('', change).slice(1)));
  void (async () => {
    for (;;) {
      await host.sleep(FOLLOW_EVERY_MS, stop.signal);
      if (stop.signal.aborted) return;
      let bytes = 0;
      for (const folder of [archives, `${archives}/partial`])
        for (const name of (await host.listDirectory(folder)) ?? [])
          if (names.has(name)) bytes += (await host.stat(`${folder}/${name}`))?.sizeBytes ?? 0;
      const percent = Math.min(100, Math.floor((bytes / totalBytes) * 100));
      task.progress({ stage: 'downloading', percent, message: `${bytes} of ${transaction.downloadBytes} bytes` });
    }
  })().catch(() => {
    // Only a display; the download itself reports its errors.
  });
  return () => stop.abort();
}
