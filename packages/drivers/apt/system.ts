import type { Gap, Repository, System } from '@thimble/protocol';
import type { Workspace } from '../driver.ts';
import { HostError, type Host } from '../host.ts';
import { packagesInUse } from './in-use.ts';
import { expiredIndexes } from './index-gaps.ts';
import { readIndexes, type PackageIndex } from './index-targets.ts';
import { readInstalled, type Installed } from './installed.ts';
import { readKernel } from './kernel.ts';
import { DEADLINES, READ_LIMITS } from './limits.ts';
import { readOsRelease } from '../os-release.ts';
import { scanProcesses } from './processes.ts';
import { staleProcesses } from './stale-processes.ts';
import { readFailedUnits } from './units.ts';
import { prepareWorkspace } from './workspace.ts';

const FREE_STEP_BYTES = 256 * 1024 * 1024;

/** The facts besides packages that decide whether patches are effective. */
export async function system(host: Host, workspace: Workspace, agent: System['agent']): Promise<System> {
  const gaps: Gap[] = [];
  const [{ id, versionId, codename, prettyName }, installed, scan, failed, virtualization, repositories, machine] =
    await Promise.all([
      readOsRelease(host),
      readInstalled(host),
      scanProcesses(host),
      readFailedUnits(host),
      readVirtualization(host),
      readRepositories(host, workspace, gaps),
      readMachine(host, gaps),
    ]);
  const { kernel, gaps: kernelGaps } = await readKernel(host, installed.packages, virtualization.container);
  gaps.push(...kernelGaps);
  if (!failed.known) gaps.push({ what: 'failed units', why: failed.why });
  if (scan.hidden > 0)
    gaps.push({ what: 'stale processes', why: `${scan.hidden} processes are not ours to look into` });
  return {
    format: 1,
    ...machine,
    // Spelt out: the server takes no members that the protocol does not have.
    os: { id, versionId, codename, prettyName },
    architecture: installed.native,
    kernel,
    virtualization: virtualization.name,
    repositories,
    rebootRequired: await readRebootRequired(host, kernel.waitsForReboot ? kernelReason(kernel) : null),
    staleProcesses: [...(await staleProcesses(host, scan))],
    // Who may not look into all processes does not know what the others use.
    ...(scan.hidden > 0 ? {} : { inUse: [...(await packagesInUse(host, workspace, scan))] }),
    failedUnits: failed.known ? [...failed.units] : [],
    packageManager: await packageManagerState(host, installed),
    agent,
    gaps: gaps.slice(0, 100),
  };
}

export function kernelReason(kernel: System['kernel']): string {
  const same = kernel.installed === kernel.running;
  const name = (release: string | null, version: string | null) => (same ? `${release} (${version})` : `${release}`);
  const installed = name(kernel.installed, kernel.installedPackageVersion);
  return `kernel ${installed} installed, ${name(kernel.running, kernel.runningPackageVersion)} running`;
}

/** Whether dpkg stopped half-way: its journal is not empty (dpkg(1)), or packages are not fully there. */
export async function packageManagerState(host: Host, installed: Installed): Promise<System['packageManager']> {
  const journal = (await host.listDirectory('/var/lib/dpkg/updates')) ?? [];
  const broken = installed.packages.filter((each) => each.status !== 'installed' || each.reinstRequired);
  return {
    interrupted: journal.some((name) => /^\d+$/.test(name)) || broken.length > 0,
    brokenPackages: [...new Set(broken.map((each) => each.name))].slice(0, 1_000),
  };
}

