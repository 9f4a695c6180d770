import {
  ORDER_PAYLOAD_TYPE,
  type DeployRules,
  type Order,
  type OrderBody,
  type OutcomeResult,
  type Transaction,
} from '@thimble/protocol';
import { signEnvelope, transactionSha256 } from '@thimble/protocol/signing';
import type { Endpoint } from '../endpoint.ts';
import { agentStatus, newOrderId, plant, stolenKey } from '../end-to-end/hostile-orders.ts';
import { plan, type Patient } from '../end-to-end/patient.ts';
import { ordersOf, payloadOf } from '../end-to-end/records.ts';
import { waitFor } from '../end-to-end/wait-for.ts';

/** A real endpoint, and the fleet whose server it obeys. */
type Given = Pick<Patient, 'id' | 'machine' | 'fleet'>;

const NO_RULES: DeployRules = { before: [], after: [], fileSystemSnapshot: 'none', checks: [] };

/** The transaction that updates these packages there, as the endpoint's own resolver plans it. */
export async function plannedTransaction(patient: Patient, ...names: readonly string[]): Promise<Transaction> {
  const run = await plan(patient, ...names);
  const transaction = run.groups[0]?.transaction;
  if (transaction === undefined) throw new Error(`${patient.machine.name} plans nothing for ${names.join(', ')}`);
  return transaction;
}

export function applying(transaction: Transaction, rules: Partial<DeployRules>): OrderBody {
  const transactionDigest = transactionSha256(transaction);
  return { kind: 'apply', transaction, transactionDigest, restartServices: true, deploy: { ...NO_RULES, ...rules } };
}

/** Gives an endpoint an order of the server's own key, without a rollout around it. @returns its id */
export async function give(
  { fleet, id: endpointId, machine }: Given,
  body: OrderBody,
  change: Partial<Order> = {},
): Promise<string> {
  const { server } = fleet;
  const [row] = await server.query<{ organisation_id: string }>('select organisation_id from endpoint where id = $1', [
    endpointId,
  ]);
  const order: Order = {
    format: 1,
    id: newOrderId(),
    organisationId: row?.organisation_id ?? '',
    endpointId,
    generation: (await agentStatus(machine)).generation + 1,
    issuedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    runId: null,
    body,
    ...change,
  };
  const envelope = signEnvelope(ORDER_PAYLOAD_TYPE, payloadOf(order), [stolenKey(server)]);
  await plant(server, endpointId, envelope, order.id, order.generation);
  return order.id;
}

export async function resultOf(patient: Given, orderId: string, deadlineMs = 180_000): Promise<OutcomeResult> {
  const { server } = patient.fleet;
  const row = await waitFor(
    `order ${orderId} has its outcome`,
    async () =>
      (await ordersOf(server, { endpointId: patient.id })).find(
        ({ id, outcome }) => id === orderId && outcome !== null,
      ),
    { deadlineMs, state: () => patient.machine.shell('journalctl --no-pager -o cat -n 40 -u "thimble-*"') },
  );
  if (row.outcome === null) throw new Error('the outcome is missing');
  return row.outcome.result;
}

/** Puts an executable into the endpoint's allow-list. */
export async function allow(machine: Endpoint, kind: 'steps' | 'checks', name: string, body: string): Promise<void> {
  const path = `/etc/thimble/${kind}.d/${name}`;
  await machine.write(path, `#!/bin/sh\n${body}\n`);
  await machine.shell(
    `chown root:root ${path} /etc/thimble /etc/thimble/${kind}.d; chmod 755 ${path} /etc/thimble /etc/thimble/${kind}.d`,
  );
}

/** What the steps of a test wrote down. */
export async function diary(machine: Endpoint): Promise<readonly string[]> {
  return (await machine.shell('cat /var/lib/lab/diary 2>/dev/null || true')).split('\n').filter((line) => line !== '');
}

/** A step that writes down when it ran, and what was installed then. */
export const WRITES_DIARY = `
mkdir -p /var/lib/lab
echo "$(basename "$0") $THIMBLE_PHASE $(dpkg-query -W -f '\${Version}' lab-web)" >>/var/lib/lab/diary
echo "order $THIMBLE_ORDER run [$THIMBLE_RUN] args $# path $PATH"
`;
