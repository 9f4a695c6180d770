import { HostError, type Host } from '../host.ts';
import type { AptError } from './apt-errors.ts';
import type { PackageIndex } from './index-targets.ts';
import { DEADLINES, READ_LIMITS } from './limits.ts';
import { parseRelease } from './release-file.ts';
import type { AptWorkspace } from './workspace.ts';

/**
 * Whether a mirror serves an older index than this endpoint has seen from it. apt keeps the newer one and says nothing
 * (exit code 0), so the Release files are fetched once more, by apt's own helper, for their dates alone. An order that
 * was approved on the newer one should not go on with a mirror that turned back.
 */
export async function findReplay(
  host: Host,
  workspace: AptWorkspace,
  known: readonly PackageIndex[],
): Promise<AptError | null> {
  const seen = new Map<string, PackageIndex>();
  for (const index of known)
    if (index.release?.date != null && index.releaseUri !== null) seen.set(index.releaseUri, index);
  if (seen.size === 0) return null;
  const folder = `${workspace.directory}/probe`;
  await host.remove(folder);
  await host.makeDirectory(folder);
  try {
    // apt's fetching user has to write there, unless root fetches anyway.
    if (workspace.options.length === 0 && host.privileged) {
      await host.run(['chown', '_apt', folder], { deadlineMs: DEADLINES.queryMs });
    }
    const files = [...seen].map(([uri, index], position) => ({ uri, index, path: `${folder}/${position}` }));
    const configuration = ['-c', workspace.configuration, ...workspace.options];
    const downloads = files.flatMap(({ uri, path }) => [uri, path]);
    // What can't be fetched is the refresh's to tell.
    await host.run(['/usr/lib/apt/apt-helper', '-q', ...configuration, 'download-file', ...interleaved(downloads)], {
      deadlineMs: DEADLINES.refreshMs,
    });
    for (const { index, path } of files) {
      const data = await host.readFile(path, { maxBytes: READ_LIMITS.releaseFileBytes });
      const date = data === null ? null : parseRelease(data.toString('latin1')).date;
      const newest = index.release?.date ?? null;
      if (date === null || newest === null || date >= newest) continue;
      const message = `${index.repositoryUri} ${index.suite} serves an index of ${date}, this endpoint has seen that of ${newest}`;
      return { code: 'index-older-than-approved', message };
    }
    return null;
  } catch (error) {
    if (error instanceof HostError && error.code !== 'disk-full') return null;
    throw error;
  } finally {
    await host.remove(folder);
  }
}

/** `download-file URI PATH [HASH] ...`: several files want an empty hash each. */
function interleaved(downloads: readonly string[]): readonly string[] {
  return downloads.flatMap((word, position) => (position % 2 === 1 ? [word, ''] : [word]));
}
