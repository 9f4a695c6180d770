import type { ApprovalDetail, Approver, ApproverSignature, ApproverStatus, SignedStatement } from '@thimble/protocol';
import { generateSigningKey, signStatement, type SigningKey } from '@thimble/protocol/signing';
import type { TestFleet } from '../../testing/test-fleet.ts';

/** A person with one key file, as an approver of a set. */
export interface TestApprover {
  readonly approver: Approver;
  readonly key: SigningKey;
  readonly sign: (signed: SignedStatement) => ApproverSignature;
}

let count = 0;

export function testApprover(name: string): TestApprover {
  count += 1;
  const key = generateSigningKey();
  const id = `01900000-0000-7000-8000-${String(count).padStart(12, '0')}`;
  return {
    key,
    approver: { id, name, keys: [{ kind: 'file', keyid: key.keyid, publicKey: key.publicKey }] },
    sign: ({ payloadType, payload }) => signStatement(payloadType, Buffer.from(payload, 'base64'), key),
  };
}

export async function propose(
  fleet: TestFleet,
  threshold: number,
  people: readonly TestApprover[],
): Promise<{ readonly status: number; readonly json: ApproverStatus & { readonly code?: string } }> {
  const approvers = people.map(({ approver }) => approver);
  const { status, json } = await fleet.call('POST', '/approvers/proposals', { threshold, approvers });
  return { status, json: json as unknown as ApproverStatus };
}

export async function openApprovals(fleet: TestFleet): Promise<readonly ApprovalDetail[]> {
  const { json } = await fleet.call('GET', '/approvals');
  const items = (json as unknown as { items: { id: string; state: string }[] }).items;
  const open = items.filter(({ state }) => state === 'open');
  return Promise.all(
    open.map(async ({ id }) => (await fleet.call('GET', `/approvals/${id}`)).json as unknown as ApprovalDetail),
  );
}
