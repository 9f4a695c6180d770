import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BaseImage } from './base.ts';
import { joining, killCgroup, killInside, makeCgroup, removeCgroup } from './cgroup.ts';
import { addDisk, fillDisk, type LimitedDisk } from './disk.ts';
import { LabError } from './lab-error.ts';
import { Machine } from './machine.ts';
import type { Mirror } from './mirror/mirror.ts';
import { netnsName, setLink, unplug, type LabNetwork } from './network.ts';
import { overlayFolders, unmountBelow } from './overlay.ts';
import { KERNEL_CHOICE_PATH, KERNEL_SCRIPT_PATH, kernelChoice, type RunningKernel } from './running-kernel.ts';
import { run, runOrThrow, type RunOptions, type RunResult } from './run.ts';
import type { VendorRepository } from './vendor/vendor-repository.ts';

const BOOT_DEADLINE_MS = 90_000;
const POLL_MS = 50;
const SHUT_DOWN_DEADLINE_MS = 20_000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export type EndpointParts = {
  readonly name: string;
  readonly folder: string;
  readonly cgroup: string;
  readonly network: LabNetwork;
  /** Last octet of the address. */
  readonly host: number;
  readonly lowers: readonly string[];
};

export type MirrorSources = {
  readonly suites: readonly string[];
  readonly vendors?: readonly VendorRepository[];
};

export type ExecOptions = RunOptions & { readonly user?: string };

