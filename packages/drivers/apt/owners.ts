import { HostError, type Host } from '../host.ts';
import { DEADLINES } from './limits.ts';

const PATHS_MAX = 2_000;

/** Which packages own files, dpkg-query(1) `--search`. A path that no package owns is left out. */
export async function ownersOf(host: Host, paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const owners = new Map<string, readonly string[]>();
  if (paths.length === 0) return owners;
  // dpkg knows a file by the path in its package, which may be from before the merge of / and /usr.
  const asked = new Map<string, string>();
  for (const path of paths.slice(0, PATHS_MAX)) {
    if (/[*?[\\]/.test(path)) continue;
    asked.set(path, path);
    if (path.startsWith('/usr/')) asked.set(path.slice(4), path);
  }
  try {
    const result = await host.run(['dpkg-query', '--search', ...asked.keys()], { deadlineMs: DEADLINES.queryMs });
    for (const line of result.stdout.split('\n')) {
      const at = line.indexOf(': /');
      const path = asked.get(line.slice(at + 2));
      if (at === -1 || path === undefined || line.startsWith('diversion by ')) continue;
      const names = line
        .slice(0, at)
        .split(', ')
        .map((name) => name.replace(/:[a-z0-9-]+$/, ''));
      owners.set(path, [...new Set([...(owners.get(path) ?? []), ...names])]);
    }
  } catch (error) {
    // Owners explain; that a process is stale holds without them.
    if (!(error instanceof HostError)) throw error;
  }
  return owners;
}
