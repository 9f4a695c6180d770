import {
  ContentFault,
  type ContentStore,
  FORMATS,
  type FrozenMetadata,
  type RepositoryDefinition,
  createOfflineContext,
} from '@thimble/content';
import type { BundledRepository } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { NewEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { assertTrusted } from '../repositories/add.ts';
import {
  type Before,
  differenceFrom,
  forWholeLists,
  insertRevision,
  lockRepository,
  writePackages,
} from '../revisions/commit-revision.ts';
import { assertSameBytes } from '../revisions/same-bytes.ts';
import type { Session } from '../revisions/session.ts';
import { createStaging } from '../revisions/staging.ts';
import { bundledKeys } from './bundled-keys.ts';
import { type BundledPlace, assertApproved, bundledDefinition, findPlace } from './bundled-place.ts';
import { checkPackages } from './check-packages.ts';
import { type Importer, createBundled, followBundle } from './import-repository.ts';
import { refused } from './problem-of.ts';

export interface ImportParts {
  readonly context: ServerContext;
  readonly session: Session;
  /** The one transaction of the whole import, over the session's connection. */
  readonly within: Kysely<Tables>;
  readonly store: ContentStore;
  readonly importer: Importer;
  /** Package files of the bundle: sizes by digest. */
  readonly objects: ReadonlyMap<string, number>;
  readonly signal: AbortSignal;
}

export interface ImportedRevision {
  readonly repositoryId: string;
  readonly revisionId: string;
  readonly name: string;
  readonly metadataSha256: string;
  /** It was not here before. */
  readonly isNew: boolean;
  readonly evidence: readonly NewEvidence[];
}

/**
 * One repository's state of a bundle: frozen again from the vendor's own signature downwards, as if it had been fetched, by what the bundle
 * brought. The same state twice is one revision.
 *
 * @throws HttpProblem 409, 422 `bundle-refused` and others
 */
export async function importRevision(parts: ImportParts, bundled: BundledRepository): Promise<ImportedRevision> {
  const { within, importer, context } = parts;
  const definition = bundledDefinition(bundled);
  const keys = await bundledKeys(bundled);
  assertTrusted(definition, keys);
  const place = await findPlace(within, importer.organisationId, definition, keys);
  try {
    const frozen = await freezeAgain(parts, bundled, place);
    const created = place.row === null ? await createBundled(within, context, importer, bundled, place) : null;
    const id = created?.id ?? place.row?.id ?? '';
    const before = await lockRepository(within, id);
    if (before === undefined)
      throw new HttpProblem(409, 'changed-meanwhile', {
        detail: `${bundled.name} was removed meanwhile.`,
        hint: 'Say it again.',
      });
    await forWholeLists(within);
    if (definition.format !== 'generic') await assertSameBytes(within, id, frozen.metadataSha256);
    const written = await writeRevision(parts, bundled, place, { id, before, frozen });
    const list = {
      ...written,
      repositoryId: id,
      name: bundled.name,
      definition,
      trusted: place.trusted,
      frozenAt: new Date(bundled.frozenAt),
    };
    await checkPackages(within, parts.store, list, parts.objects, parts.signal);
    return {
      repositoryId: id,
      revisionId: written.revisionId,
      name: bundled.name,
      metadataSha256: frozen.metadataSha256,
      isNew: written.isNew,
      evidence: [...(created === null ? [] : [created.evidence]), ...written.evidence],
    };
  } catch (error) {
    throw refused(bundled.name, error);
  }
}

/** @throws ContentFault */
async function freezeAgain(
  { session, store, signal }: ImportParts,
  { metadata, metadataPath, metadataSha256, frozenAt }: BundledRepository,
  { definition, trusted }: BundledPlace,
): Promise<FrozenMetadata> {
  const format = FORMATS.get(definition.format);
  if (format === undefined) throw new ContentFault('unsupported', `the format ${definition.format} is not known here`);
  const staging = await createStaging(session.client);
  const frozen = await format.freeze(
    // A list of mirrors names hosts to ask, and nobody is asked.
    { ...definitionFor(definition), mirrorList: null },
    createOfflineContext({ store, metadata, anchors: trusted, now: new Date(frozenAt), signal }),
    (found) => staging.add(found),
  );
  await staging.end();
  if (frozen.kind === 'frozen' && frozen.metadataPath === metadataPath && frozen.metadataSha256 === metadataSha256)
    return frozen;
  throw new ContentFault(
    'malformed',
    `its metadata is not the ${metadataPath} (${metadataSha256}) that the bundle names`,
  );
}

function definitionFor({ files, ...rest }: BundledPlace['definition']): RepositoryDefinition {
  return { ...rest, ...(rest.format === 'generic' ? { files } : {}) };
}

interface Target {
  readonly id: string;
  readonly before: Before;
  readonly frozen: FrozenMetadata;
}

async function writeRevision(
  { within, context, importer }: ImportParts,
  bundled: BundledRepository,
  place: BundledPlace,
  { id, before, frozen }: Target,
): Promise<{
  readonly revisionId: string;
  readonly sequence: number;
  readonly isNew: boolean;
  readonly evidence: readonly NewEvidence[];
}> {
  const same = await sameRevision(within, id, frozen.metadataSha256);
  if (same !== null) return { ...same, isNew: false, evidence: [] };
  const sequence = before.lastSequence + 1;
  const { added, removed } = await differenceFrom(within, id, before.sequence);
  await writePackages(within, id, sequence);
  const row = { id, organisationId: importer.organisationId, ...place.definition };
  const frozenAt = new Date(bundled.frozenAt);
  const { now } = importer;
  const revisionId = await insertRevision(within, context, { row, frozen, sequence, added, removed, frozenAt, now });
  if (await isOlder(within, id, before, frozen.date, frozenAt)) {
    // What was withdrawn since must not come back by an old bundle.
    if (frozen.signedBy !== null) assertApproved(place, frozen.signedBy);
    await sql`update content_repository set imported_sequence = ${sequence} where id = ${id}`.execute(within);
    return { revisionId, sequence, isNew: true, evidence: [] };
  }
  await sql`
    update content_repository set sequence = ${sequence}, verified_as = null, checked_at = ${now}, changed_at = ${now},
      newest_date = greatest(newest_date, ${frozen.date}::timestamptz)
    where id = ${id}`.execute(within);
  const evidence = place.follows ? await followBundle(within, importer, place) : [];
  return { revisionId, sequence, isNew: true, evidence };
}

/** With the same metadata and the same packages: with another definition the same metadata lists others. */
async function sameRevision(
  within: Kysely<Tables>,
  repositoryId: string,
  metadataSha256: string,
): Promise<{ readonly revisionId: string; readonly sequence: number } | null> {
  const { rows } = await sql<{ revisionId: string; sequence: number }>`
    select id as "revisionId", sequence from content_revision
    where repository_id = ${repositoryId} and metadata_sha256 = ${metadataSha256} order by sequence desc`.execute(
    within,
  );
  for (const row of rows) {
    const { added, removed } = await differenceFrom(within, repositoryId, row.sequence);
    if (added + removed === 0) return row;
  }
  return null;
}

/** Bundles may come in any order. Upstream's own dates decide; where it has none, when each was frozen. */
async function isOlder(
  within: Kysely<Tables>,
  repositoryId: string,
  { sequence, newestDate }: Before,
  date: Date | null,
  frozenAt: Date,
): Promise<boolean> {
  if (sequence === 0) return false;
  if (date !== null && newestDate !== null && date.getTime() !== newestDate.getTime()) return date < newestDate;
  const { rows } = await sql<{ at: Date }>`
    select created_at as at from content_revision where repository_id = ${repositoryId} and sequence = ${sequence}`.execute(
    within,
  );
  const at = rows[0]?.at;
  return at !== undefined && frozenAt < at;
}
