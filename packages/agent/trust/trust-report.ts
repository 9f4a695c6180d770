import { demandedSignatures, haltReason, orderKeysSequence, type TrustState } from '@thimble/agent-core';
import type { ApproverSet, OrderKey } from '@thimble/protocol';
import { AgentError } from '../agent-error.ts';
import { readChecked } from '../state/checked-file.ts';
import { openDisk } from '../state/disk.ts';
import { readIdentity, type Identity } from '../state/identity.ts';
import type { JournalState } from '../state/journal.ts';
import { refusalCounts } from './refusal-counts.ts';
import { staleTimeOf } from './stale-time.ts';
import { readTrust } from './trust-file.ts';

/** Whom this endpoint believes: what `thimble agent trust show` prints. */
export interface TrustReport {
  /** How many approvers have to sign; 0: nobody has to; null: a set is pinned here that the server has not shown yet. */
  readonly demandedSignatures: number | null;
  readonly pinnedSha256: string | null;
  readonly approvers: {
    readonly version: number;
    readonly sha256: string;
    readonly threshold: number;
    /** How many of them by a key file. */
    readonly keyFilesAtLeast: number;
    readonly people: readonly { readonly name: string; readonly keys: readonly KeyName[] }[];
  } | null;
  readonly orderKeys: { readonly sequence: number; readonly keyids: readonly string[] };
  /** Why everything is stopped; null: it is not. */
  readonly halted: string | null;
  readonly haltSequence: number;
  /** ISO 8601; null: never. */
  readonly lastSignedTime: string | null;
  /** Said when no signed time was heard for long; null: all is well, or nothing depends on it. */
  readonly staleTime: string | null;
  /** Orders and news that were not accepted since enrolment, by why. */
  readonly refused: Readonly<Record<string, number>>;
}

interface KeyName {
  readonly kind: 'file' | 'passkey';
  readonly keyid: string;
}

/** @throws AgentError `not-enrolled`, `state-unreadable` (another user's), `state-damaged` */
export async function trustReport(stateDirectory: string, hostNowMs: number): Promise<TrustReport> {
  const disk = await openDisk(stateDirectory);
  const identity = await readIdentity(disk);
  if (identity === null) throw new AgentError('not-enrolled', 'input', 'this endpoint is not enrolled');
  const journal = (await readChecked(disk, 'journal', 'journal')) as Partial<JournalState> | null;
  return describeTrust(await readTrust(disk), identity, journal, hostNowMs);
}

export function describeTrust(
  state: TrustState,
  identity: Identity,
  journal: Partial<Pick<JournalState, 'rejected' | 'refused'>> | null,
  hostNowMs: number,
): TrustReport {
  const demanded = demandedSignatures(state);
  const { approvers, orderKeys, pinnedSha256, time } = state;
  return {
    demandedSignatures: demanded === 'unknown' ? null : (demanded?.threshold ?? 0),
    pinnedSha256,
    approvers:
      approvers === null
        ? null
        : {
            version: approvers.set.version,
            sha256: approvers.sha256,
            threshold: approvers.set.threshold,
            keyFilesAtLeast: approvers.set.keyFilesAtLeast ?? 0,
            people: peopleOf(approvers.set),
          },
    orderKeys: { sequence: orderKeysSequence(state, identity), keyids: keyids(orderKeys?.keys ?? identity.orderKeys) },
    halted: haltReason(state),
    haltSequence: state.halt?.sequence ?? 0,
    lastSignedTime: time?.saidAt ?? null,
    staleTime: staleTimeOf(state, identity, hostNowMs),
    refused: refusalCounts(journal, state),
  };
}

/** What somebody who looks at this machine has to know. */
export function trustInWords(report: TrustReport | null): readonly string[] {
  if (report === null) return [];
  const { demandedSignatures: demanded, halted, staleTime, refused } = report;
  const parts: string[] = [];
  if (demanded === null) parts.push('a set of approvers is pinned here, and the server has not shown it yet');
  else if (demanded > 0) parts.push(`orders need the signatures of ${demanded} approvers`);
  if (halted !== null) parts.push(`everything is stopped: ${halted}`);
  if (staleTime !== null) parts.push(staleTime);
  for (const [code, count] of Object.entries(refused))
    if (/^approval-|-refused$/.test(code)) parts.push(`${count} not accepted: ${code}`);
  return parts;
}

function peopleOf(set: ApproverSet): NonNullable<TrustReport['approvers']>['people'] {
  return set.approvers.map(({ name, keys }) => ({ name, keys: keys.map(({ kind, keyid }) => ({ kind, keyid })) }));
}

function keyids(keys: readonly OrderKey[]): readonly string[] {
  return keys.map(({ keyid }) => keyid);
}
