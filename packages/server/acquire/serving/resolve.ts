import {
  type Acquisition,
  type ContentAddress,
  type ContentProblem,
  FORMATS,
  type ServableFile,
} from '@thimble/content';
import type { ServerContext } from '../../context.ts';
import { attributed } from '../attributed.ts';
import type { StandingBlock } from '../blocks/block-index.ts';
import type { BlockWatch } from '../blocks/watch-blocks.ts';
import { contentOf } from '../content.ts';
import { readAnchors } from '../repositories/rows.ts';
import { type PackageOrigin, wantedMetadata, wantedPackage } from '../revisions/wanted.ts';
import type { ContentPrincipal } from './content-principal.ts';
import { createFaultNotes, type FaultNotes } from './fault-notes.ts';
import { type FoundFile, findFile, findObject } from './find-file.ts';
import { type FoundRevision, findRevision } from './find-revision.ts';
import { RecentlyUsed } from './recently-used.ts';

/** For whom a file counts that was served. */
export interface Owner {
  readonly organisationId: string;
  readonly repositoryId: string;
  readonly revisionId: string;
}

export interface Resolver {
  readonly resolve: (
    address: ContentAddress,
    principal: ContentPrincipal,
  ) => ServableFile | ContentProblem | Promise<ServableFile | ContentProblem>;
  /** Of a file that was resolved just now; null: it is forgotten already. */
  readonly ownerOf: (address: ContentAddress, principal: ContentPrincipal) => Owner | null;
  /** Where a repository's files come from, or what of it is left, may be otherwise now. */
  readonly forget: () => void;
}

interface Entry {
  readonly revision: FoundRevision;
  readonly found: FoundFile;
  readonly file: ServableFile;
}

/** Also of what another organisation has: nobody learns that it exists. */
const NOT_FOUND: ContentProblem = {
  kind: 'problem',
  status: 404,
  code: 'not-found',
  detail: 'There is nothing at this address.',
};

/** Some 1 KB each. A release of Debian has 64,000 packages, of which a fleet installs a few thousand. */
const FILES_KEPT = 30_000;
const REVISIONS_KEPT = 2_000;
/** The same digest is asked for again by its relay, its other clients, and each part of it. */
const OBJECTS_KEPT = 30_000;

/**
 * Finds the file at an address, for whoever may have it. Revisions never change, so what was found once is found in memory; whose it is
 * and what is blocked is looked at each time.
 */
