import type { Host } from '@thimble/drivers';
import { CliError } from '../cli-error.ts';
import { type PatchConfig, PATCH_CONFIG_PATH, parsePatchConfig, printPatchConfig } from './patch-config.ts';
import { SERVICE_UNIT, serviceUnit, TIMER_UNIT, timerUnit, UNIT_DIRECTORY } from './timer-units.ts';

const SYSTEMCTL_DEADLINE_MS = 60_000;
const CONFIG_LIMIT_BYTES = 1024 * 1024;

export interface TimerStatus {
  readonly enabled: boolean;
  /** systemd's words for the next and the last time; null: none. */
  readonly next: string | null;
  readonly last: string | null;
  readonly config: PatchConfig;
}

/** The machine's configuration, or the defaults when there is no file. */
export async function readPatchConfig(host: Host): Promise<PatchConfig> {
  const bytes = await host.readFile(PATCH_CONFIG_PATH, { maxBytes: CONFIG_LIMIT_BYTES });
  return parsePatchConfig(bytes?.toString('utf8') ?? '');
}

/**
 * Installs and starts the timer. A configuration file that is there is kept as it is, but for what `change` says.
 *
 * @param command The words that start this very program.
 * @throws CliError `no-systemd`, `systemctl-failed`
 */
export async function switchTimerOn(
  host: Host,
  command: readonly string[],
  change: Partial<PatchConfig>,
): Promise<PatchConfig> {
  await needSystemd(host);
  const before = await readPatchConfig(host);
  const config = { ...before, ...change };
  const present = await host.stat(PATCH_CONFIG_PATH);
  if (present === null || JSON.stringify(before) !== JSON.stringify(config)) {
    await host.makeDirectory('/etc/thimble', { mode: 0o755 });
    await host.writeFile(PATCH_CONFIG_PATH, printPatchConfig(config), { mode: 0o644 });
  }
  await checkCalendar(host, config);
  await host.writeFile(`${UNIT_DIRECTORY}/${SERVICE_UNIT}`, serviceUnit(command), { mode: 0o644 });
  await host.writeFile(`${UNIT_DIRECTORY}/${TIMER_UNIT}`, timerUnit(config), { mode: 0o644 });
  await systemctl(host, 'daemon-reload');
  await systemctl(host, 'enable', '--quiet', TIMER_UNIT);
  // A timer that runs already keeps its old schedule until it is restarted.
  await systemctl(host, 'restart', TIMER_UNIT);
  return config;
}

/** Takes the timer away; the configuration stays, and an installation under way goes on. */
export async function switchTimerOff(host: Host): Promise<void> {
  await needSystemd(host);
  if ((await host.stat(`${UNIT_DIRECTORY}/${TIMER_UNIT}`)) !== null)
    await systemctl(host, 'disable', '--quiet', '--now', TIMER_UNIT);
  await host.remove(`${UNIT_DIRECTORY}/${TIMER_UNIT}`);
  await host.remove(`${UNIT_DIRECTORY}/${SERVICE_UNIT}`);
  await systemctl(host, 'daemon-reload');
}

export async function timerStatus(host: Host): Promise<TimerStatus> {
  const config = await readPatchConfig(host);
  if ((await host.stat('/run/systemd/system')) === null) return { enabled: false, next: null, last: null, config };
  const { stdout } = await host.run(
    ['systemctl', 'show', TIMER_UNIT, '--property=ActiveState,NextElapseUSecRealtime,LastTriggerUSec'],
    { deadlineMs: SYSTEMCTL_DEADLINE_MS },
  );
  const values = new Map(
    stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const time = (name: string): string | null => {
    const text = values.get(name) ?? '';
    return text === '' || text === 'n/a' || text === '0' ? null : text;
  };
  return {
    enabled: values.get('ActiveState') === 'active',
    next: time('NextElapseUSecRealtime'),
    last: time('LastTriggerUSec'),
    config,
  };
}

async function needSystemd(host: Host): Promise<void> {
  if ((await host.stat('/run/systemd/system')) === null)
    throw new CliError('no-systemd', 'systemd does not run on this machine, so there are no timers', {
      hint: 'Run `thimble patch --apply --unattended` from cron instead.',
    });
}

async function checkCalendar(host: Host, { schedule }: PatchConfig): Promise<void> {
  const { exitCode, stderr } = await host.run(['systemd-analyze', 'calendar', schedule], {
    deadlineMs: SYSTEMCTL_DEADLINE_MS,
  });
  if (exitCode !== 0)
    throw new CliError(
      'bad-config',
      `systemd does not understand the schedule ${JSON.stringify(schedule)}: ${stderr.trim()}`,
      {
        hint: `See systemd.time(7), and ${PATCH_CONFIG_PATH}.`,
      },
    );
}

async function systemctl(host: Host, ...words: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await host.run(['systemctl', ...words], { deadlineMs: SYSTEMCTL_DEADLINE_MS });
  if (exitCode !== 0) throw new CliError('systemctl-failed', `systemctl ${words.join(' ')}: ${stderr.trim()}`);
}