/** One machine of the lab: an overlay clone with a network namespace and, once booted, its own systemd. */
export class Endpoint implements AsyncDisposable {
  readonly name: string;
  readonly address: string;
  /** The whole root as seen from this machine, without what is mounted inside (/run, /tmp). */
  readonly rootPath: string;
  readonly #parts: EndpointParts;
  readonly #machine: Machine;
  readonly #disks: LimitedDisk[] = [];
  #execs = 0;
  #destroyed = false;
  #frozen = false;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.address = `${parts.network.prefix}.${parts.host}`;
    this.rootPath = overlayFolders(parts.folder).root;
    const netns = netnsName(parts.network.number, parts.name);
    this.#machine = new Machine({
      name: netns,
      netns,
      root: this.rootPath,
      consoleLog: posix.join(parts.folder, 'console.log'),
      cgroupFiles: makeCgroup(`${parts.cgroup}/machine`),
      binds: () => new Map(this.#disks.map((disk) => [disk.folder, disk.path])),
    });
  }

  get isOn(): boolean {
    return this.#machine.isPowered;
  }

  get pid1(): number | undefined {
    return this.#machine.pid1();
  }

  /** Powers on and waits until systemd has nothing left to start. Gives its verdict: running or degraded. */
  async boot(): Promise<string> {
    if (this.isOn) throw new LabError('endpoint-state', `'${this.name}' is on already`);
    // An overlay's lower directory must not change under its clones.
    if (this.#frozen) throw new LabError('endpoint-state', `'${this.name}' is frozen: boot a clone of it`);
    this.#machine.powerOn();
    return this.waitUntilUp();
  }

  /** After a boot that somebody else began; `except` is the pid 1 of the machine's life before. */
  async waitUntilUp(except?: number): Promise<string> {
    const endMs = performance.now() + BOOT_DEADLINE_MS;
    for (;;) {
      const leftMs = endMs - performance.now();
      const pid1 = await this.#machine.waitForSystemd(leftMs, except);
      const result = await this.#execIn(pid1, ['systemctl', 'is-system-running', '--wait'], { timeoutMs: leftMs });
      const verdict = result.stdout.trim();
      if (verdict === 'running' || verdict === 'degraded') return verdict;
      // Its socket is there before its bus answers, and it may reboot once more meanwhile.
      await sleep(POLL_MS);
    }
  }

  /** A reboot by its own systemd; waits until it is up again. */
  async reboot(): Promise<string> {
    const before = this.pid1;
    // The connection may go before the answer comes.
    await this.exec(['systemctl', 'reboot']);
    return this.waitUntilUp(before);
  }

  /** Power cut. What the kernel of this machine has cached is not lost, only processes are. */
  async powerOff(): Promise<void> {
    await this.#machine.cutPower();
    await killCgroup(this.#parts.cgroup);
  }

  /** Orderly shutdown. */
  async stop(): Promise<void> {
    await this.#machine.shutDown(SHUT_DOWN_DEADLINE_MS);
    await killCgroup(this.#parts.cgroup);
  }

  /** Runs argv inside, as root in `/` with a bare environment. What it leaves running dies with the machine. */
  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<RunResult> {
    const pid1 = this.pid1;
    if (pid1 === undefined) throw new LabError('endpoint-state', `'${this.name}' is off`);
    return this.#execIn(pid1, argv, options);
  }

  async #execIn(pid1: number, argv: readonly string[], options: ExecOptions): Promise<RunResult> {
    const { env = {}, cwd = '/', user, ...rest } = options;
    this.#execs += 1;
    const cgroup = `${this.#parts.cgroup}/exec-${this.#execs}`;
    const environment = { PATH, HOME: '/root', LANG: 'C.UTF-8', TERM: 'dumb', ...env };
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const enter = ['nsenter', '-t', String(pid1), '-m', '-p', '-i', '-u', '-n', '-C', '-r', '-w', '--'];
    const asUser = user === undefined ? [] : ['runuser', '-u', user, '--'];
    const inside = [...enter, '/usr/bin/env', '-i', '-C', cwd, ...variables, ...asUser, ...argv];
    try {
      const files = makeCgroup(cgroup);
      return await run(joining(files, inside), { ...rest, onKill: () => killInside(cgroup) });
    } finally {
      removeCgroup(cgroup);
    }
  }

  /** A /bin/sh script inside; anything but exit code 0 is a LabError `command-failed`. Gives stdout. */
  async shell(script: string, options: ExecOptions = {}): Promise<string> {
    const result = await this.exec(['sh', '-ec', script], options);
    if (result.code === 0) return result.stdout;
    const how = result.timedOut ? 'ran into its deadline' : `ended with ${String(result.code ?? result.signal)}`;
    throw new LabError(
      'command-failed',
      `'${this.name}': ${script.slice(0, 200)}\n${how}: ${result.stderr || result.stdout}`,
    );
  }

  /** A text file as the endpoint sees it, on or off. */
  async read(path: string): Promise<string> {
    return this.#here(['cat', '--', path]);
  }

  async write(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const script = 'mkdir -p -- "$(dirname -- "$1")"; cat > "$1"; chmod "$2" -- "$1"';
    await this.#here(['sh', '-ec', script, 'sh', path, mode.toString(8)], content);
  }

  /** Copies a file or folder of this machine to exactly `to`, with its modes. */
  async put(from: string, to: string): Promise<void> {
    const stat = statSync(from);
    if (stat.isFile()) return this.write(to, readFileSync(from), stat.mode & 0o7777);
    const archive = posix.join(this.#parts.folder, 'put.tar');
    await runOrThrow(['tar', '-C', from, '--owner=0', '--group=0', '-cf', archive, '.']);
    await this.#here(['sh', '-ec', 'mkdir -p -- "$1"; tar -C "$1" -xf -', 'sh', to], readFileSync(archive));
  }

  /** Makes these lines of sources.list(5) the endpoint's only sources. */
  async useSources(lines: readonly string[]): Promise<void> {
    await this.#here(['sh', '-c', 'rm -f /etc/apt/sources.list.d/*']);
    await this.write('/etc/apt/sources.list', `${lines.join('\n')}\n`);
  }

  /** Makes frozen suites of a mirror, and vendors' repositories beside them, the endpoint's only sources. */
  async useMirror(mirror: Mirror, options: MirrorSources): Promise<void> {
    const vendors = options.vendors ?? [];
    for (const vendor of vendors) await this.write(vendor.keyringPath, vendor.publicKey);
    const lines = [
      ...options.suites.map((suite) => mirror.sourceLine(suite)),
      ...vendors.map((vendor) => vendor.sourceLine(mirror.url)),
    ];
    await this.useSources(lines);
  }

  async cutNetwork(): Promise<void> {
    await setLink(this.#parts.network, this.#parts.host, 'down');
  }

  async restoreNetwork(): Promise<void> {
    await setLink(this.#parts.network, this.#parts.host, 'up');
  }

  async bootId(): Promise<string> {
    return (await this.read('/proc/sys/kernel/random/boot_id')).trim();
  }

  /** Which release /proc/sys/kernel/osrelease shows, from now on (if it is on) and from each boot on. */
  async setRunningKernel(kernel: RunningKernel | string): Promise<void> {
    const choice = typeof kernel === 'string' ? ({ kind: 'release', release: kernel } as const) : kernel;
    await this.write(KERNEL_CHOICE_PATH, kernelChoice(choice));
    if (this.isOn) await this.shell(`sh ${KERNEL_SCRIPT_PATH}`);
  }

  /** A file system of its own with a limited size at `path`, while the endpoint is off. Keeps what is there now. */
  async limitDisk(path: string, sizeBytes: number): Promise<void> {
    if (this.isOn) throw new LabError('endpoint-state', `'${this.name}' must be off to get a disk`);
    mkdirSync(posix.join(this.#parts.folder, 'disks'), { recursive: true });
    const folder = posix.join(this.#parts.folder, 'disks', String(this.#disks.length));
    this.#disks.push(await addDisk(folder, this.rootPath, path, sizeBytes));
  }

  /** Fills a limited disk but for `leaveBytes`; gives the function that frees it again. */
  async fillDisk(path: string, leaveBytes = 0): Promise<() => Promise<void>> {
    const disk = this.#disks.find((each) => each.path === path);
    if (disk === undefined) throw new LabError('endpoint-state', `${path} of '${this.name}' is no limited disk`);
    return fillDisk(disk, leaveBytes);
  }

  /** Powers off for good: its state becomes a base that can be cloned. */
  async freeze(): Promise<BaseImage> {
    if (this.isOn) await this.stop();
    this.#frozen = true;
    return { name: this.name, lowers: [overlayFolders(this.#parts.folder).upper, ...this.#parts.lowers] };
  }

  /** Removes the machine and everything of it. A second call does nothing. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    const { cgroup, folder, network, host, name } = this.#parts;
    await this.#machine.cutPower();
    await killCgroup(cgroup);
    await unplug(network, name, host);
    await unmountBelow(folder);
    removeCgroup(cgroup);
    await runOrThrow(['rm', '-rf', '--one-file-system', folder]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy();
  }

  /** Inside if it is on; in its root if it is off. Never by paths of ours: links in it would lead into this machine. */
  async #here(argv: readonly string[], stdin: string | Uint8Array = ''): Promise<string> {
    if (!this.isOn) return runOrThrow(['chroot', this.rootPath, ...argv], { stdin, env: { PATH } });
    const result = await this.exec(argv, { stdin });
    if (result.code === 0) return result.stdout;
    throw new LabError('command-failed', `'${this.name}': ${argv.join(' ')}: ${result.stderr.trim()}`);
  }
}
