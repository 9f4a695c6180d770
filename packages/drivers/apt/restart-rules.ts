/** What to do with a unit that still runs replaced code. */
export type RestartRule =
  | { readonly kind: 'restart' }
  /** A restart would do harm that nobody asked for: people or guests lose their work. Only a person should. */
  | { readonly kind: 'by-hand'; readonly why: string }
  | { readonly kind: 'reboot'; readonly why: string };

const RULES: readonly (readonly [RegExp, RestartRule])[] = [
  [
    /^(gdm3?|lightdm|sddm|lxdm|xdm|greetd|display-manager)\.service$/,
    { kind: 'by-hand', why: 'a restart ends the desktop sessions' },
  ],
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
  [
    /^(apt-daily.*|unattended-upgrades?|packagekit|fwupd.*)\.service$/,
    { kind: 'by-hand', why: 'it may be at work; it ends by itself' },
  ],
];

export function restartRule(unit: string): RestartRule {
  return RULES.find(([pattern]) => pattern.test(unit))?.[1] ?? { kind: 'restart' };
}
