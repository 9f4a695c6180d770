import type { RunDetail, RunTarget, Selection, TargetState } from '@thimble/protocol';
import type { ServerUnderTest } from './server.ts';
import { waitFor } from './wait-for.ts';

/** An approved target in one of these is at rest: nothing happens to it until somebody asks. */
const SETTLED: ReadonlySet<TargetState> = new Set([
  'nothing-to-do',
  'plan-failed',
  'effective',
  'waits-for-reboot',
  'waits-for-restart',
  'refused',
  'failed',
  'cancelled',
  'rolled-back',
]);

export function packages(...names: readonly string[]): Selection {
  return { kind: 'packages', packages: names.map((name) => ({ name })) };
}

/** A run whose plans are all there. */
export async function planRun(
  server: ServerUnderTest,
  endpoints: readonly string[],
  selection: Selection,
  deadlineMs?: number,
): Promise<RunDetail> {
  const { summary } = await server.client.createRun({ endpoints: [...endpoints], selection });
  return waitForRun(
    server,
    summary.id,
    'its plans',
    (run) => run.targets.every(({ state }) => state !== 'planning'),
    deadlineMs,
  );
}

/** Approves exactly the groups that the run shows. */
export async function approveAll(server: ServerUnderTest, run: RunDetail): Promise<RunDetail> {
  const transactionDigests = run.groups.map((group) => group.transactionDigest);
  if (transactionDigests.length === 0) throw new Error(`nothing to approve:\n${describeRun(run)}`);
  return server.client.approveRun(run.summary.id, { transactionDigests, restartServices: true });
}

/** Until every target (or those of `endpoints`) is at rest after its order, whatever came of it. */
export async function waitForTargets(
  server: ServerUnderTest,
  runId: string,
  options: { readonly endpoints?: readonly string[]; readonly deadlineMs?: number } = {},
): Promise<RunDetail> {
  const { endpoints, deadlineMs } = options;
  const mine = (target: RunTarget) => endpoints === undefined || endpoints.includes(target.endpointId);
  return waitForRun(
    server,
    runId,
    'its targets at rest',
    (run) => run.targets.filter(mine).every(isAtRest),
    deadlineMs,
  );
}

/** Until one endpoint's part of a run is in this state. */
export async function waitForState(
  server: ServerUnderTest,
  runId: string,
  endpointId: string,
  state: TargetState,
  deadlineMs?: number,
): Promise<RunTarget> {
  const run = await waitForRun(
    server,
    runId,
    `the target is ${state}`,
    (each) => targetOf(each, endpointId).state === state,
    deadlineMs,
  );
  return targetOf(run, endpointId);
}

export async function waitForRun(
  server: ServerUnderTest,
  runId: string,
  condition: string,
  holds: (run: RunDetail) => boolean,
  deadlineMs?: number,
): Promise<RunDetail> {
  return waitFor(
    `run ${runId}: ${condition}`,
    async () => {
      const run = await server.client.run(runId);
      return holds(run) ? run : undefined;
    },
    {
      state: async () => `${describeRun(await server.client.run(runId))}\nserver's log:\n${server.logTail(20)}`,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    },
  );
}

function isAtRest({ state }: RunTarget): boolean {
  return SETTLED.has(state);
}

export function targetOf(run: RunDetail, endpointId: string): RunTarget {
  const target = run.targets.find((each) => each.endpointId === endpointId);
  if (target === undefined) throw new Error(`run ${run.summary.id} has no target ${endpointId}`);
  return target;
}

/** Plans, approves and waits; gives the run at rest. */
export async function patch(
  server: ServerUnderTest,
  endpoints: readonly string[],
  selection: Selection,
): Promise<RunDetail> {
  const run = await approveAll(server, await planRun(server, endpoints, selection));
  return waitForTargets(server, run.summary.id);
}

function describeRun({ summary, targets }: RunDetail): string {
  const lines = targets.map(
    ({ hostname, state, stage, explanation, outcome }) =>
      `  ${hostname}: ${state} (${stage ?? '-'}): ${explanation} ${outcome === null ? '' : JSON.stringify(outcome.result).slice(0, 1500)}`,
  );
  return [`run ${summary.id} is ${summary.state}: ${summary.explanation}`, ...lines].join('\n');
}
