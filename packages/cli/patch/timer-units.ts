import type { PatchConfig } from './patch-config.ts';

export const TIMER_UNIT = 'thimble-patch.timer';
export const SERVICE_UNIT = 'thimble-patch.service';
export const UNIT_DIRECTORY = '/etc/systemd/system';

/**
 * The service is a plain one-shot: an installation itself runs in a unit of its own (see the driver's Host), so
 * stopping this service never tears dpkg down. Status 4 is `waits for a reboot`, which is no failure.
 *
 * @param command The words that start this very program.
 */
export function serviceUnit(command: readonly string[]): string {
  return `[Unit]
Description=Install pending updates, verify them, roll back on failure (Thimble)
Documentation=man:apt-get(8)
Wants=network-online.target
After=network-online.target apt-daily.service apt-daily-upgrade.service

[Service]
Type=oneshot
ExecStart=${[...command, 'patch', '--apply', '--unattended'].map(quoteWord).join(' ')}
SuccessExitStatus=4
TimeoutStartSec=infinity
Nice=5
IOSchedulingClass=best-effort
IOSchedulingPriority=6
PrivateTmp=no
StandardOutput=journal
StandardError=journal
SyslogIdentifier=thimble-patch
`;
}

export function timerUnit({ schedule, randomisedDelay }: PatchConfig): string {
  return `[Unit]
Description=When this machine patches itself (Thimble)

[Timer]
OnCalendar=${schedule}
RandomizedDelaySec=${randomisedDelay}
Persistent=true

[Install]
WantedBy=timers.target
`;
}

/** A word of ExecStart, systemd.service(5) and systemd.unit(5): quotes and specifiers lose their meaning. */
export function quoteWord(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[\w@%+=:,./$-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
