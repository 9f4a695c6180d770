import { basename } from 'node:path';
import type { Host } from '../host.ts';
import { READ_LIMITS } from './limits.ts';
import { mergedPath } from './package-files.ts';

const INFO = '/var/lib/dpkg/info';
const AT_ONCE = 2;
const HINTS_MAX = 20;

/** Which of the paths belong to installed packages, by dpkg's lists of their files. @throws HostError */
export async function ownedFiles(host: Host, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const owned = new Set<string>();
  if (paths.length === 0) return owned;
  const wanted = new Map(paths.map((path) => [mergedPath(path), path]));
  // Most lists have none of these names; their text is never made.
  const names = [...new Set(paths.map((path) => basename(path)))];
  const hints = names.length <= HINTS_MAX ? names : [''];
  const lists = ((await host.listDirectory(INFO)) ?? []).filter((name) => name.endsWith('.list'));
  for (let start = 0; start < lists.length; start += AT_ONCE)
    await Promise.all(
      lists.slice(start, start + AT_ONCE).map(async (name) => {
        const data = await host.readFile(`${INFO}/${name}`, { maxBytes: READ_LIMITS.extendedStatesBytes });
        if (data === null || !hints.some((hint) => data.includes(hint))) return;
        for (const line of data.toString('utf8').split('\n')) {
          const path = wanted.get(mergedPath(line));
          if (path !== undefined) owned.add(path);
        }
      }),
    );
  return owned;
}
