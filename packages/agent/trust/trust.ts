import {
  countRefused,
  demandedSignatures,
  haltReason,
  heedNews,
  orderKeysOf,
  orderKeysSequence,
  type JournalState,
  type Told,
  type TrustGate,
  type TrustState,
} from '@thimble/agent-core';
import type { OrderKey, SignedStatement, TrustHeld, TrustNews } from '@thimble/protocol';
import { AgentError } from '../agent-error.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Disk } from '../state/disk.ts';
import type { Identity } from '../state/identity.ts';
import { createNewsJudge } from './news-judge.ts';
import { createApprovalReader } from './read-approvals.ts';
import { refusalCounts } from './refusal-counts.ts';
import { staleTimeOf, tellStaleTime } from './stale-time.ts';
import { readTrust, writeTrust } from './trust-file.ts';

/** Whom this endpoint believes, while its agent runs. */
export interface Trust {
  readonly state: TrustState;
  /** Keys whose orders are taken now. */
  readonly orderKeys: readonly OrderKey[];
  /** Also those of orders that were begun before a key was replaced. */
  readonly knownOrderKeys: readonly OrderKey[];
  /** Takes what proves itself. Durable when it resolves, as far as the disk has room. */
  heed(news: TrustNews | undefined): Promise<void>;
  /** What orders are judged by besides their signature. @param serverNowMs the server's time as far as it is known */
  gate(approvals: readonly SignedStatement[], serverNowMs: number): TrustGate;
  /** What a check-in tells. */
  held(journal: Pick<JournalState, 'rejected' | 'refused'>): TrustHeld;
  /** Calls when everything is to stop. */
  onStop(listener: () => void): void;
  /** Says in the log, once a day, that no signed time comes. */
  tellStaleTime(): Promise<void>;
}

export interface TrustOptions {
  readonly disk: Disk;
  readonly identity: Pick<
    Identity,
    'endpointId' | 'organisationId' | 'orderKeys' | 'orderKeysSequence' | 'checkInIntervalSeconds' | 'enrolledAt'
  >;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time alone is written so seldom: it is heard with each reply. */
const TIME_WRITTEN_EVERY_MS = 600_000;
/** Refused news are counted once, although each reply may bring them again. */
const MAX_REMEMBERED = 1000;

/** @throws AgentError `state-damaged` */
export async function openTrust({ disk, identity, clock, log }: TrustOptions): Promise<Trust> {
  let state = await readTrust(disk);
  let written = state;
  const told = new Set<string>();
  const listeners: (() => void)[] = [];
  const readApprovals = createApprovalReader();
  // Replies to a check-in and to a held request come beside each other.
  let heeding: Promise<void> = Promise.resolve();

  async function heedOne(news: TrustNews): Promise<void> {
    const heeded = heedNews(state, news, createNewsJudge(identity, clock.now()));
    const wasHalted = haltReason(state) !== null;
    state = heeded.told.reduce(note, heeded.state);
    if (!wasHalted && haltReason(state) !== null) for (const listener of listeners) listener();
    if (!isWorthWriting(written, state)) return;
    await writeTrust(disk, state).then(
      () => {
        written = state;
      },
      (error: unknown) => {
        if (!(error instanceof AgentError && error.code === 'disk-full')) throw error;
        // It holds for now, and is written with the next reply; the server says it again to an agent that forgot it.
        log.error(error.message);
      },
    );
  }

  function note(after: TrustState, { refused, message }: Told): TrustState {
    if (refused === undefined) {
      log.warn(message);
      return after;
    }
    if (told.has(message)) return after;
    if (told.size >= MAX_REMEMBERED) told.clear();
    told.add(message);
    log.error(message);
    return countRefused(after, refused);
  }

  return {
    get state() {
      return state;
    },
    get orderKeys() {
      return orderKeysOf(state, identity.orderKeys);
    },
    get knownOrderKeys() {
      return [...orderKeysOf(state, identity.orderKeys), ...(state.orderKeys?.retired ?? [])];
    },
    async heed(news) {
      if (news === undefined) return;
      const heeded = heeding.then(() => heedOne(news));
      heeding = heeded.catch(() => undefined);
      await heeded;
    },
    gate(approvals, serverNowMs) {
      const hostNowMs = clock.now();
      const signedMs = state.time === null ? 0 : Date.parse(state.time.saidAt);
      return {
        halted: haltReason(state),
        approvers: demandOf(state, approvals, readApprovals),
        earliestMs: Math.min(hostNowMs, serverNowMs),
        latestMs: Math.max(hostNowMs, serverNowMs, signedMs),
      };
    },
    held: (journal) => ({
      ...signerOf(orderKeysOf(state, identity.orderKeys)),
      approverSetVersion: state.approvers?.set.version ?? 0,
      ...(state.approvers === null ? {} : { approverSetSha256: state.approvers.sha256 }),
      orderKeysSequence: orderKeysSequence(state, identity),
      haltSequence: state.halt?.sequence ?? 0,
      refused: Object.entries(refusalCounts(journal, state)).map(([code, count]) => ({ code, count })),
    }),
    onStop: (listener) => void listeners.push(listener),
    tellStaleTime: () => tellStaleTime(staleTimeOf(state, identity, clock.now()), { disk, clock, log }),
  };
}

function signerOf([signer]: readonly OrderKey[]): Pick<TrustHeld, 'orderKeyid'> {
  return signer === undefined ? {} : { orderKeyid: signer.keyid };
}

function demandOf(
  state: TrustState,
  approvals: readonly SignedStatement[],
  read: ReturnType<typeof createApprovalReader>,
): TrustGate['approvers'] {
  const demand = demandedSignatures(state);
  if (demand === 'unknown') return { kind: 'set-unknown' };
  if (demand === null || state.approvers === null) return { kind: 'nothing' };
  const { approvers } = state;
  return { kind: 'signatures', demand, find: (id) => read(approvals, approvers).get(id) ?? null };
}

function isWorthWriting(before: TrustState, after: TrustState): boolean {
  if (before === after) return false;
  const { time: timeBefore, ...restBefore } = before;
  const { time: timeAfter, ...restAfter } = after;
  if (JSON.stringify(restBefore) !== JSON.stringify(restAfter) || timeBefore === null) return true;
  return Date.parse(timeAfter?.saidAt ?? '') - Date.parse(timeBefore.saidAt) >= TIME_WRITTEN_EVERY_MS;
}
