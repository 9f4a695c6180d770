/**
 * All endpoints run on this machine's kernel. A unit of theirs bind-mounts another release over
 * /proc/sys/kernel/osrelease before any other service starts, so that a program which reads that file sees what a
 * machine of its own would show: the kernel that was the newest in /boot when it booted. uname(2) is not changed.
 */
export type RunningKernel =
  | { readonly kind: 'machine' }
  /** The newest /boot/vmlinuz-* at the moment of each boot. */
  | { readonly kind: 'newest-at-boot' }
  | { readonly kind: 'release'; readonly release: string };

/** Where the choice is kept in an endpoint; no file: the machine's own release shows. */
export const KERNEL_CHOICE_PATH = '/etc/lab-kernel';
export const KERNEL_SCRIPT_PATH = '/usr/lib/lab/show-kernel';

export function kernelChoice(kernel: RunningKernel): string {
  switch (kernel.kind) {
    case 'machine':
      return '';
    case 'newest-at-boot':
      return 'newest-at-boot\n';
    case 'release':
      return `${kernel.release}\n`;
  }
}

/**
 * Services with ProtectKernelTunables= or ProtectControlGroups= get a fresh /proc, in which neither this file nor the
 * boot id that nspawn gives each boot is mounted: a drop-in for the agent's own services binds both there too.
 */
const DROP_IN = `[Service]
BindReadOnlyPaths=-/run/lab/osrelease:/proc/sys/kernel/osrelease
BindReadOnlyPaths=-/run/lab/boot-id:/proc/sys/kernel/random/boot_id
`;

const SHOW_KERNEL = `#!/bin/sh
# Shows the chosen kernel release in place of the machine's own.
set -eu
if mountpoint -q /proc/sys/kernel/osrelease; then umount /proc/sys/kernel/osrelease; fi
mkdir -p /run/lab
cat /proc/sys/kernel/random/boot_id > /run/lab/boot-id
choice=$(cat ${KERNEL_CHOICE_PATH} 2>/dev/null || :)
case $choice in
  '') release=$(cat /proc/sys/kernel/osrelease) ;;
  newest-at-boot) release=$(ls /boot/vmlinuz-* | sed 's,^/boot/vmlinuz-,,' | sort -V | tail -n 1) ;;
  *) release=$choice ;;
esac
printf '%s\\n' "$release" > /run/lab/osrelease
if [ -n "$choice" ]; then mount --bind /run/lab/osrelease /proc/sys/kernel/osrelease; fi
`;

const UNIT = `[Unit]
Description=Show the kernel release that a machine of its own would run
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${KERNEL_SCRIPT_PATH}

[Install]
WantedBy=sysinit.target
`;

/** Path in the base → content. */
export const KERNEL_UNIT_FILES: Readonly<Record<string, string>> = {
  [KERNEL_SCRIPT_PATH.slice(1)]: SHOW_KERNEL,
  'etc/systemd/system/lab-kernel.service': UNIT,
  // By name: without /proc remounted the binds fail, and the agent's installations run in units of their own.
  'etc/systemd/system/thimble-agent.service.d/lab.conf': DROP_IN,
  'etc/systemd/system/thimble-agent-.service.d/lab.conf': DROP_IN,
};
