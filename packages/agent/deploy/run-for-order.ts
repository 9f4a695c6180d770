import { runOutside, waitOutside, type OutsideEnd } from '@thimble/drivers';
import { orderFolderOf, type Surroundings } from './surroundings.ts';

interface OrderCommand {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** Each runs in a folder of its own; more is a bug. */
const RUNS_MAX = 10_000;
/** The longest that a command of an order may run; so what an earlier life left ends within this. */
export const LONGEST_COMMAND_MS = 10 * 60_000;
const RUN = /^run-(\d+)$/;

/** Runs a command of an order outside the agent's sandbox, in a unit of its own where systemd runs. @throws HostError */
export async function runForOrder(command: OrderCommand, surroundings: Surroundings): Promise<OutsideEnd> {
  const { host, stop } = surroundings;
  const folder = orderFolderOf(surroundings);
  const numbers = ((await host.listDirectory(folder)) ?? []).map((name) => Number(RUN.exec(name)?.[1] ?? 0));
  const number = Math.max(0, ...numbers) + 1;
  if (number > RUNS_MAX) throw new Error(`more than ${RUNS_MAX} commands ran for order ${surroundings.orderId}`);
  const name = unitName(surroundings, `run-${number}`);
  return runOutside(host, { ...command, name, directory: `${folder}/run-${number}`, signal: stop });
}

/** Commands that an earlier life of the agent left running are waited for, so that none runs twice at a time. */
export async function waitForLeftCommands(surroundings: Surroundings): Promise<void> {
  const { host, stop } = surroundings;
  const folder = orderFolderOf(surroundings);
  for (const run of (await host.listDirectory(folder)) ?? []) {
    if (!RUN.test(run)) continue;
    const command = { name: unitName(surroundings, run), directory: `${folder}/${run}` };
    await waitOutside(host, { ...command, deadlineMs: LONGEST_COMMAND_MS, signal: stop });
  }
}

function unitName({ orderId }: Surroundings, run: string): string {
  return `thimble-deploy-${orderId}-${run}`;
}
