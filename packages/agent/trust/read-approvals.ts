import type { PinnedApprovers } from '@thimble/agent-core';
import {
  APPROVAL_PAYLOAD_TYPE,
  isEnough,
  NO_SIGNATURES,
  Uuid,
  type SignatureCount,
  type SignedStatement,
} from '@thimble/protocol';
import { Value } from 'typebox/value';
import { openStatement } from './news-judge.ts';

/** What is found under an approval's id; believed only with enough approvers. */
export interface FoundApproval {
  readonly value: unknown;
  readonly signed: SignatureCount;
}

/**
 * Reads the approvals of one reply, held against one set. Orders are judged again and again while they wait, and a statement
 * may name a hundred thousand endpoints: the same approvals are read once.
 */
export function createApprovalReader(): (
  approvals: readonly SignedStatement[],
  pinned: PinnedApprovers,
) => ReadonlyMap<string, FoundApproval> {
  let last: {
    readonly approvals: readonly SignedStatement[];
    readonly pinned: PinnedApprovers;
    readonly found: ReadonlyMap<string, FoundApproval>;
  } | null = null;
  return (approvals, pinned) => {
    if (last?.approvals !== approvals || last.pinned !== pinned)
      last = { approvals, pinned, found: readAll(approvals, pinned) };
    return last.found;
  };
}

function readAll(approvals: readonly SignedStatement[], { set }: PinnedApprovers): ReadonlyMap<string, FoundApproval> {
  const found = new Map<string, FoundApproval>();
  for (const signed of approvals) {
    const opened = openStatement(signed, APPROVAL_PAYLOAD_TYPE, set);
    const id = opened === null ? null : idOf(opened.value);
    if (opened === null || id === null) continue;
    // One that somebody put beside it under its id must not hide it.
    if (isEnough(set, opened.signed) || !isEnough(set, found.get(id)?.signed ?? NO_SIGNATURES)) found.set(id, opened);
  }
  return found;
}

function idOf(value: unknown): string | null {
  const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  return Value.Check(Uuid, id) ? id : null;
}
