import type { System, Wait } from '@thimble/protocol';

/** What of an endpoint's installed software is not effective yet, as its system document shows it. Reboots first. */
export function systemWaits(system: Pick<System, 'kernel' | 'rebootRequired' | 'staleProcesses'>): readonly Wait[] {
  const { kernel, rebootRequired, staleProcesses } = system;
  const waits: Wait[] = [];
  if (kernel.waitsForReboot)
    waits.push({
      kind: 'reboot',
      reason: `kernel ${kernel.installed ?? 'unknown'} installed, ${kernel.running} running`,
    });
  else if (rebootRequired.required)
    waits.push({ kind: 'reboot', reason: rebootRequired.reasons.join('; ') || 'the system asks for it' });
  const units = new Map<string, string[]>();
  for (const { unit, command, pid } of staleProcesses) {
    // systemd goes on with its new code when it is re-executed, which is what restarting services does.
    if (unit === 'init') waits.push({ kind: 'service-restart', unit, reason: `${command} runs replaced code` });
    else if (unit === null)
      waits.push({
        kind: 'service-restart',
        unit: null,
        reason: `${command} (process ${pid}) runs replaced code and belongs to no service`,
      });
    else units.set(unit, [...(units.get(unit) ?? []), command]);
  }
  for (const [unit, commands] of units)
    waits.push({
      kind: 'service-restart',
      unit,
      reason: `${[...new Set(commands)].slice(0, 5).join(', ')} of ${unit} runs replaced code`,
    });
  return waits.sort((a, b) => Number(a.kind !== 'reboot') - Number(b.kind !== 'reboot')).slice(0, 1000);
}
