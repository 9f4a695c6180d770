import type { UseEnd } from '@thimble/agent-core';
import { inverseTransaction, type OrderBody, type OutcomeResult } from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';

/**
 * What an order's result means for the approval that it used, and how what it installed is undone: from the packages that
 * were kept, all of it or not at all. `body` is null when the order is no longer readable here.
 */
export function endOfUse(body: OrderBody | null, result: OutcomeResult): UseEnd {
  switch (result.kind) {
    case 'applied':
      return { kind: 'done', inverseDigest: inverseDigest(body, result.kept) };
    case 'failed':
      return { kind: 'failed', inverseDigest: inverseDigest(body, result.kept) };
    case 'tried':
    case 'rebooted':
      return { kind: 'done', inverseDigest: null };
    default:
      return { kind: 'nothing' };
  }
}

type Kept = Extract<OutcomeResult, { kind: 'applied' }>['kept'];

function inverseDigest(body: OrderBody | null, kept: Kept): string | null {
  if (body?.kind !== 'apply') return null;
  const { transaction, missing } = inverseTransaction(body.transaction, kept);
  return missing.length > 0 ? null : transactionSha256(transaction);
}
