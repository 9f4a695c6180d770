import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  ContentFault,
  type FreezeContext,
  type FreezeResult,
  type RepositoryDefinition,
  type RepositoryPackage,
} from '../../model/index.ts';
import { readIndexRecords } from './index-records.ts';
import { verifyIndex, type VerifiedIndex } from './index-signature.ts';
import { tarFiles } from './tar-files.ts';

/** Packed. Alpine's community has 2.4 MB. */
const INDEX_LIMIT_BYTES = 32 * 1024 * 1024;
/** Unpacked, tar and all: community has 10 MB. */
const UNPACKED_LIMIT_BYTES = 128 * 1024 * 1024;
/** Builders' clocks are not always right. */
const FUTURE_LIMIT_MS = 24 * 3600 * 1000;
/** What people call packages without an architecture; they are in each architecture's own index. */
const EVERYWHERE = new Set(['noarch', 'all']);
const LIST_PATH = 'APKINDEX.sha256';

interface Index extends VerifiedIndex {
  readonly architecture: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * Freezes an apk repository (apk-tools 2): `ARCH/APKINDEX.tar.gz` of each architecture of the definition, verified by its own RSA
 * signature, and vouching for the packages beside it.
 *
 * An index has no date. The newest build time (`t:`) of its packages serves as one, the oldest of these where there are several indexes,
 * so that none can be rolled back behind another. A publisher who withdraws the newest package, or a slower architecture that is added,
 * looks as if rolled back until the next one is built. `signedBy` is the key of the first index.
 *
 * @throws ContentFault
 */
export async function freezeApk(
  definition: RepositoryDefinition,
  context: FreezeContext,
  emit: (found: RepositoryPackage) => Promise<void> | void,
): Promise<FreezeResult> {
  const indexes: Index[] = [];
  for (const architecture of architecturesOf(definition)) indexes.push(await fetchIndex(architecture, context));
  const [first] = indexes;
  if (first === undefined)
    throw new ContentFault('malformed', 'no architecture is given: say which are wanted, as in `x86_64`');
  const list = Buffer.from(indexes.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''));
  const single = indexes.length === 1;
  const metadataSha256 = single ? first.sha256 : createHash('sha256').update(list).digest('hex');
  if (metadataSha256 === context.previous?.metadataSha256) return { kind: 'unchanged' };
  const dates: Date[] = [];
  for (const index of indexes) {
    context.progress(index.path);
    const newest = await emitPackages(index, context, emit);
    if (newest !== null) dates.push(newest);
  }
  const date = dates.length === 0 ? null : new Date(Math.min(...dates.map((one) => one.getTime())));
  checkDate(date, context);
  const files = [];
  for (const { path, bytes } of indexes) files.push(await context.keep(path, bytes));
  if (!single) files.push(await context.keep(LIST_PATH, list));
  return {
    kind: 'frozen',
    metadataPath: single ? first.path : LIST_PATH,
    metadataSha256,
    signedBy: first.signedBy,
    date,
    validUntil: null,
    labels: {},
    files,
    onDemand: [],
  };
}

/** Sorted, so that the order in which people wrote them makes no difference. @throws ContentFault `malformed` */
function architecturesOf({ architectures }: RepositoryDefinition): readonly string[] {
  const wanted = [...new Set(architectures)].filter((one) => !EVERYWHERE.has(one)).toSorted();
  const odd = wanted.find((one) => !/^[a-z0-9_]{1,64}$/.test(one));
  if (odd !== undefined) throw new ContentFault('malformed', `${JSON.stringify(odd)} is no architecture of apk`);
  return wanted;
}

async function fetchIndex(architecture: string, context: FreezeContext): Promise<Index> {
  const path = `${architecture}/APKINDEX.tar.gz`;
  const bytes = await context.fetchUnverified(path, { limitBytes: INDEX_LIMIT_BYTES });
  if (bytes === null)
    throw new ContentFault('missing', `there is no ${path}: the address must be that of the folder above`, { path });
  const verified = await verifyIndex(bytes, context.anchors, path);
  return { ...verified, architecture, path, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** @returns the newest build time */
async function emitPackages(
  { architecture, path, signed }: Index,
  context: FreezeContext,
  emit: (found: RepositoryPackage) => Promise<void> | void,
): Promise<Date | null> {
  const seen = new Map<string, string>();
  let newest: Date | null = null;
  let indexes = 0;
  for await (const file of tarFiles(unpacked(signed, path, context.signal), path)) {
    if (file.name !== 'APKINDEX') continue;
    indexes += 1;
    if (indexes > 1) throw new ContentFault('malformed', `${path} has two indexes`, { path });
    for await (const { found, builtAt } of readIndexRecords(file.content, architecture)) {
      if (builtAt !== null && (newest === null || builtAt > newest)) newest = builtAt;
      const check = JSON.stringify(found.check);
      const before = seen.get(found.path);
      if (before === check) continue;
      if (before !== undefined)
        throw new ContentFault('malformed', `${path} names ${found.path} twice, with different checksums`, { path });
      seen.set(found.path, check);
      await emit(found);
    }
  }
  if (indexes === 0) throw new ContentFault('malformed', `${path} has no APKINDEX in it`, { path });
  return newest;
}

function checkDate(date: Date | null, context: FreezeContext): void {
  const newest = context.previous?.newestDate ?? null;
  if (newest !== null && (date === null || date < newest))
    throw new ContentFault(
      'rolled-back',
      `the newest package was built at ${date?.toISOString() ?? 'no time'}, but one of ${newest.toISOString()} was seen before: a mirror is behind, somebody hides updates, the publisher withdrew the newest one, or an architecture came in that is built later`,
    );
  if (date !== null && date.getTime() > context.now.getTime() + FUTURE_LIMIT_MS)
    throw new ContentFault(
      'from-the-future',
      `the newest package was built at ${date.toISOString()}, which is yet to come: check this machine's clock`,
    );
}

async function* unpacked(packed: Uint8Array, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const decoder = createGunzip({ chunkSize: 256 * 1024 });
  pipeline([packed], decoder, () => undefined);
  let size = 0;
  try {
    for await (const chunk of decoder) {
      signal.throwIfAborted();
      if (!(chunk instanceof Uint8Array)) continue;
      size += chunk.length;
      if (size > UNPACKED_LIMIT_BYTES)
        throw new ContentFault('too-large', `${path} unpacks to more than ${UNPACKED_LIMIT_BYTES} bytes`, { path });
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ContentFault || signal.aborted) throw error;
    throw new ContentFault('malformed', `${path} can't be unpacked`, { path, cause: error });
  }
}
