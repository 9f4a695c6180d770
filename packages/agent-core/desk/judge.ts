import { Count, Order, type RefusalCode, type Transaction, Uuid } from '@thimble/protocol';
import { Value } from 'typebox/value';
import type { ApprovalUse } from '../trust/approval-uses.ts';
import { judgePermission, type TrustGate } from '../trust/judge-approval.ts';
import type { JournalState, RejectedCounts } from './journal-state.ts';

/**
 * `accept` do it · `known` decided on before, its outcome is repeated · `refuse` it is genuine and for this endpoint,
 * and is answered with a refusal · `reject` it is not, so nothing is said about the order that it claims to be: an
 * answer could stand for a genuine order of that id
 */
export type Verdict =
  | { readonly kind: 'accept'; readonly order: Order; readonly use: ApprovalUse | null }
  | { readonly kind: 'known'; readonly orderId: string }
  | {
      readonly kind: 'refuse';
      readonly orderId: string;
      readonly generation: number;
      readonly code: RefusalCode;
      readonly message: string;
    }
  | { readonly kind: 'reject'; readonly why: keyof RejectedCounts; readonly message: string };

export interface JudgedBy {
  readonly identity: { readonly endpointId: string; readonly organisationId: string };
  readonly journal: Pick<JournalState, 'generation' | 'active' | 'finished' | 'uses'>;
  /** The server's time as far as it is known: Unix, milliseconds. */
  readonly nowMs: number;
  /** SHA-256 of the transaction's identity. */
  readonly digestOf: (transaction: Transaction) => string;
  readonly gate: TrustGate;
}

/**
 * A restored server goes on a million above what it knew. More at once is no server's need: a stolen key must not use the
 * numbers up, as none would be left for the server's orders afterwards.
 */
const MAX_GENERATION_STEP = 2 ** 26;

/** What to do with an order whose signature was checked; `value` is what the envelope held, whatever that is. */
export function judgeOpened(value: unknown, { identity, journal, nowMs, digestOf, gate }: JudgedBy): Verdict {
  const head = readHead(value);
  if (head === null) return { kind: 'reject', why: 'malformed', message: 'a signed order has no readable id' };
  const { id, generation, endpointId, organisationId } = head;
  if (endpointId !== identity.endpointId || organisationId !== identity.organisationId)
    return { kind: 'reject', why: 'wrong-endpoint', message: `order ${id} is for endpoint ${endpointId}` };
  if (journal.active?.orderId === id || journal.finished.some(({ orderId }) => orderId === id))
    return { kind: 'known', orderId: id };

  // Neither taken nor refused: a refusal raises the watermark, too.
  if (generation > journal.generation + MAX_GENERATION_STEP)
    return {
      kind: 'reject',
      why: 'malformed',
      message: `order ${id} has generation ${generation}, far above all before`,
    };

  const refuse = (code: RefusalCode, message: string): Verdict => ({
    kind: 'refuse',
    orderId: id,
    generation,
    code,
    message,
  });
  if (generation <= journal.generation)
    return refuse('stale-generation', `generation ${generation} is not newer than ${journal.generation}`);
  if (!Value.Check(Order, value)) return refuse('malformed', `the order is not what the protocol says: ${why(value)}`);
  const expiresAtMs = Date.parse(value.expiresAt);
  if (!(nowMs <= expiresAtMs)) return refuse('expired', `the order was to begin before ${value.expiresAt}`);
  const { body } = value;
  if (body.kind === 'apply' || body.kind === 'rollback' || body.kind === 'pre-stage' || body.kind === 'trial') {
    const actual = digestOf(body.transaction);
    if (actual !== body.transactionDigest)
      return refuse('digest-mismatch', `approved was ${body.transactionDigest}, the order's transaction is ${actual}`);
  }
  const permission = judgePermission(value, gate, identity, journal.uses);
  if (permission.kind === 'refused') return refuse(permission.code, permission.message);
  return { kind: 'accept', order: value, use: permission.use };
}

/** What is needed to answer an order at all, whatever else is wrong with it. */
function readHead(
  value: unknown,
): { id: string; generation: number; endpointId: string; organisationId: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, generation, endpointId, organisationId } = value as Record<string, unknown>;
  if (!Value.Check(Uuid, id) || !Value.Check(Count, generation)) return null;
  if (!Value.Check(Uuid, endpointId) || !Value.Check(Uuid, organisationId)) return null;
  return { id, generation, endpointId, organisationId };
}

function why(value: unknown): string {
  const [first] = Value.Errors(Order, value);
  return first === undefined ? 'unknown' : `${first.instancePath} ${first.message}`.slice(0, 1000);
}
