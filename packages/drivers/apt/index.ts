import type { Driver } from '../driver.ts';
import { HostError } from '../host.ts';
import { apply, type ApplySettings } from './apply.ts';
import { DPKG_STATUS_PATH } from './installed.ts';
import { inventory } from './inventory.ts';
import { ownedFiles } from './owned-files.ts';
import { plan } from './plan.ts';
import { preStage } from './pre-stage.ts';
import { restartStaleUnits } from './restart-services.ts';
import { repositories } from './sources/repositories.ts';
import { system } from './system.ts';
import { trial } from './trial.ts';
import { updates } from './updates.ts';
import { failedUnitsNow, verify } from './verify.ts';

export type AptDriverOptions = ApplySettings;

export const APT_DRIVER_DEFAULTS: AptDriverOptions = {
  /** How long an order waits for another package manager before it refuses. */
  lockWaitMs: 600_000,
  /** After this an installation is stopped and repaired: a maintainer script hangs. */
  installDeadlineMs: 2 * 3_600_000,
};

const REBOOT_DEADLINE_MS = 30_000;

/** Debian, Ubuntu and their derivatives. */
export function createAptDriver(options: Partial<AptDriverOptions> = {}): Driver {
  const settings = { ...APT_DRIVER_DEFAULTS, ...options };
  return {
    id: 'apt',
    name: 'Debian and Ubuntu (apt)',
    detect: async (host) => (await host.stat(DPKG_STATUS_PATH)) !== null,
    inventory,
    repositories,
    ownedFiles,
    system,
    updates,
    plan,
    preStage: (task) => preStage(task, settings),
    trial: (task) => trial(task, settings),
    apply: (task) => apply(task, settings),
    async restartServices(task, expected) {
      const failedBefore = await failedUnitsNow(task.host);
      task.progress({
        stage: 'restarting-services',
        percent: null,
        message: 'restarting what still uses replaced code',
      });
      return verify(task, expected, failedBefore, await restartStaleUnits(task.host));
    },
    verify: (task, expected, failedUnitsBefore) => verify(task, expected, failedUnitsBefore),
    async reboot(host) {
      const { exitCode, stderr } = await host.run(['systemctl', 'reboot', '--no-block'], {
        deadlineMs: REBOOT_DEADLINE_MS,
      });
      // No code: it was stopped by its deadline or a signal, perhaps by the very shutdown; the boot id tells. logind also
      // refuses a second request while the machine goes down already, which is what was wanted.
      if (exitCode !== null && exitCode !== 0 && !/already (a shutdown|in progress)/.test(stderr))
        throw new HostError('io', `systemctl reboot ended with status ${exitCode}: ${stderr.trim().slice(0, 1000)}`);
    },
  };
}
