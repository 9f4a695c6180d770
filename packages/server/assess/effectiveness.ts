import type { System } from '@thimble/protocol';

/** What of a system document decides it. */
export type Effectiveness = Pick<System, 'kernel' | 'staleProcesses' | 'packageManager' | 'gaps'>;

/**
 * Whether a package that is installed is also what runs.
 *
 * Kernels (Debian's and Ubuntu's linux-image-… and linux-modules-…) run only after the reboot into them. Any other package
 * is effective when no process maps its old files. A process whose replaced files no package claims speaks against every
 * package: unknown is not fine.
 *
 * @returns null: effective; else why not, in words.
 */
export function whyNotEffective(packageName: string, system: Effectiveness): string | null {
  const { kernel, staleProcesses, packageManager, gaps } = system;
  if (packageManager.brokenPackages.includes(packageName)) return `${packageName} is not fully installed`;
  const isKernel = /^linux-(image|modules)/.test(packageName);
  // An agent that may not look into processes, or could not, sees no old code anywhere.
  const unknown = gaps.find(({ what }) => what === (isKernel ? 'running kernel' : 'stale processes'));
  if (unknown !== undefined) return `unknown: ${unknown.what} (${unknown.why})`;
  if (isKernel && kernel.waitsForReboot)
    return `waits for reboot: kernel ${kernel.installed ?? 'unknown'} installed, ${kernel.running} running`;
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

function isProgramFile(path: string): boolean {
  return /^\/(usr|lib|lib64|bin|sbin|opt)\//.test(path);
}
