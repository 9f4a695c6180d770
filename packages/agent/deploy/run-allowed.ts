import { HostError, type OutsideEnd } from '@thimble/drivers';
import type { CheckResult } from '@thimble/protocol';
import { findAllowed, type AllowedKind } from './allow-list.ts';
import { LONGEST_COMMAND_MS, runForOrder } from './run-for-order.ts';
import type { Surroundings } from './surroundings.ts';

export interface AllowedCommand {
  readonly kind: AllowedKind;
  readonly name: string;
  readonly phase: 'before' | 'after';
}

/** A drain may wait for long connections to end; what needs more has hung. */
const STEP_DEADLINE_MS = LONGEST_COMMAND_MS;
/** A check looks, it does not wait: the agent asks again. */
const CHECK_DEADLINE_MS = 30_000;
const MESSAGE_LINES = 20;
const MESSAGE_CHARACTERS = 4000;

/**
 * Runs one executable of the allow-list as root, outside the agent's sandbox: no arguments, no terminal, nothing of the
 * agent's environment. Null: the agent ends, and it runs on.
 */
export async function runAllowed(command: AllowedCommand, surroundings: Surroundings): Promise<CheckResult | null> {
  const { kind, name, phase } = command;
  const { host, stop, orderId, runId } = surroundings;
  if (stop.aborted) return null;
  const startedMs = host.now().getTime();
  const result = (passed: boolean, message: string): CheckResult => ({
    name: nameOf(command),
    passed,
    message,
    durationMs: Math.max(0, Math.round(host.now().getTime() - startedMs)),
  });
  // Looked at again each time: the administrator may have taken it away since the order was accepted.
  const allowed = await findAllowed(host, kind, name);
  if (!allowed.ok) return result(false, allowed.message);
  const deadlineMs = kind === 'step' ? STEP_DEADLINE_MS : CHECK_DEADLINE_MS;
  try {
    const env = { THIMBLE_PHASE: phase, THIMBLE_ORDER: orderId, THIMBLE_RUN: runId ?? '' };
    const end = await runForOrder({ argv: [allowed.path], env, deadlineMs }, surroundings);
    if (end.stopped === 'left') return null;
    return result(end.exitCode === 0, messageOf(end, deadlineMs));
  } catch (error) {
    if (error instanceof HostError) return result(false, error.message.slice(0, MESSAGE_CHARACTERS));
    throw error;
  }
}

/** The name of a step or check in an outcome. */
function nameOf({ kind, name, phase }: AllowedCommand): string {
  if (kind === 'check') return `command ${name}`;
  return phase === 'before' ? `step ${name}` : `step ${name} (after)`;
}

function messageOf({ exitCode, output, stopped }: OutsideEnd, deadlineMs: number): string {
  const lines = output.split('\n').map((line) => line.replace(/\p{Cc}/gu, ''));
  const said = lines.filter((line) => line !== '').slice(-MESSAGE_LINES);
  return [howItEnded({ exitCode, stopped }, deadlineMs), ...said]
    .filter((line) => line !== '')
    .join('\n')
    .slice(-MESSAGE_CHARACTERS);
}

function howItEnded({ exitCode, stopped }: Pick<OutsideEnd, 'exitCode' | 'stopped'>, deadlineMs: number): string {
  if (stopped === 'deadline') return `stopped after ${deadlineMs / 1000} s`;
  if (stopped === 'output') return 'stopped: it printed more than 4 MiB';
  if (exitCode === null) return 'it was killed';
  return exitCode === 0 ? '' : `it ended with status ${exitCode}`;
}
