import type { System } from '@thimble/protocol';

/** What of a system document decides it. */
export type Effectiveness = Pick<
  System,
  'kernel' | 'staleProcesses' | 'packageManager' | 'gaps' | 'rebootRequired' | 'bootId'
>;

/** Everything of Debian's and Ubuntu's kernel sources runs as the kernel, except what only builds or measures it. */
const KERNEL =
  /^(linux-(?!(base|compiler|config|cpupower|doc|headers|kbuild|libc-dev|perf|source|support|sysctl|(cloud-)?tools)\b)|(pve|proxmox|raspberrypi)-kernel)/;
/** The processor, devices or the kernel itself load these when they start; no process shows which version they have. */
const LOADED_AT_BOOT = /(^|-)(microcode|firmware)(-|$)|^xen-hypervisor|^raspberrypi-bootloader|-dkms$/;

/** Whether an update of this package takes effect only with a boot. */
export function needsBoot(packageName: string): boolean {
  return KERNEL.test(packageName) || LOADED_AT_BOOT.test(packageName);
}

/**
 * Whether a package that is installed is also what runs.
 *
 * Kernels run only after the reboot into them, firmware and microcode only after a boot later than their installation, and
 * so does what asks for a reboot itself. Any other package is effective when no process maps its old files. A process
 * whose replaced files no package claims speaks against every package: unknown is not fine.
 *
 * @param bootIdAtInstallation of the boot during which it was first seen installed; null: it was not before now.
 * @returns null: effective; else why not, in words. Those that a boot ends begin with `waits for reboot: `.
 */
export function whyNotEffective(
  packageName: string,
  system: Effectiveness,
  bootIdAtInstallation: string | null = null,
): string | null {
  const { kernel, staleProcesses, packageManager, gaps } = system;
  if (packageManager.brokenPackages.includes(packageName)) return `${packageName} is not fully installed`;
  const atBoot = LOADED_AT_BOOT.test(packageName);
  const isKernel = !atBoot && KERNEL.test(packageName);
  // An agent that may not look into processes, or could not, sees no old code anywhere.
  const unknown = gaps.find(({ what }) => what === (isKernel ? 'running kernel' : 'stale processes'));
  if (unknown !== undefined) return `unknown: ${unknown.what} (${unknown.why})`;
  if (isKernel && kernel.waitsForReboot)
    return `waits for reboot: kernel ${kernel.installed ?? 'unknown'} installed, ${kernel.running} running`;
  // Of a kernel that is in no image we know, only a boot says that it runs.
  if ((atBoot || (isKernel && kernel.installed === null)) && !bootedSince(system.bootId, bootIdAtInstallation))
    return `waits for reboot: ${packageName} is loaded at boot, and no boot after its installation was seen`;
  if (asksForReboot(packageName, system, isKernel || atBoot)) return `waits for reboot: ${packageName} asks for it`;
  for (const { command, unit, pid, packages, files } of staleProcesses) {
    if (packages.includes(packageName)) {
      return unit === null
        ? `${command} (process ${pid}) runs the replaced code`
        : `waits for restart of ${unit}: ${command} runs the replaced code`;
    }
    if (packages.length === 0 && files.some(isProgramFile))
      return `${command} (process ${pid}) runs replaced code that no package claims`;
  }
  return null;
}

/** Boot ids and not times: an endpoint's clock may be wrong. */
function bootedSince(bootId: string, bootIdAtInstallation: string | null): boolean {
  return bootIdAtInstallation !== null && ![bootId, 'unknown'].includes(bootIdAtInstallation) && bootId !== 'unknown';
}

/** The driver's words for /run/reboot-required: which packages asked, if they left their names. */
function asksForReboot(packageName: string, { rebootRequired }: Effectiveness, anonymousToo: boolean): boolean {
  return rebootRequired.reasons.some((reason) => {
    const names = /^asked for by (.*)$/.exec(reason)?.[1];
    return names === undefined
      ? anonymousToo && reason === 'a package asks for a reboot'
      : names.split(', ').includes(packageName);
  });
}

function isProgramFile(path: string): boolean {
  return /^\/(usr|lib|lib64|bin|sbin|opt)\//.test(path);
}
