import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { joining } from './cgroup.ts';
import { LabError } from './lab-error.ts';

/** systemd-nspawn's exit status when the machine inside asked for a reboot. */
const REBOOT_STATUS = 133;
/** SIGRTMIN+3 with glibc: systemd as pid 1 powers off, systemd(1) SIGNALS. */
const POWER_OFF_SIGNAL = 37;
const POLL_MS = 25;

export type MachineOptions = {
  readonly name: string;
  readonly root: string;
  readonly netns: string;
  readonly consoleLog: string;
  /** Files that the supervisor writes its pid to, see cgroup.ts */
  readonly cgroupFiles: readonly string[];
  /** Folders of this machine → places in the endpoint. */
  readonly binds: () => ReadonlyMap<string, string>;
};

/**
 * A machine with real systemd as pid 1 and its power supply: when the machine asks for a reboot it is started again,
 * so an agent's own `systemctl reboot` works.
 */
export class Machine {
  readonly #options: MachineOptions;
  #supervisor: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #powered = false;

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  get isPowered(): boolean {
    return this.#powered;
  }

  powerOn(): void {
    this.#powered = true;
    const console = openSync(this.#options.consoleLog, 'a');
    const [file = '', ...rest] = joining(this.#options.cgroupFiles, this.#command());
    const supervisor = spawn(file, rest, { stdio: ['ignore', console, console], detached: true });
    closeSync(console);
    this.#supervisor = supervisor;
    this.#ended = new Promise((resolve) => {
      supervisor.once('error', () => resolve());
      supervisor.once('exit', (code) => {
        this.#supervisor = undefined;
        if (code === REBOOT_STATUS && this.#powered) {
          this.powerOn();
          void this.#ended.then(resolve);
        } else {
          this.#powered = false;
          resolve();
        }
      });
    });
  }

  /** pid 1 of the machine, as a pid of ours; undefined while there is none. */
  pid1(): number | undefined {
    const pid = this.#supervisor?.pid;
    if (pid === undefined) return undefined;
    return children(pid).find((child) => isPid1(child));
  }

  /** Ends as a machine that loses its power: nothing inside gets a signal that it could handle. */
  async cutPower(): Promise<void> {
    this.#powered = false;
    const pid1 = this.pid1();
    if (pid1 === undefined) this.#supervisor?.kill('SIGKILL');
    else process.kill(pid1, 'SIGKILL');
    await this.#ended;
  }

  /** Orderly power-off; after the deadline the power is cut. */
  async shutDown(deadlineMs: number): Promise<void> {
    const pid1 = this.pid1();
    if (pid1 === undefined) return this.cutPower();
    this.#powered = false;
    process.kill(pid1, POWER_OFF_SIGNAL);
    const done = await Promise.race([this.#ended.then(() => true), sleep(deadlineMs, false)]);
    if (!done) await this.cutPower();
  }

  /** Waits for a pid 1 that is not `except` and that answers on systemd's socket. */
  async waitForSystemd(deadlineMs: number, except?: number): Promise<number> {
    const endMs = performance.now() + deadlineMs;
    while (performance.now() < endMs) {
      const pid1 = this.pid1();
      if (pid1 !== undefined && pid1 !== except && existsSync(`/proc/${pid1}/root/run/systemd/private`)) return pid1;
      if (!this.#powered) break;
      await sleep(POLL_MS);
    }
    const last = readFileSync(this.#options.consoleLog, 'utf8').trim().split('\n').slice(-8).join('\n');
    throw new LabError('boot-failed', `'${this.#options.name}' did not boot: ${last}`);
  }

  #command(): readonly string[] {
    const { name, root, netns } = this.#options;
    return [
      'env',
      '-i',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      // The machine may still mount cgroups in version 1; current systemd wants version 2.
      'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1',
      'SYSTEMD_LOG_LEVEL=warning',
      'systemd-nspawn',
      '--quiet',
      '-D',
      root,
      '-M',
      name,
      // Neither systemd nor dbus need run on this machine.
      '--register=no',
      '--keep-unit',
      '--boot',
      '--console=read-only',
      // Dropped by default together with --network-namespace-path; nft and routing daemons need it.
      '--capability=CAP_NET_ADMIN',
      '--resolv-conf=off',
      '--timezone=off',
      '--link-journal=no',
      `--network-namespace-path=/run/netns/${netns}`,
      ...[...this.#options.binds()].map(([from, to]) => `--bind=${from}:${to}`),
    ];
  }
}

function children(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** NSpid lists the process's pids from the outermost namespace to its own; proc_pid_status(5). */
export function isPid1(pid: number): boolean {
  try {
    return /^NSpid:\t\d+.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
