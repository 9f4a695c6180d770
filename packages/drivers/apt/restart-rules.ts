/** What to do with a unit that still runs replaced code. */
export type RestartRule =
  | { readonly kind: 'restart' }
  /** A restart would do harm that nobody asked for: people or guests lose their work. Only a person should. */
  | { readonly kind: 'by-hand'; readonly why: string }
  | { readonly kind: 'reboot'; readonly why: string };

const DISPLAY_MANAGER = /^(gdm3?|lightdm|sddm|lxdm|xdm|greetd|display-manager)\.service$/;

const RULES: readonly (readonly [RegExp, RestartRule])[] = [
  [DISPLAY_MANAGER, { kind: 'by-hand', why: 'a restart ends the desktop sessions' }],
  [/^(docker|containerd|crio|podman)\.service$/, { kind: 'by-hand', why: 'a restart may stop the containers' }],
  [
    /^(libvirtd|virtqemud|virtlogd|virtlockd|qemu-.*|lxc.*|lxd|incus|machine-.*)\.service$/,
    { kind: 'by-hand', why: 'a restart may stop the guests' },
  ],
  [
    /^(openvpn.*|wpa_supplicant.*|strongswan.*|ifup@.*|networking|NetworkManager|wg-quick@.*)\.service$/,
    { kind: 'by-hand', why: 'a restart may cut the network' },
  ],
  [
    /^(emergency|rescue|systemd-logind-.*|plymouth.*|systemd-(halt|poweroff|reboot|kexec))\.service$/,
    { kind: 'by-hand', why: 'it belongs to a change of the system state' },
  ],
  [/^(apt-daily.*|packagekit|fwupd.*)\.service$/, { kind: 'by-hand', why: 'it may be at work; it ends by itself' }],
];

/**
 * dbus-daemon can be replaced under a headless system: systemd connects again and logind starts again (seen on systemd
 * 247 to 257). Desktop sessions don't survive it.
 */
export function restartRule(unit: string, desktop: boolean): RestartRule {
  if (desktop && /^dbus(-broker)?\.service$/.test(unit)) {
    return { kind: 'reboot', why: 'the message bus of a desktop can not be restarted under its sessions' };
  }
  return RULES.find(([pattern]) => pattern.test(unit))?.[1] ?? { kind: 'restart' };
}

/** Whether people's desktops run here. */
export function isDesktop(units: readonly (string | null)[]): boolean {
  return units.some((unit) => unit !== null && DISPLAY_MANAGER.test(unit));
}
