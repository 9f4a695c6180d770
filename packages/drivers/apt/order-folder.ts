import type { Host } from '../host.ts';
import type { AptWorkspace } from './workspace.ts';

/** What belongs to one order and survives a crash: kept files, and a folder for each attempt to install or repair. */
export interface OrderFolder {
  readonly directory: string;
  readonly kept: string;
}

/** How many orders keep their files for a rollback. */
const ORDERS_KEPT_MAX = 10;

export function orderFolder(workspace: Pick<AptWorkspace, 'directory'>, orderId: string): OrderFolder {
  // Ids are UUIDs by schema; nothing else may become a path.
  if (!/^[A-Za-z0-9-]{1,64}$/.test(orderId)) throw new Error(`not an order id: ${JSON.stringify(orderId)}`);
  const directory = `${workspace.directory}/orders/${orderId}`;
  return { directory, kept: `${directory}/kept` };
}

/** The attempts of one kind so far, oldest first. */
export async function attempts(
  host: Host,
  folder: OrderFolder,
  kind: 'install' | 'repair',
): Promise<readonly string[]> {
  const names = (await host.listDirectory(folder.directory)) ?? [];
  return names
    .flatMap((name) => {
      const number = new RegExp(`^${kind}-(\\d{1,4})$`).exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    })
    .sort((a, b) => a - b)
    .map((number) => `${folder.directory}/${kind}-${number}`);
}

export async function newAttempt(host: Host, folder: OrderFolder, kind: 'install' | 'repair'): Promise<string> {
  const directory = `${folder.directory}/${kind}-${(await attempts(host, folder, kind)).length + 1}`;
  await host.makeDirectory(directory, { mode: 0o700 });
  return directory;
}

/** The name of an attempt's detached command, a unit name where systemd runs it. */
export function attemptName(directory: string): string {
  const [order = '', attempt = ''] = directory.split('/').slice(-2);
  return `thimble-apt-${order}-${attempt}`;
}

/**
 * Removes the folders of all but the newest orders and those in `keep`. Orders that were refused have a folder too, but
 * keep nothing: any number of them must not push out the way back of the last order that changed something.
 */
export async function pruneOrders(
  host: Host,
  workspace: Pick<AptWorkspace, 'directory'>,
  keep: readonly string[],
): Promise<void> {
  const root = `${workspace.directory}/orders`;
  const withWayBack: Dated[] = [];
  const others: Dated[] = [];
  for (const name of (await host.listDirectory(root)) ?? []) {
    const stat = await host.stat(`${root}/${name}`);
    if (stat?.kind !== 'directory') continue;
    const group = (await hasWayBack(host, `${root}/${name}`)) ? withWayBack : others;
    group.push({ name, atMs: stat.modifiedAtMs });
  }
  const old = [withWayBack, others].flatMap((group) =>
    group.toSorted((a, b) => b.atMs - a.atMs).slice(ORDERS_KEPT_MAX),
  );
  for (const { name } of old) if (!keep.includes(name)) await host.remove(`${root}/${name}`);
}

interface Dated {
  readonly name: string;
  readonly atMs: number;
}

/** Its files were all kept, and then it began to install; one that was refused may have kept some, for nothing. */
async function hasWayBack(host: Host, directory: string): Promise<boolean> {
  const folder: OrderFolder = { directory, kept: `${directory}/kept` };
  if ((await host.stat(`${folder.kept}/kept.json`)) === null) return false;
  return (await attempts(host, folder, 'install')).length > 0;
}
