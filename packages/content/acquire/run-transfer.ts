import { type AcquirerSettings, ContentFault, type ContentStore, type Wanted } from '../model/index.ts';
import { checkKey } from './check-key.ts';
import { asContentFault } from './faults.ts';
import { fetchFile, type FetchedFrom } from './fetch-file.ts';
import type { KnownDigests } from './known-digests.ts';
import { ROOM_CHECK_BYTES } from './limits.ts';
import { openPartial, type PartialFile } from './partial-file.ts';
import type { RunningTransfer } from './transfer.ts';
import type { Upstreams } from './upstreams.ts';
import { verifyApk } from './verify-apk.ts';
import { newOwner } from './work-owner.ts';

export interface TransferContext {
  readonly settings: AcquirerSettings;
  readonly store: ContentStore;
  readonly upstreams: Upstreams;
  readonly known: KnownDigests;
  readonly signal: AbortSignal;
  /** @throws ContentFault `disk-full` */
  readonly ensureRoom: () => Promise<void>;
}

/** Gets one file into the store, alone among all servers on it. @throws ContentFault */
export async function runTransfer(
  wanted: Wanted,
  urls: readonly URL[],
  transfer: RunningTransfer,
  context: TransferContext,
): Promise<{ readonly sha256: string }> {
  const { settings, signal } = context;
  const key = checkKey(wanted.check);
  try {
    const release = settings.lock === undefined ? undefined : await settings.lock(key, signal);
    try {
      const sha256 = settings.lock === undefined ? null : await storedMeanwhile(wanted, context);
      if (sha256 !== null) return { sha256 };
      if (release === null)
        throw new ContentFault('unreachable', `${wanted.name}: another server was to fetch it, but did not store it`);
      return await fetchIntoStore(wanted, urls, transfer, context);
    } finally {
      await release?.();
    }
  } catch (error) {
    throw signal.aborted ? stopped(wanted.name, signal) : asContentFault(error);
  }
}

export function stopped(name: string, signal: AbortSignal): ContentFault {
  return new ContentFault(
    'unreachable',
    `${name}: fetching was stopped; it goes on from there when it is asked for again`,
    {
      cause: signal.reason,
    },
  );
}

async function storedMeanwhile({ check }: Wanted, { store, known }: TransferContext): Promise<string | null> {
  const sha256 = await known.of(check);
  return sha256 !== null && (await store.has(sha256)) !== null ? sha256 : null;
}

async function fetchIntoStore(
  wanted: Wanted,
  urls: readonly URL[],
  transfer: RunningTransfer,
  context: TransferContext,
): Promise<{ readonly sha256: string }> {
  const { store, known, settings } = context;
  const { check, name } = wanted;
  const partial = await openPartial(store.workDirectory, checkKey(check), newOwner(), check.sizeBytes);
  transfer.arriving(partial);
  let isOver = false;
  try {
    const { host } = await fetched(wanted, urls, transfer, partial, context);
    await wanted.afterCheck?.(partial.path).catch(async (error: unknown) => {
      isOver = true;
      throw error;
    });
    const sha256 = partial.digest.sha256();
    await store.adopt(sha256, partial.path);
    isOver = true;
    known.remember(check, sha256);
    await settings.onStored?.({ sha256, sizeBytes: check.sizeBytes, host: host ?? urls[0]?.hostname ?? name, check });
    return { sha256 };
  } finally {
    if (isOver) await partial.forget();
    else await partial.release();
  }
}

async function fetched(
  { check, name }: Wanted,
  urls: readonly URL[],
  transfer: RunningTransfer,
  partial: PartialFile,
  { upstreams, signal, ensureRoom }: TransferContext,
): Promise<FetchedFrom> {
  let untilCheck = ROOM_CHECK_BYTES;
  return fetchFile({
    upstreams,
    partial,
    urls,
    name,
    sizeBytes: check.sizeBytes,
    waited: { ms: 0 },
    signal,
    onChange: transfer.changed,
    onHost: transfer.from,
    beforePiece: async (bytes) => {
      untilCheck -= bytes;
      if (untilCheck > 0) return;
      untilCheck = ROOM_CHECK_BYTES;
      await ensureRoom();
    },
    check: async () => {
      if (check.kind === 'apk') return verifyApk(partial.path, check.controlSha1, name);
      const [stated, found] =
        check.kind === 'sha256' ? [check.sha256, partial.digest.sha256()] : [check.sha512, partial.digest.sha512()];
      if (stated === found) return null;
      const kind = check.kind === 'sha256' ? 'SHA-256' : 'SHA-512';
      return new ContentFault('wrong-digest', `${name} has the ${kind} ${found}, signed metadata says ${stated}`);
    },
  });
}
