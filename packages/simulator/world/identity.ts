import { transactionIdentity, type Transaction } from '@thimble/protocol';
import { fnv1a } from '../random/fnv1a.ts';

/** The nth thing's id: a UUID as the protocol wants it, the same in each replay. */
export function idOf(kind: 'endpoint' | 'organisation' | 'snapshot' | 'run', n: number): string {
  return `${KINDS[kind]}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** The nth order to an endpoint. */
export function orderIdOf(endpointId: string, n: number): string {
  return `${n.toString(16).padStart(8, '0')}${endpointId.slice(8)}`;
}

const KINDS = {
  endpoint: 'e0000000',
  organisation: 'a0000000',
  snapshot: '50000000',
  run: 'b0000000',
} as const;

export const ORGANISATION_ID = idOf('organisation', 1);
export const SNAPSHOT_ID = idOf('snapshot', 1);
export const RUN_ID = idOf('run', 1);

/**
 * Stands for the SHA-256 of a transaction: nobody in here forges one, so that it need only tell them apart. FNV-1a
 * (https://datatracker.ietf.org/doc/html/draft-eastlake-fnv), 32 bits of it.
 */
export function digestOf(transaction: Pick<Transaction, 'platform' | 'changes'>): string {
  return fnv1a(transactionIdentity(transaction)).toString(16).padStart(64, '0');
}
