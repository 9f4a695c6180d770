import type { Host, TrialCommand } from '@thimble/drivers';
import type { TrialRules } from '@thimble/protocol';
import { findAllowed } from '../deploy/allow-list.ts';
import { refusal, type Refused } from '../deploy/stopped-order.ts';

/** What a trial may take of this machine at most, whatever an order allows; left out: as the order says. */
export type TrialLimits = Partial<Pick<TrialRules, 'deadlineSeconds' | 'diskBytes' | 'memoryBytes'>>;

export function lowered(rules: TrialRules, limits: TrialLimits = {}): TrialRules {
  const { deadlineSeconds, diskBytes, memoryBytes } = rules;
  return {
    ...rules,
    deadlineSeconds: Math.min(deadlineSeconds, limits.deadlineSeconds ?? deadlineSeconds),
    diskBytes: Math.min(diskBytes, limits.diskBytes ?? diskBytes),
    memoryBytes: Math.min(memoryBytes, limits.memoryBytes ?? memoryBytes),
  };
}

/** The checks of an order's trial, out of this machine's allow-list. */
export async function trialCommands(
  host: Host,
  names: readonly string[],
): Promise<
  { readonly ok: true; readonly commands: readonly TrialCommand[] } | { readonly ok: false; readonly refused: Refused }
> {
  const commands: TrialCommand[] = [];
  for (const name of names) {
    const allowed = await findAllowed(host, 'check', name);
    if (!allowed.ok) return { ok: false, refused: refusal('step-not-allowed', allowed.message) };
    commands.push({ name, argv: [allowed.path] });
  }
  return { ok: true, commands };
}
