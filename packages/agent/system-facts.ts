import { readFile } from 'node:fs/promises';

export const BOOT_ID_PATH = '/proc/sys/kernel/random/boot_id';

/** random(4): another one after each boot. */
export async function readBootId(): Promise<string> {
  return (await readFile(BOOT_ID_PATH, 'utf8')).trim();
}