async function readRepositories(host: Host, workspace: Workspace, gaps: Gap[]): Promise<Repository[]> {
  let indexes: readonly PackageIndex[];
  try {
    indexes = await readIndexes(host, await prepareWorkspace(host, workspace));
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    gaps.push({ what: 'repositories', why: error.message.slice(0, 2_000) });
    return [];
  }
  gaps.push(...expiredIndexes(indexes, Date.now()));
  const byRelease = new Map<string, Repository>();
  for (const index of indexes) {
    const known = byRelease.get(index.releasePrefix);
    if (known !== undefined) {
      if (!known.components.includes(index.component)) known.components.push(index.component);
      continue;
    }
    byRelease.set(index.releasePrefix, {
      uri: index.repositoryUri,
      suite: index.suite,
      components: [index.component],
      origin: index.origin.origin,
      label: index.origin.label,
      codename: index.origin.codename,
      date: index.release?.date ?? null,
      validUntil: index.release?.validUntil ?? null,
      trusted: index.verified,
    });
  }
  return [...byRelease.values()].slice(0, 1_000);
}

async function readRebootRequired(host: Host, kernel: string | null): Promise<System['rebootRequired']> {
  const reasons = kernel === null ? [] : [kernel];
  // Written by maintainer scripts of Ubuntu, and of Debian with unattended-upgrades.
  const flag = await host.stat('/run/reboot-required');
  if (flag !== null) {
    const packages = await host.readFile('/run/reboot-required.pkgs', { maxBytes: READ_LIMITS.smallFileBytes });
    const names = [...new Set(packages?.toString('utf8').split('\n').filter(Boolean) ?? [])];
    reasons.push(names.length === 0 ? 'a package asks for a reboot' : `asked for by ${names.slice(0, 50).join(', ')}`);
  }
  return { required: reasons.length > 0, reasons };
}

/** Containers run their host's kernel; systemd-detect-virt(1) names both kinds, and its exit code says "none". */
export async function readVirtualization(host: Host): Promise<{ name: string | null; container: boolean }> {
  const ask = async (flag: string) => {
    try {
      const result = await host.run(['systemd-detect-virt', flag], { deadlineMs: DEADLINES.queryMs });
      const name = result.stdout.trim();
      return result.exitCode === 0 && name !== 'none' && name !== '' ? name.slice(0, 512) : null;
    } catch (error) {
      if (error instanceof HostError) return null;
      throw error;
    }
  };
  const [container, machine] = await Promise.all([ask('--container'), ask('--vm')]);
  return { name: container ?? machine, container: container !== null };
}

async function readMachine(host: Host, gaps: Gap[]) {
  const text = async (path: string) =>
    (await host.readFile(path, { maxBytes: READ_LIMITS.smallFileBytes }))?.toString('utf8') ?? null;
  const [hostname, bootId, stat, memory, cpus, free] = await Promise.all([
    text('/proc/sys/kernel/hostname'),
    text('/proc/sys/kernel/random/boot_id'),
    text('/proc/stat'),
    text('/proc/meminfo'),
    text('/sys/devices/system/cpu/online'),
    host.freeBytes('/var'),
  ]);
  const bootedAtSeconds = Number(/^btime (\d+)$/m.exec(stat ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(bootedAtSeconds)) gaps.push({ what: 'boot time', why: '/proc/stat does not say' });
  return {
    hostname: (hostname ?? 'unknown').trim().slice(0, 512),
    bootId: (bootId ?? 'unknown').trim().slice(0, 512),
    bootedAt: new Date(Number.isNaN(bootedAtSeconds) ? 0 : bootedAtSeconds * 1000).toISOString(),
    cpuCount: countCpus(cpus ?? ''),
    memoryBytes: Number(/^MemTotal:\s+(\d+) kB$/m.exec(memory ?? '')?.[1] ?? 0) * 1024,
    diskFreeBytes: Math.floor((free ?? 0) / FREE_STEP_BYTES) * FREE_STEP_BYTES,
  };
}

/** `0-3,6`, the format of sysfs' CPU lists. */
export function countCpus(list: string): number {
  let count = 0;
  for (const part of list.trim().split(',')) {
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part);
    if (match !== null) count += Number(match[2] ?? match[1]) - Number(match[1]) + 1;
  }
  return Math.max(count, 0);
}
