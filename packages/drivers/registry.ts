import { createAptDriver } from './apt/index.ts';
import type { Driver } from './driver.ts';
import type { Host } from './host.ts';

/** Adding a platform is one folder and one line here. */
export const DRIVERS: readonly Driver[] = [createAptDriver()];

/** The driver of this machine's own package manager; null: none of ours. */
export async function detectDriver(host: Host, drivers: readonly Driver[] = DRIVERS): Promise<Driver | null> {
  for (const driver of drivers) if (await driver.detect(host)) return driver;
  return null;
}
