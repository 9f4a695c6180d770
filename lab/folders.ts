import { join } from 'node:path';

/** Where bases, packages and the disks of the endpoints live; outside of any checkout, shared by all runs. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['THIMBLE_LAB_CACHE'] ?? '/var/cache/thimble-lab';
}

/** One folder a lab on this machine, whatever cache folder it uses: names of bridges and namespaces are the machine's. */
export const RUN_FOLDER = '/run/thimble-lab';

export const labsLock = join(RUN_FOLDER, 'lock');

export function recordFolder(number: number): string {
  return join(RUN_FOLDER, String(number));
}
