import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { HostError, type DetachedCommand, type Host } from './host.ts';
import { BASE_ENVIRONMENT, runCommand } from './run-command.ts';

const SYSTEMD_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 120_000;
const SIGN_POLL_MS = 10;

/**
 * Runs `$@` with its output in files of `$0`. `exit-code` exists with its full length before the command starts and is
 * overwritten in place, so that a full disk can't hide how the command ended.
 */
const WRAPPER = `
exec </dev/null >>"$0/output" 2>&1 3>>"$0/status"
read -r stat </proc/$$/stat
read -r boot </proc/sys/kernel/random/boot_id
printf '%s %s\\n%s\\n' $$ "\${stat##*) }" "$boot" >"$0/process"
printf '%-7s\\n' running >"$0/exit-code"
sync "$0" 2>/dev/null
"$@"
code=$?
printf '%-7s\\n' "$code" 1<>"$0/exit-code"
`;

/**
 * Where systemd is pid 1, a transient service: it is no child of ours, has its own control group, and survives a stop
 * of our unit. Else a session of its own.
 */
export async function startDetached(command: DetachedCommand, systemd: boolean): Promise<void> {
  const argv = ['/bin/sh', '-c', WRAPPER, command.directory, ...command.argv];
  const environment = { ...BASE_ENVIRONMENT, ...command.env };
  if (!systemd) {
    await startSession(argv, environment);
    return waitForSign(command.directory);
  }
  const result = await runCommand(
    [
      'systemd-run',
      '--quiet',
      '--collect',
      '--no-ask-password',
      `--unit=${command.name}`,
      // By default it is the command line, whose many lines would break the transient unit's file.
      `--description=Thimble: ${command.name}`,
      '--service-type=exec',
      '--property=StandardInput=null',
      '--property=KillMode=control-group',
      ...properties(command).map((property) => `--property=${property}`),
      ...Object.entries(environment).map(([name, value]) => `--setenv=${name}=${value}`),
      '--',
      // systemd replaces variables in the command line of a service, systemd.service(5).
      ...argv.map((word) => word.replaceAll('$', '$$$$')),
    ],
    { deadlineMs: SYSTEMD_DEADLINE_MS },
  );
  if (result.exitCode !== 0) {
    throw new HostError(
      'io',
      `systemd-run of ${command.name} ended with ${JSON.stringify({ ...result, stderr: result.stderr.slice(0, 2_000) })}`,
    );
  }
  await waitForSign(command.directory);
}

/** systemd.exec(5), systemd.resource-control(5). */
function properties({ limits }: DetachedCommand): readonly string[] {
  // An installation under way must not be the first victim of a full memory.
  if (limits === undefined) return ['OOMScoreAdjust=-500'];
  return [
    'OOMScoreAdjust=500',
    'OOMPolicy=continue',
    `MemoryMax=${limits.memoryBytes}`,
    `TasksMax=${limits.processes}`,
    `RuntimeMaxSec=${Math.ceil(limits.deadlineMs / 1000)}`,
    'KillSignal=SIGKILL',
    // The machine's own work comes first.
    'CPUWeight=20',
    'IOWeight=20',
  ];
}

/** The wrapper has to have said who it is, before anybody may ask whether it runs. */
async function waitForSign(directory: string): Promise<void> {
  const untilMs = performance.now() + SYSTEMD_DEADLINE_MS;
  while (!existsSync(`${directory}/exit-code`)) {
    if (performance.now() > untilMs) throw new HostError('io', `nothing was started in ${directory}`);
    await delay(SIGN_POLL_MS);
  }
}

function startSession(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const [file = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, { cwd: '/', env, stdio: 'ignore', detached: true });
    child.once('error', (cause) => reject(new HostError('io', `${file}: ${cause.message}`, { cause })));
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}

/** How a detached command ended; `null`: it runs, or was killed before it could tell, or was never started. */
export async function detachedExitCode(host: Pick<Host, 'readFile'>, directory: string): Promise<number | null> {
  const text = (await host.readFile(`${directory}/exit-code`, { maxBytes: 64 }))?.toString('latin1').trim();
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : null;
}

/** Whether the wrapper, or anything in its session, is alive: dpkg can outlive an apt that was killed. */
export async function detachedRuns(host: Host, directory: string): Promise<boolean> {
  if ((await detachedExitCode(host, directory)) !== null) return false;
  const process = await startedProcess(host, directory);
  if (process === null) return false;
  const now = await statFields(host, process.pid);
  if (now !== null && now.startTicks === process.startTicks && now.state !== 'Z') return true;
  for (const name of (await host.listDirectory('/proc')) ?? []) {
    if (!/^\d+$/.test(name)) continue;
    const other = await statFields(host, Number(name));
    // A session outlives its leader under the same number, and no new process gets that number meanwhile (setsid(2)).
    if (
      other !== null &&
      other.session === process.pid &&
      other.startTicks >= process.startTicks &&
      other.state !== 'Z'
    )
      return true;
  }
  return false;
}

export async function stopDetached(
  host: Host,
  command: Pick<DetachedCommand, 'name' | 'directory'>,
  systemd: boolean,
): Promise<void> {
  if (!(await detachedRuns(host, command.directory))) return;
  if (systemd) {
    await runCommand(['systemctl', 'stop', `${command.name}.service`], { deadlineMs: STOP_DEADLINE_MS });
    return;
  }
  const started = await startedProcess(host, command.directory);
  if (started === null) return;
  try {
    process.kill(-started.pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

async function startedProcess(host: Pick<Host, 'readFile'>, directory: string) {
  const text = (await host.readFile(`${directory}/process`, { maxBytes: 4096 }))?.toString('latin1');
  const match = /^(\d+) (.*)\n([0-9a-f-]{36})$/m.exec(text ?? '');
  if (match === null) return null;
  // Numbers and ticks begin anew with each boot: what has the same ones now is somebody else.
  const boot = (await host.readFile('/proc/sys/kernel/random/boot_id', { maxBytes: 4096 }))?.toString('latin1').trim();
  return match[3] === boot ? { pid: Number(match[1]), ...fields(match[2] ?? '') } : null;
}

async function statFields(host: Pick<Host, 'readFile'>, pid: number) {
  const text = (await host.readFile(`/proc/${pid}/stat`, { maxBytes: 4096 }))?.toString('latin1');
  // The command's name is in parentheses and may hold anything, proc_pid_stat(5).
  return text === undefined ? null : fields(text.slice(text.lastIndexOf(') ') + 2));
}

/** From field 3 (state) on: 6 is the session, 22 the start in clock ticks after boot. */
function fields(text: string) {
  const words = text.trim().split(' ');
  return { state: words[0] ?? '', session: Number(words[3]), startTicks: Number(words[19]) };
}
