import { CheckResult, Label, type OutcomeResult, Uuid } from '@thimble/protocol';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { AgentError } from '../agent-error.ts';
import { runAllowed } from './run-allowed.ts';
import { waitForLeftCommands } from './run-for-order.ts';
import { refusal } from './stopped-order.ts';
import { orderFolderOf, type Surroundings } from './surroundings.ts';

/** Written durably before the first step of an order: from then on its steps after are owed, whatever becomes of it. */
const BegunSteps = Type.Object({
  runId: Type.Union([Uuid, Type.Null()]),
  after: Type.Array(Label),
  /** How the steps after ended; null: they are still owed. */
  ended: Type.Union([Type.Array(CheckResult), Type.Null()]),
});
type BegunSteps = Static<typeof BegunSteps>;

const MARK_BYTES = 1024 * 1024;

export async function markBegun(surroundings: Surroundings, after: readonly string[]): Promise<void> {
  await surroundings.host.makeDirectory(orderFolderOf(surroundings), { mode: 0o700 });
  await write(surroundings, { runId: surroundings.runId, after: [...after], ended: null });
}

/**
 * Runs the steps after, if steps of this order have begun and these were not run yet. Each runs, also when another one
 * failed. A crash meanwhile makes them run again: at least once, never not at all. Null: the agent ends, and they are
 * still owed.
 */
export async function settleSteps(place: Place): Promise<readonly CheckResult[] | null> {
  const begun = await readBegun(place);
  if (begun === null) return [];
  if (begun.ended !== null) return begun.ended;
  const surroundings = { ...place, runId: begun.runId };
  await waitForLeftCommands(surroundings);
  const ended: CheckResult[] = [];
  for (const name of begun.after) {
    const result = await runAllowed({ kind: 'step', name, phase: 'after' }, surroundings);
    if (result === null) return null;
    ended.push(result);
  }
  if (place.stop.aborted) return null;
  await write(place, { ...begun, ended });
  return ended;
}

/** How an order ended, together with the steps after that failed: a machine that stays drained is no good end. */
export function withFailedSteps(result: OutcomeResult, after: readonly CheckResult[]): OutcomeResult {
  const failed = after.filter(({ passed }) => !passed);
  if (failed.length === 0) return result;
  const told = failed.map(({ name, message }) => `${name} failed: ${message}`).join('; ');
  switch (result.kind) {
    case 'cancelled':
      return refusal('step-failed', `it was stopped before anything was installed; ${told}`);
    case 'refused':
      return { ...result, message: `${result.message}; ${told}`.slice(0, 16_000) };
    case 'failed':
      // With a report it has them there.
      return result.deploy === undefined
        ? { ...result, message: `${result.message}; ${told}`.slice(0, 16_000) }
        : result;
    default:
      return result;
  }
}

/** After its outcome is durable, nobody asks for what belongs to an order. */
export async function forgetSteps(place: Pick<Place, 'host' | 'deployFolder' | 'orderId'>): Promise<void> {
  await place.host.remove(orderFolderOf(place));
}

/** What a crash kept from being forgotten: orders go one after another, so all others have ended. */
export async function forgetOtherSteps({ host, deployFolder, orderId }: Place): Promise<void> {
  for (const other of (await host.listDirectory(deployFolder)) ?? [])
    if (other !== orderId) await forgetSteps({ host, deployFolder, orderId: other });
}

type Place = Omit<Surroundings, 'runId'>;

async function readBegun(from: Place): Promise<BegunSteps | null> {
  const place = markOf(from);
  const data = await from.host.readFile(place, { maxBytes: MARK_BYTES });
  if (data === null) return null;
  const value = parseJson(data.toString('utf8'));
  if (Value.Check(BegunSteps, value)) return value;
  // It is written atomically, by the agent alone: which steps are owed is not known, and not guessed.
  throw new AgentError('state-damaged', 'host', `${place} is damaged`);
}

function write(to: Place, begun: BegunSteps): Promise<void> {
  return to.host.writeFile(markOf(to), JSON.stringify(begun), { mode: 0o600 });
}

function markOf(place: Place): string {
  return `${orderFolderOf(place)}/begun.json`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
