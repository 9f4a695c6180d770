import { createHash } from 'node:crypto';
import {
  ContentFault,
  type FreezeContext,
  type FreezeResult,
  type GenericFile,
  type RepositoryDefinition,
  type RepositoryPackage,
} from '../../model/index.ts';
import { placeOf, type Place } from './place.ts';

export const LIST_PATH = 'files.json';

/** People state them one by one, or a program does; more is a repository of some format. */
const FILES_LIMIT = 10_000;
/** A file whose size nobody stated: the largest installers and images of appliances have 15 GB. */
const UNSIZED_LIMIT_BYTES = 20 * 1024 * 1024 * 1024;

/**
 * Freezes a list of files that people stated, each with its SHA-256, which is all the proof there is: nothing vouches for them but the
 * person. Files without a stated size are fetched now to learn it; the others when somebody needs them.
 *
 * The metadata is `files.json`, made here: canonical, and without addresses, so that a file which only moved makes no new revision.
 *
 * @throws ContentFault
 */
export async function freezeGeneric(
  definition: RepositoryDefinition,
  context: FreezeContext,
  emit: (found: RepositoryPackage) => Promise<void> | void,
): Promise<FreezeResult> {
  const files = definition.files ?? [];
  if (files.length > FILES_LIMIT)
    throw new ContentFault('too-large', `${files.length} files are stated, ${FILES_LIMIT} can be`);
  const packages = new Map<string, readonly [GenericFile, RepositoryPackage]>();
  for (const file of files) {
    const place = placeOf(file, definition.uris);
    if (place.path === LIST_PATH || packages.has(place.path))
      throw new ContentFault(
        'malformed',
        `two of the stated files are at ${place.path}: give each its own name or version`,
      );
    packages.set(place.path, [file, await packageOf(file, place, context)]);
  }
  const sorted = [...packages.values()].toSorted(([, a], [, b]) => (a.path < b.path ? -1 : 1));
  const list = Buffer.from(canonicalList(sorted));
  const metadataSha256 = createHash('sha256').update(list).digest('hex');
  if (metadataSha256 === context.previous?.metadataSha256) return { kind: 'unchanged' };
  for (const [, found] of sorted) await emit(found);
  return {
    kind: 'frozen',
    metadataPath: LIST_PATH,
    metadataSha256,
    signedBy: null,
    date: null,
    validUntil: null,
    labels: {},
    files: [await context.keep(LIST_PATH, list)],
    onDemand: [],
  };
}

async function packageOf(file: GenericFile, place: Place, context: FreezeContext): Promise<RepositoryPackage> {
  const { name, version, sha256 } = file;
  const { path } = place;
  if (name === '' || version === '') throw new ContentFault('malformed', `${file.url} needs a name and a version`);
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new ContentFault('malformed', `the SHA-256 of ${name} ${version} is not 64 digits of lower-case hex`);
  const sizeBytes = file.sizeBytes ?? (await learnSize(sha256, place, context));
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
    throw new ContentFault('malformed', `the size of ${name} ${version} is no number of bytes`);
  return {
    path,
    name,
    version,
    architecture: 'all',
    source: name,
    sourceVersion: version,
    sizeBytes,
    check: { kind: 'sha256', sha256, sizeBytes },
  };
}

async function learnSize(sha256: string, { path, addresses }: Place, context: FreezeContext): Promise<number> {
  context.progress(`${path}, to learn its size`);
  let fault: unknown = new ContentFault('missing', `${path} has no address`);
  for (const { href } of addresses) {
    try {
      const stored = await context.fetchOfUnknownSize(
        { path, sha256, address: href },
        { limitBytes: UNSIZED_LIMIT_BYTES },
      );
      return stored.sizeBytes;
    } catch (error) {
      if (!(error instanceof ContentFault) || error.code === 'disk-full') throw error;
      fault = error;
    }
  }
  throw fault;
}

function canonicalList(packages: readonly (readonly [GenericFile, RepositoryPackage])[]): string {
  const list = packages.map(([{ name, version, sha256, signatureKind }, { path, sizeBytes }]) => ({
    path,
    name,
    version,
    sha256,
    sizeBytes,
    signatureKind,
  }));
  return `${JSON.stringify(list, null, 1)}\n`;
}
