import type { ContentStore } from '@thimble/content';
import { ContentBundleError, objectsOf, openManifest } from '@thimble/content/bundle';
import type { ContentManifest, SignedContentManifest, SnapshotDetail } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { type NewEvidence, appendEvidence } from '../../report/index.ts';
import { holdContent } from '../collect/hold.ts';
import { REPOSITORIES_TOPIC } from '../configured-hosts.ts';
import { contentOf } from '../content.ts';
import { publishContent } from '../publish.ts';
import type { Decider } from '../repositories/decide.ts';
import { placeId } from '../repositories/place.ts';
import { type Session, alone } from '../revisions/session.ts';
import { snapshotDetail } from '../snapshots/snapshot-list.ts';
import { bundledDefinition } from './bundled-place.ts';
import type { Importer } from './import-repository.ts';
import { type ImportedRevision, importRevision } from './import-revision.ts';
import { type ImportedSnapshot, importSnapshot } from './import-snapshot.ts';
import { absentFrom } from './missing-objects.ts';
import { problemOf } from './problem-of.ts';

/** Any constant: with the organisation it makes the advisory lock of whoever imports ('impo' in ASCII). */
const LOCK = 0x696d_706f;
/** The clocks of two servers need not agree to the minute. */
const FUTURE_LIMIT_MS = 24 * 3_600_000;

interface OpenedBundle {
  readonly manifest: ContentManifest;
  readonly manifestSha256: string;
  readonly signer: string;
}

/**
 * Takes a snapshot over whose files are all in the store: each repository is frozen again from its vendor's signature downwards. All of it
 * or nothing; no network is asked.
 *
 * @param left fires when the one who asked has gone
 * @throws HttpProblem 409 `bundle-incomplete`, `import-under-way` and others; 422 `bundle-not-trusted`, `bundle-refused` and others
 */
export async function importBundle(
  context: ServerContext,
  decider: Decider,
  document: SignedContentManifest,
  left: AbortSignal,
): Promise<SnapshotDetail> {
  const { organisationId } = decider;
  try {
    const bundle = opened(context, document);
    const { store } = await contentOf(context);
    const signal = AbortSignal.any([left, context.stopping]);
    const id = await alone(context, LOCK, organisationId, async (session) => {
      // Nothing that is found in the store now may be collected before the rows that need it are there.
      await holdContent(session.client);
      await assertWhole(store, bundle.manifest);
      return takeOver(context, session, { decider, bundle, store, signal });
    });
    if (id === null)
      throw new HttpProblem(409, 'import-under-way', {
        detail: 'Another bundle is being imported.',
        hint: 'Say it again when that is done.',
      });
    return await snapshotDetail(context.database.kysely, organisationId, id);
  } catch (error) {
    throw problemOf(error);
  }
}

function opened({ settings, clock }: ServerContext, document: SignedContentManifest): OpenedBundle {
  const trusted = (settings.feedKeys ?? '').split(',').map((key) => key.trim());
  const manifest = openManifest(
    document,
    trusted.filter((key) => key !== ''),
  );
  const latest = new Date(clock().getTime() + FUTURE_LIMIT_MS).toISOString();
  const places = new Set<string>();
  for (const repository of manifest.repositories) {
    const place = placeId(bundledDefinition(repository));
    if (places.has(place)) throw notABundle(`${repository.name} is in it twice`);
    places.add(place);
    if (repository.frozenAt > latest) throw notABundle(`${repository.name} is said to be of ${repository.frozenAt}`);
  }
  return {
    manifest,
    manifestSha256: sha256(Buffer.from(document.envelope.payload, 'base64')),
    signer: document.envelope.signatures[0]?.keyid ?? '',
  };
}

function notABundle(why: string): ContentBundleError {
  return new ContentBundleError('not-a-bundle', why, 'Export it again, and compare the clocks of both servers.');
}

/** @throws ContentBundleError `bundle-incomplete` */
async function assertWhole(store: ContentStore, manifest: ContentManifest): Promise<void> {
  const objects = objectsOf(manifest);
  const absent = await absentFrom(store, objects);
  if (absent.length === 0) return;
  throw new ContentBundleError(
    'bundle-incomplete',
    `${absent.length} of its ${objects.length} files are not here yet, the first one is ${absent.toSorted()[0]}`,
    'Run the same command again: only what is missing is sent.',
  );
}

interface Taking {
  readonly decider: Decider;
  readonly bundle: OpenedBundle;
  readonly store: ContentStore;
  readonly signal: AbortSignal;
}

/** @returns the snapshot's id */
function takeOver(
  context: ServerContext,
  session: Session,
  { decider, bundle, store, signal }: Taking,
): Promise<string> {
  const { manifest, signer } = bundle;
  const { organisationId } = decider;
  const importer: Importer = { organisationId, name: decider.name, signer, now: context.clock() };
  const objects = new Map(
    manifest.objects.map((line) => {
      const [digest = '', size] = line.split(' ');
      return [digest, Number(size)] as const;
    }),
  );
  return session.kysely.transaction().execute(async (within) => {
    const parts = { context, session, within, store, importer, objects, signal };
    const revisions: ImportedRevision[] = [];
    for (const repository of manifest.repositories) {
      signal.throwIfAborted();
      revisions.push(await importRevision(parts, repository));
    }
    const ids = revisions.map(({ revisionId }) => revisionId);
    const snapshot = await importSnapshot(within, context, importer, manifest.snapshot, ids);
    await publishContent(context, organisationId, 'repositories', within);
    await publishContent(context, organisationId, 'snapshots', within);
    await context.events.publish({ organisationId, topic: REPOSITORIES_TOPIC, key: '' }, within);
    const evidence = revisions.flatMap((revision) => revision.evidence);
    if (snapshot.isNew || evidence.length > 0) evidence.push(evidenceOf(importer, bundle, snapshot, revisions));
    await appendEvidence(within, evidence);
    return snapshot.id;
  });
}

function evidenceOf(
  { organisationId, name: person, now, signer }: Importer,
  { manifest, manifestSha256 }: OpenedBundle,
  { id, name }: ImportedSnapshot,
  revisions: readonly ImportedRevision[],
): NewEvidence {
  return {
    organisationId,
    at: now,
    kind: 'content-imported',
    actor: person,
    summary: `${person} imported the snapshot ${name} of a bundle signed by ${signer}; the vendors’ signatures were verified anew`,
    detail: {
      snapshotId: id,
      name,
      nameThere: manifest.snapshot.name,
      signer,
      manifestSha256,
      objectCount: manifest.objects.length,
      revisions: revisions.map(({ repositoryId, revisionId, name: repository, metadataSha256, isNew }) => ({
        repositoryId,
        revisionId,
        repository,
        metadataSha256,
        isNew,
      })),
    },
  };
}
