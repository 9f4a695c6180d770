import type { Readable } from 'node:stream';
import type { Acquisition, Transfer } from '../model/index.ts';
import { follow, type Followed, type FollowedState } from './follow.ts';
import type { PartialFile } from './partial-file.ts';
import { createSharedBlocks, type SharedBlocks } from './shared-blocks.ts';

/** One file on its way to the store, and all who follow it. */
export interface RunningTransfer {
  readonly view: () => Transfer;
  readonly acquisition: (origin: 'fetching' | 'following') => Acquisition;
  /** How much room on the disk it will still take. */
  readonly outstandingBytes: () => number;
  /** Its bytes come into this file from now on. */
  readonly arriving: (partial: PartialFile) => void;
  readonly from: (host: string) => void;
  /** There are more bytes, or others. */
  readonly changed: () => void;
}

export interface TransferSettings {
  readonly name: string;
  readonly sizeBytes: number;
  readonly host: string;
  readonly startedAt: Date;
  readonly readStored: (sha256: string, first: number, last: number) => Promise<Readable>;
  /** Does the work. */
  readonly run: (transfer: RunningTransfer) => Promise<{ readonly sha256: string }>;
}

/** Begins a transfer. The file in which it arrived stays open until nobody follows it any more. */
export function beginTransfer(settings: TransferSettings): RunningTransfer {
  const { name, sizeBytes } = settings;
  let host = settings.host;
  let source: { readonly partial: PartialFile; readonly blocks: SharedBlocks } | null = null;
  let outcome: Extract<FollowedState, { kind: 'stored' | 'failed' }> | null = null;
  let followers = 0;
  let change = Promise.withResolvers<void>();

  const notify = (): void => {
    const { resolve } = change;
    change = Promise.withResolvers();
    resolve();
  };
  const closeUnused = (): void => {
    if (outcome === null || followers > 0 || source === null) return;
    const { handle } = source.partial;
    source = null;
    handle.close().catch(() => undefined);
  };
  const received = (): number => source?.partial.size() ?? 0;
  const followed: Followed = {
    name,
    sizeBytes,
    changed: () => change.promise,
    state: () => {
      const arrived = source === null ? null : { blocks: source.blocks, digest: source.partial.digest };
      if (outcome?.kind === 'stored') return { ...outcome, arrived };
      if (outcome !== null) return outcome;
      return arrived === null ? { kind: 'waiting' } : { kind: 'arriving', receivedBytes: received(), ...arrived };
    },
  };

  const transfer: RunningTransfer = {
    view: () => ({
      name,
      host,
      sizeBytes,
      receivedBytes: received(),
      startedAt: settings.startedAt,
      followers,
    }),
    outstandingBytes: () => (outcome === null ? sizeBytes - received() : 0),
    arriving: (partial) => {
      source = { partial, blocks: createSharedBlocks(partial.handle) };
      notify();
    },
    from: (other) => {
      host = other;
    },
    changed: () => {
      if (received() === 0) source?.blocks.clear();
      notify();
    },
    acquisition: (origin) => ({
      sizeBytes,
      origin,
      done,
      stream: (range = { first: 0, last: sizeBytes - 1 }) => {
        followers += 1;
        return follow(followed, range, () => {
          followers -= 1;
          closeUnused();
        });
      },
    }),
  };
  const work = async (): Promise<{ readonly sha256: string }> => {
    try {
      const { sha256 } = await settings.run(transfer);
      const read = (first: number, last: number): Promise<Readable> => settings.readStored(sha256, first, last);
      outcome = { kind: 'stored', arrived: null, read };
      return { sha256 };
    } catch (error) {
      outcome = { kind: 'failed', fault: error instanceof Error ? error : new Error(String(error)) };
      throw error;
    } finally {
      notify();
      closeUnused();
    }
  };
  const done = work();
  // Whoever only follows the stream sees the fault there.
  done.catch(() => undefined);
  return transfer;
}
