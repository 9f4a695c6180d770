import type { Fleet } from './fleet.ts';
import { patch, planRun, waitForTargets } from './runs.ts';

/** What pictures of the console show: ids in a fleet to which things have happened. */
export type Story = {
  /** An endpoint whose services still run replaced code. */
  readonly waiting: string;
  /** An endpoint with pending security updates. */
  readonly exposed: string;
  readonly runEffective: string;
  /** Of an endpoint that waits and of one that refused. */
  readonly runOfWaits: string;
  readonly runToApprove: string;
};

const NAMES = ['harbour', 'lagoon', 'delta', 'quay'] as const;

/** Four real machines: one is patched, one waits for restarts, one refuses, one is about to be patched. */
export async function enactStory(fleet: Fleet): Promise<Story> {
  const { server } = fleet;
  const members = await Promise.all(NAMES.map((name) => fleet.member({ name })));
  const [harbour, lagoon, delta, quay] = members;
  if (harbour === undefined || lagoon === undefined || delta === undefined || quay === undefined)
    throw new Error('four endpoints were enrolled');
  const effective = await patch(server, [harbour.id], { kind: 'security' });

  const planned = await planRun(server, [lagoon.id, delta.id], { kind: 'security' });
  // Somebody upgrades a package by hand between the plan and the approval.
  await delta.machine.shell(
    'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --only-upgrade openssl </dev/null',
  );
  const transactionDigests = planned.groups.map((group) => group.transactionDigest);
  await server.client.approveRun(planned.summary.id, { transactionDigests, restartServices: false });
  const waits = await waitForTargets(server, planned.summary.id);
  const toApprove = await planRun(server, [quay.id], { kind: 'security' });
  return {
    waiting: lagoon.id,
    exposed: quay.id,
    runEffective: effective.summary.id,
    runOfWaits: waits.summary.id,
    runToApprove: toApprove.summary.id,
  };
}