export function createResolver(context: ServerContext, blocks: BlockWatch): Resolver {
  const { kysely } = context.database;
  const revisions = new RecentlyUsed<FoundRevision>(REVISIONS_KEPT);
  const files = new RecentlyUsed<Entry>(FILES_KEPT);
  const objects = new RecentlyUsed<readonly Entry[]>(OBJECTS_KEPT);
  const notes = createFaultNotes(context);

  const revisionOf = async (id: string): Promise<FoundRevision | null> => {
    const known = revisions.get(id);
    if (known !== undefined) return known;
    const found = await findRevision(kysely, id);
    if (found !== null) revisions.set(id, found);
    return found;
  };
  const entryOf = async (revisionId: string, path: string): Promise<Entry | null> => {
    const key = `${revisionId}${path}`;
    const known = files.get(key);
    if (known !== undefined) return known;
    const revision = await revisionOf(revisionId);
    if (revision === null) return null;
    const found = await findFile(kysely, revision, path);
    if (found === null) return null;
    const entry = { revision, found, file: servable(context, notes, revision, found, () => files.delete(key)) };
    files.set(key, entry);
    return entry;
  };
  const judge = (entry: Entry, { organisationId }: ContentPrincipal): ServableFile | ContentProblem => {
    if (organisationId !== null && entry.revision.organisationId !== organisationId) return NOT_FOUND;
    const block = blockOf(entry);
    return block === null ? entry.file : blocked(entry, block);
  };
  const blockOf = ({ revision, found }: Entry): StandingBlock | null =>
    found.kind === 'package' ? blocks.of(revision.organisationId).find(found.listed) : null;

  const resolveObject = async (sha256: string, principal: ContentPrincipal): Promise<ServableFile | ContentProblem> => {
    const key = `${principal.organisationId ?? ''}${sha256}`;
    let entries = objects.get(key);
    if (entries === undefined) {
      const places = await findObject(kysely, principal.organisationId, sha256);
      const found = await Promise.all(places.map(({ revisionId, path }) => entryOf(revisionId, path)));
      entries = found.filter((entry) => entry !== null);
      if (entries.length > 0) objects.set(key, entries);
    }
    // Bytes that also are something else are served as that; only when all of it is blocked they are.
    const free = entries.find((entry) => blockOf(entry) === null);
    const [first] = entries;
    return free !== undefined ? judge(free, principal) : first === undefined ? NOT_FOUND : judge(first, principal);
  };
  return {
    resolve: (address, principal) => {
      if (address.kind === 'object') return resolveObject(address.sha256, principal);
      const known = files.get(`${address.revisionId}${address.path}`);
      if (known !== undefined) return judge(known, principal);
      return entryOf(address.revisionId, address.path).then((entry) =>
        entry === null ? NOT_FOUND : judge(entry, principal),
      );
    },
    ownerOf: (address, { organisationId }) => {
      const entry =
        address.kind === 'revision'
          ? files.get(`${address.revisionId}${address.path}`)
          : objects.get(`${organisationId ?? ''}${address.sha256}`)?.[0];
      if (entry === undefined) return null;
      const { id: revisionId, repositoryId, organisationId: owner } = entry.revision;
      return { organisationId: owner, repositoryId, revisionId };
    },
    forget: () => {
      revisions.clear();
      files.clear();
      objects.clear();
    },
  };
}

function blocked({ found }: Entry, { reason }: StandingBlock): ContentProblem {
  const what = found.kind === 'package' ? `${found.listed.name} ${found.listed.version}` : 'This file';
  return { kind: 'problem', status: 451, code: 'blocked', detail: `${what} was recalled: ${reason}` };
}

function servable(
  context: ServerContext,
  notes: FaultNotes,
  revision: FoundRevision,
  found: FoundFile,
  stored: () => void,
): ServableFile {
  const path = pathOf(found);
  const format = FORMATS.get(revision.definition.format);
  return {
    kind: 'file',
    sha256: found.sha256,
    sizeBytes: found.sizeBytes,
    contentType: format?.contentType(path) ?? 'application/octet-stream',
    immutable: true,
    lastModified: revision.date,
    acquire: async () => {
      try {
        const acquisition = await acquire(context, revision, found);
        acquisition.done.then(
          () => {
            // From then on it has a digest, by which relays find it too.
            if (found.sha256 === null) stored();
            if (acquisition.origin === 'fetching') notes.arrived(revision, path);
          },
          (error: unknown) => notes.failed(revision, path, error),
        );
        return acquisition;
      } catch (error) {
        notes.failed(revision, path, error);
        throw error;
      }
    },
  };
}

function pathOf(found: FoundFile): string {
  return found.kind === 'metadata' ? found.path : found.file.path;
}

async function acquire(context: ServerContext, revision: FoundRevision, found: FoundFile): Promise<Acquisition> {
  const { organisationId, repositoryId, id: revisionId, name, definition, mirrors } = revision;
  const { acquirer } = await contentOf(context);
  const { kysely } = context.database;
  const anchors = definition.signature === 'packages' ? await readAnchors(kysely, [repositoryId]) : [];
  const origin: PackageOrigin = { name, definition, anchors, mirrors };
  const wanted =
    found.kind === 'metadata' ? wantedMetadata(found, origin) : wantedPackage(found.file, origin, context.clock());
  return attributed(context, acquirer, { organisationId, repositoryId, revisionId }).acquire(wanted);
}
