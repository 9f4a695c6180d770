/**
 * Programs of the boot that need real disks, devices or a running system. In a clone they would fail where they work on the machine, so
 * they do nothing there, successfully, and the report has a gap for each that was asked for.
 */
export const STAND_IN_PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['update-grub', 'the boot menu was not written: a clone has no disks'],
  ['update-grub2', 'the boot menu was not written: a clone has no disks'],
  ['grub-mkconfig', 'the boot menu was not written: a clone has no disks'],
  ['grub-install', 'the boot loader was not installed: a clone has no disks'],
  ['grub-multi-install', 'the boot loader was not installed: a clone has no disks'],
  ['bootctl', 'the boot loader was not installed: a clone has no disks'],
  ['kernel-install', 'the kernel was not entered into the boot menu: a clone has no disks'],
  ['flash-kernel', 'the kernel was not written to flash memory: a clone has no devices'],
  ['update-initramfs', 'no initial RAM disk was made: it depends on devices that a clone does not have'],
  ['dracut', 'no initial RAM disk was made: it depends on devices that a clone does not have'],
  ['dkms', 'no kernel modules were built'],
  ['udevadm', 'devices were not asked'],
  ['service', 'no service was started or stopped'],
  ['reboot', 'a clone does not reboot'],
  ['shutdown', 'a clone does not shut down'],
  ['poweroff', 'a clone does not shut down'],
]);

/** Notes its own name, see `STAND_IN_PROGRAMS`. */
export const STAND_IN_SCRIPT = `#!/bin/sh
echo "\${0##*/}" >>/run/thimble-trial/stood-in
exit 0
`;
