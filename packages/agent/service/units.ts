/** How the agent runs: always there, with a held request; or started by a timer, with no memory used in between. */
export type ServiceMode = 'service' | 'timer';

export interface UnitSettings {
  /** Absolute path of the executable, and what comes before `agent`. */
  readonly command: readonly string[];
  readonly stateDirectory: string;
  readonly timerMinutes: number;
}

export const SERVICE_UNIT = 'thimble-agent.service';
export const CHECK_IN_UNIT = 'thimble-agent-check-in.service';
export const TIMER_UNIT = 'thimble-agent.timer';
export const DEFAULT_TIMER_MINUTES = 15;

/** EX_CONFIG of sysexits(3): trying again is of no use until somebody acts (not enrolled, damaged state). */
export const EXIT_CONFIGURATION = 78;

/**
 * What the agent may do itself (systemd.exec(5)). The installing is not among it: it happens in transient units that
 * pid 1 starts on the agent's request, outside this sandbox and outside this unit's control group, so that stopping or
 * losing the agent never tears an installation down. What stays inside is reading (dpkg's database, every process's
 * maps), apt's dry runs and downloads into the agent's own folder, and the network.
 *
 * MemoryDenyWriteExecute is left out as V8 compiles at run time; NoNewPrivileges is no hindrance, as apt drops from
 * root and never gains.
 */
const HARDENING = `
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
PrivateMounts=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@clock @cpu-emulation @debug @module @mount @obsolete @raw-io @reboot @swap
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETUID CAP_SYS_PTRACE
KeyringMode=private
`.trim();

/** dpkg's and apt's own folders hold the locks that a dry run and a download take. */
const WRITABLE = '-/var/lib/dpkg -/var/lib/apt -/var/cache/apt -/run/lock';

/** What the agent and the people of this machine share (a reboot that waits for them); it outlives a restart of the agent. */
const RUNTIME = `
RuntimeDirectory=thimble
RuntimeDirectoryMode=0755
RuntimeDirectoryPreserve=yes
`.trim();

export function serviceUnit({ command, stateDirectory }: UnitSettings): string {
  return `[Unit]
Description=Thimble agent: keeps this machine's software patched
Documentation=man:apt(8)
After=network-online.target
Wants=network-online.target
# Tried for ever: an endpoint that gives up is an endpoint that is silently missing.
StartLimitIntervalSec=0
ConditionPathExists=${stateDirectory}/identity

[Service]
Type=exec
ExecStart=${execLine([...command, 'agent', 'run', '--state-dir', stateDirectory])}
Restart=on-failure
RestartSec=5s
RestartPreventExitStatus=${EXIT_CONFIGURATION}
TimeoutStopSec=30s
OOMPolicy=continue
ReadWritePaths=${stateDirectory} ${WRITABLE}
${RUNTIME}
${HARDENING}

[Install]
WantedBy=multi-user.target
`;
}

export function checkInUnit({ command, stateDirectory }: UnitSettings): string {
  return `[Unit]
Description=Thimble agent: one check-in, and the orders that wait
After=network-online.target
Wants=network-online.target
ConditionPathExists=${stateDirectory}/identity
Conflicts=${SERVICE_UNIT}

[Service]
Type=oneshot
ExecStart=${execLine([...command, 'agent', 'check-in', '--state-dir', stateDirectory])}
# An order takes as long as it takes; every command in it has a deadline of its own.
TimeoutStartSec=infinity
ReadWritePaths=${stateDirectory} ${WRITABLE}
${RUNTIME}
${HARDENING}
`;
}

export function timerUnit({ timerMinutes }: UnitSettings): string {
  const jitterSeconds = Math.max(1, Math.round(timerMinutes * 6));
  return `[Unit]
Description=Thimble agent: regular check-ins

[Timer]
OnActiveSec=1s
OnBootSec=20s
OnUnitInactiveSec=${timerMinutes}min
RandomizedDelaySec=${jitterSeconds}s
AccuracySec=1s
Unit=${CHECK_IN_UNIT}

[Install]
WantedBy=timers.target
`;
}

/** systemd.syntax(7): quoted, with its specifiers and variables switched off. */
function execLine(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w./:@-]+$/.test(word) ? word : quote(word))).join(' ');
}

function quote(word: string): string {
  return `"${word
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$')}"`;
}
