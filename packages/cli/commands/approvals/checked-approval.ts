import { readFile, stat } from 'node:fs/promises';
import {
  type ApprovalDetail,
  APPROVAL_PAYLOAD_TYPE,
  ApprovalStatement,
  SignedStatement,
  Transaction,
} from '@thimble/protocol';
import { canonicalPayload, statementDigest, transactionSha256 } from '@thimble/protocol/signing';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { CliError } from '../../cli-error.ts';
import type { Client } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';

/** A request with all that its digest stands for, computed here: what is shown is what is signed. */
export interface CheckedApproval {
  readonly payload: Buffer;
  readonly digest: string;
  readonly statement: ApprovalStatement;
  readonly transactions: ReadonlyMap<string, Transaction>;
  /** As the server or the file says. */
  readonly nameOf: (endpointId: string) => string;
}

/** What `thimble approvals show --out` writes, to be signed on a machine without a network. */
const ApprovalFile = Type.Object({
  signed: SignedStatement,
  endpoints: Type.Array(Type.Object({ id: Type.String(), hostname: Type.String() }), { maxItems: 200_000 }),
  transactions: Type.Array(Transaction, { maxItems: 10_000 }),
});
type Contents = Pick<ApprovalDetail, 'signed' | 'endpoints'> & { readonly transactions: readonly Transaction[] };

/** 10,000 distinct transactions of a large fleet; a file of more is no request. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

export async function fetchApproval(client: Client, approval: ApprovalDetail): Promise<Contents> {
  const transactions: Transaction[] = [];
  for (const { transactionDigest } of approval.statement.transactions)
    transactions.push(await client.approvalTransaction(approval.summary.id, transactionDigest));
  return { signed: approval.signed, endpoints: approval.endpoints, transactions };
}

/** @throws CliError `statement-file` */
export async function readApprovalFile(path: string): Promise<Contents> {
  const found = await stat(path).catch(() => undefined);
  let value: unknown;
  try {
    if (found?.isFile() === true && found.size <= MAX_FILE_BYTES) value = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    value = undefined;
  }
  if (!Value.Check(ApprovalFile, value))
    throw new CliError('statement-file', `${path} is no request to approvers`, {
      hint: 'Write one with: thimble approvals show REQUEST --out FILE',
    });
  return value;
}

/**
 * Believes nothing: the statement is read from the bytes that are signed, and each of its digests is computed from the changes that
 * are shown.
 *
 * @throws CliError `digest-differs` when somebody shows one thing and wants another one signed
 */
export function checkApproval({ signed, endpoints, transactions }: Contents): CheckedApproval {
  const payload = Buffer.from(signed.payload, 'base64');
  const statement = canonicalPayload(payload)?.value;
  if (signed.payloadType !== APPROVAL_PAYLOAD_TYPE || !Value.Check(ApprovalStatement, statement))
    throw differs('what is to be signed is no approval');
  const byDigest = new Map(transactions.map((transaction) => [transactionSha256(transaction), transaction]));
  const hidden = statement.transactions.find(({ transactionDigest }) => !byDigest.has(transactionDigest));
  if (hidden !== undefined)
    throw differs(`nothing that is shown has the digest ${hidden.transactionDigest}, and it is to be signed`);
  const names = new Map(endpoints.map(({ id, hostname }) => [id, hostname]));
  return {
    payload,
    digest: statementDigest(signed.payloadType, payload),
    statement,
    transactions: byDigest,
    nameOf: (id) => names.get(id) ?? id,
  };
}

function differs(message: string): CliError {
  return new CliError('digest-differs', message, {
    hint: 'Sign nothing. Ask whoever looks after the server, by another way than the server itself.',
    exitCode: EXIT.refused,
  });
}
