import type { ApproverSet, HaltStatement, OrderKey, SignatureDemand } from '@thimble/protocol';

/** Whom an endpoint believes besides its enrolment; on its disk, and changed by news that prove themselves, or by root here. */
export interface TrustState {
  readonly format: 1;
  /** SHA-256 of the payload of the set that root chose; null: the first set that the server shows is taken. */
  readonly pinnedSha256: string | null;
  readonly approvers: PinnedApprovers | null;
  /** null: those of the enrolment. */
  readonly orderKeys: FollowedOrderKeys | null;
  readonly halt: Pick<HaltStatement, 'sequence' | 'action' | 'reason' | 'issuedAt'> | null;
  readonly time: HeardTime | null;
  /** News that proved nothing, counted by what they were. */
  readonly refusedNews: Readonly<Partial<Record<NewsKind, number>>>;
}

export interface PinnedApprovers {
  readonly set: ApproverSet;
  /** Of its payload. */
  readonly sha256: string;
}

export interface FollowedOrderKeys {
  readonly sequence: number;
  readonly keys: readonly OrderKey[];
  /** Of lists before: an order that one of these signed, and that was begun then, is finished. */
  readonly retired: readonly OrderKey[];
}

/** What the server's clock said, signed, and when that was here; ISO 8601. */
export interface HeardTime {
  readonly saidAt: string;
  readonly heardAt: string;
}

export type NewsKind = 'approver-set-refused' | 'order-keys-refused' | 'halt-refused' | 'server-time-refused';

export const EMPTY_TRUST: TrustState = {
  format: 1,
  pinnedSha256: null,
  approvers: null,
  orderKeys: null,
  halt: null,
  time: null,
  refusedNews: {},
};

/** What approvers have to sign; null: nobody has to. `unknown`: a set is pinned here that has not been shown yet. */
export function demandedSignatures({ approvers, pinnedSha256 }: TrustState): SignatureDemand | null | 'unknown' {
  if (approvers === null) return pinnedSha256 === null ? null : 'unknown';
  return approvers.set.threshold === 0 ? null : approvers.set;
}

/** Why everything is stopped here; null: it is not. */
export function haltReason({ halt }: Pick<TrustState, 'halt'>): string | null {
  return halt?.action === 'stop' ? halt.reason : null;
}
