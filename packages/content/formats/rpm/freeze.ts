import { createHash, type Hash } from 'node:crypto';
import {
  ContentFault,
  type ExpectedFile,
  type FreezeContext,
  type FreezeResult,
  type RepositoryDefinition,
  type RepositoryPackage,
  type StoredFile,
} from '../../model/index.ts';
import { readMirrorList } from './mirror-list.ts';
import { packingOf } from './packing.ts';
import { readPrimary } from './primary.ts';
import { fileCheck, readRepomd, REPOMD_PATH, SIGNATURE_PATH, type Repomd, type RepomdEntry } from './repomd.ts';
import { fetchTop } from './top-level.ts';

/** Packed. Fedora's filelists have 60 MB, the largest ones seen 150 MB. */
const FILE_LIMIT_BYTES = 1024 * 1024 * 1024;
/** primary.xml unpacked: 300 MB for 64,000 packages. */
const PRIMARY_LIMIT_BYTES = 4 * 1024 * 1024 * 1024;
/** Files whose size repomd.xml does not say: old comps and product certificates. */
const UNSIZED_LIMIT_BYTES = 256 * 1024 * 1024;
const MIRROR_LIST_LIMIT_BYTES = 1024 * 1024;
/** Publishers' clocks and time zones are not always right. */
const FUTURE_LIMIT_MS = 24 * 3600 * 1000;

/**
 * What dnf and yum ask for to install, update and list advisories, `comps` being called `group`; also as zchunk, which dnf prefers where
 * there is one. These are fetched with the revision, because upstream removes old metadata soon; all else comes when a client asks.
 */
const EAGER = /^(primary|filelists|updateinfo|modules|group|comps)(_(gz|xz|zst|bz2|zck))?$/;

/**
 * Freezes an rpm repository: repomd.xml is verified by repomd.xml.asc, and vouches for all the rest. Emitted are the packages of
 * `definition.architectures` (rpm's own words: `x86_64`, also `src`; `i686` only when it is asked for) and `noarch`; all where none is
 * given. The revision's date is repomd.xml's newest timestamp.
 *
 * A definition whose signature is `packages` has unsigned metadata: whoever fetches a package must use `packageCheck`.
 *
 * @throws ContentFault
 */
export async function freezeRpm(
  definition: RepositoryDefinition,
  context: FreezeContext,
  emit: (found: RepositoryPackage) => Promise<void> | void,
): Promise<FreezeResult> {
  const mirrors = await mirrorsOf(definition, context);
  const top = await fetchTop(definition, context);
  const metadataSha256 = createHash('sha256').update(top.repomd).digest('hex');
  if (metadataSha256 === context.previous?.metadataSha256) return { kind: 'unchanged' };
  const repomd = await readRepomd(top.repomd);
  checkDate(repomd.date, context);
  const primary = onlyPrimary(repomd);
  const files = [await context.keep(REPOMD_PATH, top.repomd)];
  if (top.signature !== null) files.push(await context.keep(SIGNATURE_PATH, top.signature));
  const onDemand: ExpectedFile[] = [];
  const reserved = new Set([REPOMD_PATH, SIGNATURE_PATH, ...repomd.entries.map(({ path }) => path)]);
  for (const entry of repomd.entries) {
    if (canWait(entry)) {
      onDemand.push({ path: entry.path, check: fileCheck(entry.checksum, entry.sizeBytes) });
      continue;
    }
    context.progress(`${entry.type}: ${entry.path}`);
    const file = await fetchEntry(entry, context);
    files.push(file);
    if (entry !== primary) continue;
    for await (const found of readPrimary(opened(entry, file, context), wantedBy(definition))) {
      if (reserved.has(found.path))
        throw new ContentFault('malformed', `${found.path} is both a package and metadata`, { path: found.path });
      await emit(found);
    }
  }
  return {
    kind: 'frozen',
    metadataPath: REPOMD_PATH,
    metadataSha256,
    signedBy: top.signedBy,
    date: repomd.date,
    validUntil: null,
    labels: {},
    files,
    onDemand,
    mirrors: mirrors.map(({ href }) => href),
  };
}

