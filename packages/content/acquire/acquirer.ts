import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Acquirer,
  type AcquirerSettings,
  type Acquisition,
  ContentFault,
  type ContentStore,
  type Wanted,
} from '../model/index.ts';
import { checkKey } from './check-key.ts';
import { asContentFault } from './faults.ts';
import { fetchUnverified } from './fetch-unverified.ts';
import { follow } from './follow.ts';
import { createKnownDigests } from './known-digests.ts';
import { ACQUIRE_LIMITS, type AcquireLimits } from './limits.ts';
import { ensureRoom } from './room.ts';
import { statedSize } from './stated-size.ts';
import { runTransfer, stopped } from './run-transfer.ts';
import { beginTransfer, type RunningTransfer } from './transfer.ts';
import { createUpstreams } from './upstreams.ts';
import type { Wait } from './bandwidth.ts';

/** What tests replace. */
export interface AcquirerParts {
  readonly limits?: Partial<AcquireLimits>;
  readonly wait?: Wait;
  readonly random?: () => number;
}

/** Gets files for a store: see Acquirer. A resource: close it. */
export async function createAcquirer(
  settings: AcquirerSettings,
  store: ContentStore,
  parts: AcquirerParts = {},
): Promise<Acquirer> {
  const { wait = (ms, signal) => sleep(ms, undefined, { signal }), random = Math.random } = parts;
  const limits = { ...ACQUIRE_LIMITS, ...parts.limits };
  const upstreams = createUpstreams(settings, { limits, wait, random, clock: () => performance.now() });
  const known = createKnownDigests(settings.known);
  const transfers = new Map<string, RunningTransfer>();
  const ended = new Set<Promise<unknown>>();
  const closing = new AbortController();

  const room = (more: number): Promise<void> => {
    const outstanding = [...transfers.values()].reduce((sum, transfer) => sum + transfer.outstandingBytes(), more);
    return ensureRoom(store, settings.reserveBytes, outstanding);
  };
  const context = { settings, store, upstreams, known, signal: closing.signal, ensureRoom: () => room(0) };

  const begin = (key: string, wanted: Wanted, urls: readonly URL[]): Acquisition => {
    const transfer = beginTransfer({
      name: wanted.name,
      sizeBytes: wanted.check.sizeBytes,
      host: urls[0]?.hostname ?? '',
      startedAt: settings.now(),
      readStored: (sha256, first, last) => store.read(sha256, { first, last }),
      run: (running) => runTransfer(wanted, urls, running, context),
    });
    transfers.set(key, transfer);
    const acquisition = transfer.acquisition('fetching');
    const end = acquisition.done
      .catch(() => undefined)
      .then(() => {
        transfers.delete(key);
        ended.delete(end);
      });
    ended.add(end);
    return acquisition;
  };

  return {
    acquire: async (wanted) => {
      const key = checkKey(wanted.check);
      try {
        const present = await stored(wanted, store, await known.of(wanted.check));
        if (present !== null) return present;
        if (closing.signal.aborted) throw stopped(wanted.name, closing.signal);
        const running = transfers.get(key);
        if (running !== undefined) return running.acquisition('following');
        const urls = upstreams.allowed(wanted.name, wanted.urls);
        await room(wanted.check.sizeBytes);
        // Somebody else may have begun while the room was looked at.
        return transfers.get(key)?.acquisition('following') ?? begin(key, wanted, urls);
      } catch (error) {
        throw asContentFault(error);
      }
    },
    fetchUnverified: async (wanted, { limitBytes, signal }) => {
      const either = AbortSignal.any([signal, closing.signal]);
      return fetchUnverified(wanted, { limitBytes, signal: either }, upstreams);
    },
    statedSize: async (wanted, signal) => statedSize(wanted, AbortSignal.any([signal, closing.signal]), upstreams),
    transfers: () => [...transfers.values()].map((transfer) => transfer.view()),
    received: () => new Map(upstreams.received),
    close: async () => {
      closing.abort(new Error('the acquirer is closed'));
      await Promise.all(ended);
      upstreams.agents.close();
    },
  };
}

async function stored(wanted: Wanted, store: ContentStore, sha256: string | null): Promise<Acquisition | null> {
  const size = sha256 === null ? null : await store.has(sha256);
  if (sha256 === null || size === null) return null;
  const { check, name } = wanted;
  if (size !== check.sizeBytes)
    throw new ContentFault(
      'wrong-digest',
      `${name}: metadata says ${check.sizeBytes} bytes of a file that has ${size} by its digest ${sha256}`,
    );
  const read = (first: number, last: number) => store.read(sha256, { first, last });
  const followed = {
    name,
    sizeBytes: size,
    state: () => ({ kind: 'stored', arrived: null, read }) as const,
    changed: () => Promise.resolve(),
  };
  return {
    sizeBytes: size,
    origin: 'stored',
    done: Promise.resolve({ sha256 }),
    stream: (range = { first: 0, last: size - 1 }) => follow(followed, range, () => undefined),
  };
}
