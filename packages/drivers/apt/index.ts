import type { Driver } from '../driver.ts';
import { DPKG_STATUS_PATH } from './installed.ts';
import { inventory } from './inventory.ts';
import { plan } from './plan.ts';
import { system } from './system.ts';
import { updates } from './updates.ts';

export interface AptDriverOptions {
  /** How long an order waits for another package manager before it refuses. */
  readonly lockWaitMs: number;
}

export const APT_DRIVER_DEFAULTS: AptDriverOptions = { lockWaitMs: 600_000 };

/** Debian, Ubuntu and their derivatives. */
export function createAptDriver(options: Partial<AptDriverOptions> = {}): Driver {
  const settings = { ...APT_DRIVER_DEFAULTS, ...options };
  void settings;
  return {
    id: 'apt',
    name: 'Debian and Ubuntu (apt)',
    detect: async (host) => (await host.stat(DPKG_STATUS_PATH)) !== null,
    inventory,
    system,
    updates,
    plan,
    apply: () => Promise.reject(new Error('not yet')),
    restartServices: () => Promise.reject(new Error('not yet')),
    verify: () => Promise.reject(new Error('not yet')),
    async reboot(host) {
      await host.run(['systemctl', 'reboot', '--no-block'], { deadlineMs: 30_000 });
    },
  };
}
