import type { ApproverSet, Envelope, OrderKey, SignatureCount, SignedStatement } from '@thimble/protocol';
import type { NewsKind, TrustState } from './trust-state.ts';

/** By what news are judged. What needs cryptography is given in: here is only what follows from it. */
export interface NewsJudge {
  readonly identity: {
    readonly endpointId: string;
    readonly organisationId: string;
    readonly orderKeys: readonly OrderKey[];
    /** Of the list that these are; left out: 0. */
    readonly orderKeysSequence?: number;
  };
  /** This machine's own clock: Unix, milliseconds. */
  readonly hostNowMs: number;
  /** null: another payload type, or no JSON. The set is null where there is none to hold signatures against. */
  openStatement(signed: SignedStatement, payloadType: string, set: ApproverSet | null): OpenedStatement | null;
  /** null: another payload type, or no JSON. */
  openEnvelope(envelope: Envelope, payloadType: string, keys: readonly OrderKey[]): OpenedEnvelope | null;
  /** What is wrong with a set besides its schema; null: nothing. */
  approverSetFlaw(set: ApproverSet): string | null;
  /** Whether these are usable keys, under their own ids. */
  areOrderKeys(keys: readonly OrderKey[]): boolean;
}

export interface OpenedStatement {
  /** Whatever was signed, by whomever: believed only with enough approvers. */
  readonly value: unknown;
  /** Of the payload. */
  readonly sha256: string;
  /** Who of the set. */
  readonly signed: SignatureCount;
}

export interface OpenedEnvelope {
  /** Believed only when it is signed; before that its sequence may tell that it is old. */
  readonly value: unknown;
  readonly isSigned: boolean;
}

/** The state after news, and what there is to be told of them; the same state: nothing changed. */
export interface Heeded {
  readonly state: TrustState;
  readonly told: readonly Told[];
}

export interface Told {
  /** Left out: it was believed. */
  readonly refused?: NewsKind;
  readonly message: string;
}

export function refusedNews(state: TrustState, refused: NewsKind, message: string): Heeded {
  return { state, told: [{ refused, message }] };
}

export function countRefused(state: TrustState, kind: NewsKind): TrustState {
  return { ...state, refusedNews: { ...state.refusedNews, [kind]: (state.refusedNews[kind] ?? 0) + 1 } };
}
