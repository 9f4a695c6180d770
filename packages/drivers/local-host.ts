import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { detachedRuns, startDetached, stopDetached } from './detached.ts';
import { HostError, type Host } from './host.ts';
import { localFiles } from './local-files.ts';
import { runCommand } from './run-command.ts';

export interface LocalHostOptions {
  /** Another root file system, for reading only: nothing can be run in it. */
  readonly root?: string;
  /** How commands outlive us; by default systemd where it is pid 1 (sd_booted(3)) and we are root. */
  readonly detach?: 'systemd' | 'session';
}

/** The machine that we run on. */
export function createLocalHost(options: LocalHostOptions = {}): Host {
  const root = options.root ?? '/';
  const privileged = process.getuid?.() === 0;
  const systemd =
    options.detach === undefined ? privileged && existsSync('/run/systemd/system') : options.detach === 'systemd';
  const host: Host = {
    ...localFiles(root),
    run: (argv, commandOptions) => (root === '/' ? runCommand(argv, commandOptions) : Promise.reject(notOurs(root))),
    startDetached: (command) => (root === '/' ? startDetached(command, systemd) : Promise.reject(notOurs(root))),
    detachedRuns: ({ directory }) => detachedRuns(host, directory),
    stopDetached: (command) => stopDetached(host, command, systemd),
    ownProcessId: root === '/' ? process.pid : null,
    now: () => new Date(),
    sleep: async (durationMs, signal) => {
      // An abort ends the sleep early; what it means is the caller's business.
      await delay(durationMs, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    },
    privileged: privileged && root === '/',
  };
  return host;
}

function notOurs(root: string): HostError {
  return new HostError('unreachable', `${root} is not the running system: nothing can be run in it`);
}
