import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { transactionIdentity, type TransactionChanges } from '../orders/transaction.ts';

/** SHA-256, lower-case hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The digest that names a document: SHA-256 of its canonical JSON in UTF-8. */
export function documentSha256(document: unknown): string {
  return sha256(canonicalJson(document));
}

/** What an approver approves: SHA-256 of the transaction's identity. */
export function transactionSha256(transaction: TransactionChanges): string {
  return sha256(transactionIdentity(transaction));
}
