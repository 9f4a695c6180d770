import type { Driver, Host, Workspace } from '@thimble/drivers';

/**
 * Files whose size and time tell whether an inventory can have changed. dpkg and apt replace them by rename, so that a
 * change always shows. What a platform's list leaves out would go unseen: without one, an inventory is always made.
 */
const WATCHED: ReadonlyMap<string, (workspace: Workspace) => readonly string[]> = new Map([
  [
    'apt',
    ({ directory }) => [
      '/var/lib/dpkg/status',
      '/var/lib/dpkg/updates',
      '/var/lib/apt/extended_states',
      '/var/lib/apt/lists',
      '/etc/apt/sources.list',
      '/etc/apt/sources.list.d',
      '/etc/os-release',
      `${directory}/lists`,
    ],
  ],
]);

/** Equal to an earlier one: the inventory is the same. Null: it can't be told. */
export async function watchKey(host: Host, driver: Driver, workspace: Workspace): Promise<string | null> {
  const paths = WATCHED.get(driver.id)?.(workspace);
  if (paths === undefined) return null;
  const parts: string[] = [];
  for (const path of paths) {
    const found = await host.stat(path);
    parts.push(found === null ? '-' : `${found.sizeBytes}:${found.modifiedAtMs}`);
  }
  return parts.join(' ');
}

/** Equal to an earlier one: the same packages are installed, and own the same files. Null: it can't be told. */
export async function packagesKey(host: Host, driver: Driver, workspace: Workspace): Promise<string | null> {
  const path = WATCHED.get(driver.id)?.(workspace)[0];
  const found = path === undefined ? null : await host.stat(path);
  return found === null ? null : `${found.sizeBytes}:${found.modifiedAtMs}`;
}
