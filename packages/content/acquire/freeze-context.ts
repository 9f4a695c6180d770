import {
  type Acquirer,
  ContentFault,
  type ContentStore,
  type ExpectedFile,
  type FreezeContext,
  type PreviousRevision,
  type RepositoryDefinition,
  type StoredFile,
  type TrustAnchor,
} from '../model/index.ts';
import { asContentFault, worstFault } from './faults.ts';
import { keepBytes } from './keep-bytes.ts';
import { readUnpacked } from './read-unpacked.ts';
import { addressBelow, baseAddresses } from './repository-address.ts';

export interface FreezeContextSettings {
  readonly acquirer: Acquirer;
  readonly store: ContentStore;
  readonly definition: Pick<RepositoryDefinition, 'uris'>;
  readonly anchors: readonly TrustAnchor[];
  readonly previous: PreviousRevision | null;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/** What a format freezes a repository with, over an acquirer and its store. @throws ContentFault when an address is none */
export function createFreezeContext(settings: FreezeContextSettings): FreezeContext {
  const { acquirer, store, signal } = settings;
  let bases = baseAddresses(settings.definition.uris);
  const addressesOf = (path: string): readonly URL[] => bases.map((base) => addressBelow(base, path));
  const statedOrBelow = (address: string): readonly URL[] =>
    /^https?:\/\//i.test(address) ? [new URL(address)] : addressesOf(address);
  const get = async (path: string, check: ExpectedFile['check'], urls: readonly URL[]): Promise<StoredFile> => {
    signal.throwIfAborted();
    const acquisition = await acquirer.acquire({ urls, name: path, check });
    // The transfer goes on for others; this freeze does not wait for it any more.
    const { sha256 } = await untilAborted(acquisition.done, signal);
    return { path, sha256, sizeBytes: check.sizeBytes };
  };

  return {
    now: settings.now,
    anchors: settings.anchors,
    previous: settings.previous,
    signal,
    fetchUnverified: (path, { limitBytes }) =>
      told(path, () => acquirer.fetchUnverified({ urls: statedOrBelow(path), name: path }, { limitBytes, signal })),
    fetch: (file, from = []) =>
      told(file.path, () => get(file.path, file.check, [...from, file.path].flatMap(addressesOf))),
    fetchOfUnknownSize: ({ path, sha256, address }, { limitBytes }) =>
      told(path, async () => {
        const present = await store.has(sha256);
        if (present !== null && present <= limitBytes) return { path, sha256, sizeBytes: present };
        const urls = statedOrBelow(address);
        const faults: ContentFault[] = [];
        for (const url of urls)
          try {
            const sizeBytes = await sizeWithin(acquirer, { url, name: path }, limitBytes, signal);
            return await get(path, { kind: 'sha256', sha256, sizeBytes }, [url, ...urls.filter((one) => one !== url)]);
          } catch (error) {
            const fault = asContentFault(error);
            if (!(fault instanceof ContentFault) || signal.aborted) throw error;
            faults.push(fault);
          }
        throw worstFault(path, faults);
      }),
    addMirrors: (urls) => {
      bases = [...bases, ...urls.filter((url) => bases.every((base) => base.href !== url.href))];
    },
    keep: (path, bytes) => told(path, () => keepBytes(store, path, bytes)),
    read: (file, packing, limits) => readUnpacked(store, file, packing, limits),
    progress: settings.progress,
  };
}

async function sizeWithin(
  acquirer: Acquirer,
  wanted: { readonly url: URL; readonly name: string },
  limitBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const size = await acquirer.statedSize(wanted, signal);
  if (size === null)
    throw new ContentFault(
      'unsupported',
      `${wanted.url.host} does not say how large ${wanted.name} is: state its size beside its digest`,
    );
  if (size <= limitBytes) return size;
  throw new ContentFault(
    'too-large',
    `${wanted.name} has ${size} bytes at ${wanted.url.host}, ${limitBytes} are allowed`,
  );
}

async function told<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw asContentFault(error, path);
  }
}

function untilAborted<Result>(done: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    done.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
