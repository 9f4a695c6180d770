import type { ApprovalDetail, Approver, ApproverKey } from '@thimble/protocol';
import type { TestApprover } from '@thimble/protocol/testing';
import { randomUUID } from 'node:crypto';
import type { ServerUnderTest } from '../end-to-end/server.ts';
import { waitFor } from '../end-to-end/wait-for.ts';

/** A person of a set, with these keys. */
export function person(name: string, ...keys: readonly ApproverKey[]): Approver {
  return { id: randomUUID(), name, keys: [...keys] };
}

/** What approvers are asked to sign for a run. */
export async function askedFor(server: ServerUnderTest, runId: string): Promise<ApprovalDetail> {
  const { id } = await waitFor(`approvers are asked for run ${runId}`, async () =>
    (await server.client.approvals()).items.find((each) => each.runId === runId && each.state === 'open'),
  );
  return server.client.approval(id);
}

/** As `thimble approve` does it, with a key file. */
export async function signBy(
  server: ServerUnderTest,
  { signed, summary }: ApprovalDetail,
  by: TestApprover,
): Promise<void> {
  const { payloadType, payload } = signed;
  await server.client.signApproval(summary.id, by.sign(payloadType, Buffer.from(payload, 'base64')));
}
