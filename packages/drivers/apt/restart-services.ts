import type { StaleProcess, Wait } from '@thimble/protocol';
import { HostError, type Host } from '../host.ts';
import { DEADLINES } from './limits.ts';
import { scanProcesses, type ProcessScan } from './processes.ts';
import { isDesktop, restartRule } from './restart-rules.ts';

/** What is done in one round, and the rounds: a restarted unit may show another one that was hidden behind it. */
const ROUNDS_MAX = 3;
const SETTLE_MS = 300;

/** Restarts all units that still run replaced code and may be restarted. Gives their names. */
export async function restartStaleUnits(host: Host): Promise<readonly string[]> {
  const restarted = new Set<string>();
  if (!(await systemdRuns(host))) return [];
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const scan = await scanProcesses(host);
    const actions = restartActions(scan, host.ownProcessId);
    if (actions.reexecute && !restarted.has('init')) {
      await systemctl(host, ['daemon-reexec']);
      restarted.add('init');
    }
    const units = await restartable(
      host,
      actions.units.filter((unit) => !restarted.has(unit)),
    );
    if (units.length > 0) await systemctl(host, ['try-restart', '--no-ask-password', '--', ...units]);
    for (const unit of units) restarted.add(unit);
    if (units.length === 0 && !actions.reexecute) break;
    await host.sleep(SETTLE_MS);
    if (round > 0 && units.length === 0) break;
  }
  return [...restarted].sort();
}

export function restartActions(
  scan: ProcessScan,
  ownProcessId: number | null,
): { reexecute: boolean; units: string[] } {
  const desktop = isDesktop(scan.processes.map((each) => each.unit));
  const own = scan.processes.find((each) => each.pid === ownProcessId)?.unit ?? null;
  const units = new Set<string>();
  let reexecute = false;
  for (const each of scan.processes) {
    if (each.replaced.length === 0 || each.unit === null) continue;
    if (each.unit === 'init') reexecute = true;
    else if (each.unit !== own && isSystemService(each.unit) && restartRule(each.unit, desktop).kind === 'restart')
      units.add(each.unit);
  }
  return { reexecute, units: [...units].sort() };
}

function isSystemService(unit: string): boolean {
  return unit.endsWith('.service') && !unit.startsWith('user@');
}

/** In words why processes still run replaced code, one wait for each unit. */
export function staleWaits(stale: readonly StaleProcess[], scan: ProcessScan, ownProcessId: number | null): Wait[] {
  const desktop = isDesktop(scan.processes.map((each) => each.unit));
  const own = scan.processes.find((each) => each.pid === ownProcessId)?.unit ?? null;
  const waits: Wait[] = [];
  for (const [unit, processes] of Map.groupBy(stale, (each) => each.unit)) {
    const who = [...new Set(processes.map((each) => each.command))].slice(0, 5).join(', ');
    const what = [...new Set(processes.flatMap((each) => each.packages))].slice(0, 10).join(', ') || 'replaced files';
    const running = `${who} ${processes.length === 1 ? 'runs' : 'run'} old code of ${what}`;
    const ourselves = unit === own && (own !== null || processes.every((each) => each.pid === ownProcessId));
    if (ourselves && ownProcessId !== null) {
      const reason = `${running}: the agent itself, which restarts after its order`;
      waits.push({ kind: 'service-restart', unit, reason });
    } else if (unit === null) waits.push({ kind: 'service-restart', unit, reason: `${running}; no service owns it` });
    else if (unit === 'init')
      waits.push({ kind: 'service-restart', unit, reason: `${running}; systemd was not re-executed` });
    else if (unit.startsWith('user@') || unit.startsWith('session-'))
      waits.push({ kind: 'service-restart', unit, reason: `${running} in a person's session, until it ends` });
    else {
      const rule = restartRule(unit, desktop);
      if (rule.kind === 'reboot') waits.push({ kind: 'reboot', reason: `${unit}: ${running}; ${rule.why}` });
      else
        waits.push({
          kind: 'service-restart',
          unit,
          reason: rule.kind === 'by-hand' ? `${running}; ${rule.why}` : running,
        });
    }
  }
  return waits.slice(0, 1_000);
}

/** Units that systemd itself would refuse to restart, or that end by themselves, are left alone. */
async function restartable(host: Host, units: readonly string[]): Promise<readonly string[]> {
  if (units.length === 0) return [];
  const properties = 'Id,Type,Transient,RefuseManualStart,RefuseManualStop,ActiveState';
  const shown = await systemctl(host, ['show', `--property=${properties}`, '--', ...units]);
  return shown.split('\n\n').flatMap((text) => {
    const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
    const refuses = value('RefuseManualStart') !== 'no' || value('RefuseManualStop') !== 'no';
    const passing = value('Type') === 'oneshot' || value('Transient') === 'yes' || value('ActiveState') !== 'active';
    return refuses || passing ? [] : [value('Id')];
  });
}

async function systemctl(host: Host, args: readonly string[]): Promise<string> {
  try {
    // Its exit code says little: verification looks at what runs and what failed.
    return (await host.run(['systemctl', ...args], { deadlineMs: DEADLINES.restartMs })).stdout;
  } catch (error) {
    if (error instanceof HostError) return '';
    throw error;
  }
}

async function systemdRuns(host: Host): Promise<boolean> {
  return (await host.stat('/run/systemd/system')) !== null;
}
