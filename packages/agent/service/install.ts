import { existsSync } from 'node:fs';
import type { CommandResult, Host } from '@thimble/drivers';
import { AgentError } from '../agent-error.ts';
import {
  CHECK_IN_UNIT,
  checkInUnit,
  DEFAULT_TIMER_MINUTES,
  SERVICE_UNIT,
  serviceUnit,
  TIMER_UNIT,
  timerUnit,
  type ServiceMode,
} from './units.ts';

export interface InstallOptions {
  readonly mode: ServiceMode;
  /** Absolute path of the executable, and what comes before `agent`. */
  readonly command: readonly string[];
  readonly stateDirectory: string;
  readonly timerMinutes?: number;
}

const ADMINISTRATORS_UNITS = '/etc/systemd/system';
/** Where a package keeps its units (systemd.unit(5)); on systems without merged /usr the first exists. */
const PACKAGED_UNITS = ['/lib/systemd/system', '/usr/lib/systemd/system'];
const DEADLINE_MS = 60_000;

/**
 * Writes the units, unless the package brought the same ones, and starts the one of the mode.
 *
 * @returns the overall exposure that `systemd-analyze security` computes (0 best, 10 worst); null: it can't tell.
 * @throws AgentError `not-root`, `no-systemd`, `systemctl-failed`
 */
export async function installService(host: Host, options: InstallOptions): Promise<{ exposure: string | null }> {
  requireSystemd(host);
  const settings = { ...options, timerMinutes: options.timerMinutes ?? DEFAULT_TIMER_MINUTES };
  const units: readonly (readonly [string, string])[] = [
    [SERVICE_UNIT, serviceUnit(settings)],
    [CHECK_IN_UNIT, checkInUnit(settings)],
    [TIMER_UNIT, timerUnit(settings)],
  ];
  for (const [name, text] of units) await writeUnit(host, name, text);
  await systemctl(host, ['daemon-reload']);
  const [wanted, other] = options.mode === 'service' ? [SERVICE_UNIT, TIMER_UNIT] : [TIMER_UNIT, SERVICE_UNIT];
  await systemctl(host, ['disable', '--now', '--quiet', other]);
  await systemctl(host, ['enable', '--quiet', wanted]);
  await systemctl(host, ['restart', wanted]);
  // The timer spreads a fleet's check-ins; whoever has just enrolled a machine wants to see it.
  if (options.mode === 'timer') await systemctl(host, ['start', '--no-block', CHECK_IN_UNIT]);
  return { exposure: await exposure(host, options.mode === 'service' ? SERVICE_UNIT : CHECK_IN_UNIT) };
}

/** Stops and disables whatever runs the agent; units that we wrote go, packaged ones stay. */
export async function removeService(host: Host): Promise<void> {
  requireSystemd(host);
  await systemctl(host, ['disable', '--now', '--quiet', SERVICE_UNIT, TIMER_UNIT], true);
  for (const name of [SERVICE_UNIT, CHECK_IN_UNIT, TIMER_UNIT]) await host.remove(`${ADMINISTRATORS_UNITS}/${name}`);
  await systemctl(host, ['daemon-reload']);
}

/** Whether this machine can have the service: for a message, before trying. */
export function canInstallService(host: Host): boolean {
  return host.privileged && systemdRuns();
}

async function writeUnit(host: Host, name: string, text: string): Promise<void> {
  for (const folder of PACKAGED_UNITS) {
    const packaged = await host.readFile(`${folder}/${name}`, { maxBytes: 65_536 });
    if (packaged?.toString('utf8') !== text) continue;
    await host.remove(`${ADMINISTRATORS_UNITS}/${name}`);
    return;
  }
  await host.writeFile(`${ADMINISTRATORS_UNITS}/${name}`, text, { mode: 0o644 });
}

async function exposure(host: Host, unit: string): Promise<string | null> {
  const argv = ['systemd-analyze', 'security', '--no-pager', unit];
  const result = await host.run(argv, { deadlineMs: DEADLINE_MS }).catch(() => null);
  return /Overall exposure level for \S+: ([\d.]+ \w+)/.exec(result?.stdout ?? '')?.[1] ?? null;
}

async function systemctl(host: Host, words: readonly string[], missingIsFine = false): Promise<void> {
  const result: CommandResult = await host.run(['systemctl', ...words], { deadlineMs: DEADLINE_MS });
  if (result.exitCode === 0 || missingIsFine) return;
  const said = result.stderr.trim() === '' ? `status ${result.exitCode}` : result.stderr.trim();
  throw new AgentError('systemctl-failed', 'host', `systemctl ${words.join(' ')}: ${said}`);
}

/** sd_booted(3). */
function systemdRuns(): boolean {
  return existsSync('/run/systemd/system');
}

function requireSystemd(host: Host): void {
  if (!host.privileged) throw new AgentError('not-root', 'host', 'only root can install the service');
  if (!systemdRuns()) throw new AgentError('no-systemd', 'host', 'systemd does not run this machine');
}
