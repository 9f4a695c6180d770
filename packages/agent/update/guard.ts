import type { Host } from '@thimble/drivers';

/** Not thimble-agent-…: what an administrator says of all those units (systemd.unit(5), drop-ins of a prefix) is not for it. */
const UNIT = 'thimble-update-guard';
const DEADLINE_MS = 30_000;
/** From its start to its first check-in, a version has so long. */
export const PROBATION_SECONDS = 600;
/** A guard that was killed itself is there again after so long. */
const AGAIN_SECONDS = 60;

/** The guard is a transient timer of systemd: no death of the agent touches it. After a boot the next start arms it anew. */
export interface Guard {
  /** One that is armed already goes on. @returns false: there is none. */
  arm(): Promise<boolean>;
  disarm(): Promise<void>;
}

/** @param program the packaged one, which is there whatever becomes of the others */
export function systemdGuard(host: Host, program: string, stateDirectory: string): Guard {
  const systemctl = (...words: string[]) => host.run(['systemctl', ...words], { deadlineMs: DEADLINE_MS });
  return {
    async arm() {
      const argv = [
        'systemd-run',
        '--quiet',
        '--collect',
        '--no-ask-password',
        `--unit=${UNIT}`,
        '--description=Thimble: brings the agent before an update back',
        `--on-active=${PROBATION_SECONDS}`,
        `--on-unit-inactive=${AGAIN_SECONDS}`,
        '--timer-property=AccuracySec=1s',
        '--property=OOMScoreAdjust=-500',
        '--',
        program,
        'agent',
        'update',
        '--settle',
        '--state-dir',
        stateDirectory,
      ];
      // It fails where the unit is there already.
      const result = await host.run(argv, { deadlineMs: DEADLINE_MS });
      return result.exitCode === 0 || (await systemctl('is-active', '--quiet', `${UNIT}.timer`)).exitCode === 0;
    },
    async disarm() {
      await systemctl('stop', `${UNIT}.timer`);
    },
  };
}