async function mirrorsOf(definition: RepositoryDefinition, context: FreezeContext): Promise<readonly URL[]> {
  const { mirrorList, uris } = definition;
  if (mirrorList === null) return [];
  try {
    const bytes = await context.fetchUnverified(mirrorList, { limitBytes: MIRROR_LIST_LIMIT_BYTES });
    if (bytes === null)
      throw new ContentFault('missing', `there is no mirror list at ${mirrorList}: check the repository's address`);
    const mirrors = await readMirrorList(bytes);
    context.addMirrors(mirrors);
    return mirrors;
  } catch (error) {
    // A list only names more places to ask; nothing of it is trusted.
    if (!(error instanceof ContentFault) || uris.length === 0) throw error;
    context.progress(`the mirror list can't be used, only the repository's own addresses are: ${error.message}`);
    return [];
  }
}

function checkDate(date: Date | null, context: FreezeContext): void {
  const newest = context.previous?.newestDate ?? null;
  if (newest !== null && (date === null || date < newest))
    throw new ContentFault(
      'rolled-back',
      `repomd.xml is of ${date?.toISOString() ?? 'no date'}, but one of ${newest.toISOString()} was seen before: a mirror is behind, or somebody hides updates`,
      { path: REPOMD_PATH },
    );
  if (date !== null && date.getTime() > context.now.getTime() + FUTURE_LIMIT_MS)
    throw new ContentFault(
      'from-the-future',
      `repomd.xml is of ${date.toISOString()}, which is yet to come: check this machine's clock`,
      { path: REPOMD_PATH },
    );
}

function onlyPrimary({ entries }: Repomd): RepomdEntry {
  const [primary, second] = entries.filter(({ type }) => type === 'primary');
  if (primary === undefined || second !== undefined)
    throw new ContentFault('malformed', `repomd.xml names ${second === undefined ? 'no' : 'more than one'} primary`, {
      path: REPOMD_PATH,
    });
  return primary;
}

/** Files that are fetched later are known by their SHA-256; repositories with SHA-512 are rare, so all of theirs is fetched now. */
function canWait(entry: RepomdEntry): entry is RepomdEntry & { readonly sizeBytes: number } {
  return !EAGER.test(entry.type) && entry.sizeBytes !== null && entry.checksum.kind === 'sha256';
}

async function fetchEntry(entry: RepomdEntry, context: FreezeContext): Promise<StoredFile> {
  const { path, checksum, sizeBytes } = entry;
  if (sizeBytes !== null) {
    if (sizeBytes > FILE_LIMIT_BYTES)
      throw new ContentFault('too-large', `${path} has ${sizeBytes} bytes, more than ${FILE_LIMIT_BYTES}`, { path });
    return context.fetch({ path, check: fileCheck(checksum, sizeBytes) });
  }
  if (checksum.kind !== 'sha256')
    throw new ContentFault('unsupported', `repomd.xml says neither size nor SHA-256 of ${path}`, { path });
  return context.fetchOfUnknownSize({ path, sha256: checksum.hex, address: path }, { limitBytes: UNSIZED_LIMIT_BYTES });
}

function wantedBy({ architectures }: RepositoryDefinition): (architecture: string) => boolean {
  const wanted = new Set([...architectures, 'noarch']);
  return (architecture) => architectures.length === 0 || wanted.has(architecture);
}

/** The unpacked content, held against what repomd.xml says of it. */
async function* opened(entry: RepomdEntry, file: StoredFile, context: FreezeContext): AsyncGenerator<Uint8Array> {
  const { path, openChecksum, openSizeBytes } = entry;
  const limitBytes = openSizeBytes ?? PRIMARY_LIMIT_BYTES;
  if (limitBytes > PRIMARY_LIMIT_BYTES)
    throw new ContentFault('too-large', `${path} unpacks to ${limitBytes} bytes, more than ${PRIMARY_LIMIT_BYTES}`, {
      path,
    });
  const hash: Hash | null = openChecksum === null ? null : createHash(openChecksum.kind);
  let size = 0;
  for await (const chunk of context.read(file, await packingOf(file, context), { limitBytes })) {
    context.signal.throwIfAborted();
    size += chunk.length;
    hash?.update(chunk);
    yield chunk;
  }
  if (openSizeBytes !== null && size !== openSizeBytes)
    throw new ContentFault('truncated', `${path} unpacks to ${size} bytes, repomd.xml says ${openSizeBytes}`, { path });
  if (hash !== null && hash.digest('hex') !== openChecksum?.hex)
    throw new ContentFault('wrong-digest', `${path} unpacks to other bytes than repomd.xml says`, { path });
}
