import { HostError, runOutside, waitOutside, type OutsideEnd } from '@thimble/drivers';
import type { CheckResult } from '@thimble/protocol';
import { findAllowed, type AllowedKind } from './allow-list.ts';
import { orderFolderOf, type Surroundings } from './surroundings.ts';

export interface AllowedCommand {
  readonly kind: AllowedKind;
  readonly name: string;
  readonly phase: 'before' | 'after';
}

/** A drain may wait for long connections to end; what needs more has hung. */
export const STEP_DEADLINE_MS = 10 * 60_000;
/** A check looks, it does not wait: the agent asks again. */
export const CHECK_DEADLINE_MS = 30_000;
const MESSAGE_LINES = 20;
const MESSAGE_CHARACTERS = 4000;
/** Each runs in a folder of its own; more is a bug. */
const RUNS_MAX = 10_000;

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
    const end = await runOutside(host, {
      ...(await newRun(surroundings)),
      argv: [allowed.path],
      env: { THIMBLE_PHASE: phase, THIMBLE_ORDER: orderId, THIMBLE_RUN: runId ?? '' },
      deadlineMs,
      signal: stop,
    });
    if (end.stopped === 'left') return null;
    return result(end.exitCode === 0, messageOf(end, deadlineMs));
  } catch (error) {
    if (error instanceof HostError) return result(false, error.message.slice(0, MESSAGE_CHARACTERS));
    throw error;
  }
}

/** Commands that an earlier life of the agent left running are waited for, so that none runs twice at a time. */
export async function waitForLeftCommands(surroundings: Surroundings): Promise<void> {
  const { host, stop } = surroundings;
  const folder = orderFolderOf(surroundings);
  for (const name of (await host.listDirectory(folder)) ?? []) {
    if (!RUN.test(name)) continue;
    const run = { name: unitName(surroundings, name), directory: `${folder}/${name}` };
    await waitOutside(host, { ...run, deadlineMs: STEP_DEADLINE_MS, signal: stop });
  }
}

/** The name of a step or check in an outcome. */
function nameOf({ kind, name, phase }: AllowedCommand): string {
  if (kind === 'check') return `command ${name}`;
  return phase === 'before' ? `step ${name}` : `step ${name} (after)`;
}

const RUN = /^run-(\d+)$/;

async function newRun(surroundings: Surroundings): Promise<{ name: string; directory: string }> {
  const folder = orderFolderOf(surroundings);
  const numbers = ((await surroundings.host.listDirectory(folder)) ?? []).map((name) =>
    Number(RUN.exec(name)?.[1] ?? 0),
  );
  const number = Math.max(0, ...numbers) + 1;
  if (number > RUNS_MAX) throw new Error(`more than ${RUNS_MAX} commands ran for order ${surroundings.orderId}`);
  return { name: unitName(surroundings, `run-${number}`), directory: `${folder}/run-${number}` };
}

function unitName({ orderId }: Surroundings, run: string): string {
  return `thimble-deploy-${orderId}-${run}`;
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
