import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBase, type BaseImage } from './base.ts';
import { labCgroup, makeCgroup } from './cgroup.ts';
import { cloneRoot } from './clone.ts';
import { Endpoint } from './endpoint.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder, labsLock, recordFolder } from './folders.ts';
import { LabError } from './lab-error.ts';
import { createBridge, freeNumber, labNetwork, plugIn, type LabNetwork } from './network.ts';
import { isOnOverlay } from './overlay.ts';
import { thisProcess } from './owner.ts';
import type { BaseName } from './recipes.ts';
import { removeLab, sweepLocked } from './remains.ts';
import { runOrThrow } from './run.ts';
import type { RunningKernel } from './running-kernel.ts';
import { ensureTools } from './tools.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

/** a to z, 0 to 9 and `-`: it becomes a host name, and part of a namespace's and a cgroup's name. */
const ENDPOINT_NAME = /^[a-z][a-z0-9-]{0,30}$/;
const FIRST_HOST = 10;
const LAST_HOST = 250;
/** More labs than one process has at once, so that those of neighbours don't take turns at one number. */
const NUMBERS_OF_A_PROCESS = 16;

export type LabOptions = {
  /** Says in a list of labs what this one is for. */
  readonly tag: string;
  readonly report?: (line: string) => void;
};

export type EndpointOptions = {
  readonly name: string;
  /** A recipe's name, or another endpoint's frozen state. */
  readonly base: BaseName | BaseImage;
  readonly runningKernel?: RunningKernel;
  /** Path → size of a file system of its own there. */
  readonly disks?: Readonly<Record<string, number>>;
};

/** A bridge of its own, with this machine at `gateway`, and the endpoints on it. */
export class Lab implements AsyncDisposable {
  readonly network: LabNetwork;
  readonly #folder: string;
  readonly #report: (line: string) => void;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #watchdog: Watchdog;
  #nextHost = FIRST_HOST;

  constructor(network: LabNetwork, folder: string, watchdog: Watchdog, report: (line: string) => void) {
    this.network = network;
    this.#folder = folder;
    this.#watchdog = watchdog;
    this.#report = report;
  }

  get gateway(): string {
    return this.network.gateway;
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#endpoints.values()];
  }

  /** A new machine, cloned and plugged in but still off. The base is built first if the cache has none. */
  async endpoint(options: EndpointOptions): Promise<Endpoint> {
    const { name } = options;
    if (!ENDPOINT_NAME.test(name)) throw new LabError('endpoint-state', `'${name}' can't be an endpoint's name`);
    if (this.#endpoints.has(name)) throw new LabError('endpoint-state', `the lab has a '${name}' already`);
    const host = this.#nextHost;
    if (host > LAST_HOST) throw new LabError('endpoint-state', 'the subnet of this lab is full');
    this.#nextHost += 1;
    const base = typeof options.base === 'string' ? await ensureBase(options.base, this.#report) : options.base;
    const folder = join(this.#folder, name);
    const endpoint = new Endpoint({
      name,
      folder,
      host,
      network: this.network,
      cgroup: `${labCgroup(this.network.number)}/${name}`,
      lowers: base.lowers,
    });
    this.#endpoints.set(name, endpoint);
    try {
      await Promise.all([cloneRoot(folder, base.lowers, name, this.gateway), plugIn(this.network, name, host)]);
      for (const [path, sizeBytes] of Object.entries(options.disks ?? {})) await endpoint.limitDisk(path, sizeBytes);
      if (options.runningKernel !== undefined) await endpoint.setRunningKernel(options.runningKernel);
    } catch (error) {
      await endpoint.destroy();
      throw error;
    }
    return endpoint;
  }

  /** Removes all endpoints and everything else of this lab. */
  async destroy(): Promise<void> {
    // What fails here is found again by its name below, or fails there.
    await Promise.allSettled(this.endpoints.map((endpoint) => endpoint.destroy()));
    await removeLab(this.network.number, this.#folder);
    await this.#watchdog.dismiss();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy();
  }
}

/** Makes a lab beside those that exist; first removes what labs of dead processes left behind. */
export async function createLab(options: LabOptions): Promise<Lab> {
  await ensureTools();
  const claimed = await withFileLock(labsLock, async () => {
    await sweepLocked();
    const number = await freeNumber((each) => existsSync(recordFolder(each)), process.pid * NUMBERS_OF_A_PROCESS);
    const folder = join(cacheFolder(), 'labs', String(number));
    mkdirSync(recordFolder(number), { recursive: true });
    const record = { tag: options.tag, owner: thisProcess(), folder };
    writeFileSync(join(recordFolder(number), 'lab.json'), JSON.stringify(record));
    const network = labNetwork(number);
    await createBridge(network);
    return { network, folder };
  });
  const { network, folder } = claimed;
  const watchdog = startWatchdog(network.number);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // An overlay can't be the writable half of another one; memory can.
  if (isOnOverlay(folder)) await runOrThrow(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'thimble-lab', folder]);
  makeCgroup(labCgroup(network.number));
  return new Lab(network, folder, watchdog, options.report ?? (() => {}));
}
