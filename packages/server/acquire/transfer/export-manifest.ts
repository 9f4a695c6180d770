import { signManifest } from '@thimble/content/bundle';
import type { ContentManifest, SnapshotManifestReply } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Decider } from '../repositories/decide.ts';
import { type ExportedPackage, exportedPackages } from './exported-packages.ts';
import { type ExportedSnapshot, bundledRepository, exportedSnapshot } from './exported-revisions.ts';
import { fleetNeeds } from './fleet-needs.ts';
import { type LearntDigests, learnDigests } from './learn-digests.ts';

const PRODUCER = 'Thimble/0.1';
/** As in the protocol (ContentManifest). All of Debian has 64,000 for one architecture. */
const OBJECTS_LIMIT = 400_000;
/** Of one kind that are named one by one. */
const GAPS_NAMED = 50;

/**
 * What a bundle of a snapshot holds, signed with the key of this server's orders; its type says that it is no order. Equal content and
 * choice give equal bytes.
 *
 * @param left fires when the one who asked has gone
 * @throws HttpProblem 404; 409 `snapshot-collected`, `key-withdrawn`; 422 `too-many-files`
 */
export async function exportManifest(
  context: ServerContext,
  { organisationId, name: person }: Decider,
  snapshotId: string,
  packages: ContentManifest['packages'],
  left: AbortSignal,
): Promise<SnapshotManifestReply> {
  const { kysely } = context.database;
  const snapshot = await exportedSnapshot(kysely, organisationId, snapshotId);
  const { files, recalled } = await chosenFiles(context, organisationId, snapshot, packages);
  const learnt = await learnDigests(context, organisationId, {
    snapshotId,
    files: files.filter((file) => file.sha256 === null),
    signal: AbortSignal.any([left, context.stopping]),
  });
  const objects = objectsOf(files, learnt.digests);
  const repositories = [];
  for (const revision of snapshot.revisions) repositories.push(await bundledRepository(kysely, revision));
  const manifest: ContentManifest = {
    version: 1,
    producer: PRODUCER,
    snapshot: { name: snapshot.name, note: snapshot.note, createdAt: snapshot.createdAt.toISOString() },
    packages,
    repositories,
    objects: objects.map(({ digest, sizeBytes }) => `${digest} ${sizeBytes}`),
  };
  const signed = signManifest(manifest, context.orderKey);
  const metadata = new Map(repositories.flatMap((each) => each.metadata.map((file) => [file.sha256, file.sizeBytes])));
  const none = packages === 'fleet' && objects.length === 0;
  const reply: SnapshotManifestReply = {
    signed,
    addresses: objects.map(({ address }) => address),
    metadataBytes: [...metadata.values()].reduce((sum, size) => sum + size, 0),
    objectBytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    gaps: [...named(recalled, 'recalled packages'), ...gapsOf(learnt), ...(none ? [NOTHING_NEEDED] : [])],
  };
  await appendEvidence(kysely, [
    {
      organisationId,
      at: context.clock(),
      kind: 'content-exported',
      actor: person,
      summary: `${person} exported the snapshot ${snapshot.name} with ${objects.length} package file${objects.length === 1 ? '' : 's'}`,
      detail: {
        snapshotId,
        name: snapshot.name,
        packages,
        manifestSha256: sha256(Buffer.from(signed.envelope.payload, 'base64')),
        objectCount: objects.length,
        objectBytes: reply.objectBytes,
        gapCount: reply.gaps.length,
      },
    },
  ]);
  return reply;
}

async function chosenFiles(
  { database: { kysely } }: ServerContext,
  organisationId: string,
  { id, revisions }: ExportedSnapshot,
  packages: ContentManifest['packages'],
): Promise<{ readonly files: readonly ExportedPackage[]; readonly recalled: readonly Gap[] }> {
  const isNeeded = packages === 'all' ? () => true : await fleetNeeds(kysely, organisationId, id);
  const recalled: Gap[] = [];
  const files: ExportedPackage[] = [];
  for (const revision of revisions) {
    const found = await exportedPackages(kysely, organisationId, revision, isNeeded);
    for (const file of found) {
      if (file.recalled === null) files.push(file);
      else recalled.push({ what: label(file), why: `recalled: ${file.recalled}` });
    }
  }
  return { files, recalled };
}

const NOTHING_NEEDED: Gap = {
  what: 'all packages',
  why: 'no endpoint here has a version of any of them: export all (--packages all)',
};

function gapsOf({ failed, leftCount }: LearntDigests): readonly Gap[] {
  const gaps = failed.map(({ file, why }) => ({
    what: label(file),
    why: `its SHA-256 is not known, and it can’t be fetched: ${why}`,
  }));
  const left = {
    what: `${leftCount} packages`,
    why: 'they have to be fetched first to know their SHA-256, which takes longer: say it again to go on',
  };
  return [...named(gaps, 'packages that can’t be fetched'), ...(leftCount === 0 ? [] : [left])];
}

interface ExportedObject {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly address: string;
}

/** Each file once, in the order of their digests. @throws HttpProblem 422 */
function objectsOf(
  files: readonly ExportedPackage[],
  learnt: ReadonlyMap<ExportedPackage, string>,
): readonly ExportedObject[] {
  const objects = new Map<string, ExportedObject>();
  for (const file of files) {
    const digest = file.sha256 ?? learnt.get(file);
    if (digest !== undefined && !objects.has(digest))
      objects.set(digest, { digest, sizeBytes: file.sizeBytes, address: addressOf(file) });
  }
  if (objects.size > OBJECTS_LIMIT)
    throw new HttpProblem(422, 'too-many-files', {
      detail: `It would have ${objects.size} package files; a bundle has at most ${OBJECTS_LIMIT}.`,
      hint: 'Export what the fleet needs (--packages fleet), or snapshots of fewer repositories each.',
    });
  return [...objects.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

function addressOf({ revision, path }: ExportedPackage): string {
  return `/content/revisions/${revision.id}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

type Gap = SnapshotManifestReply['gaps'][number];

/** The first of them, and how many more there are. */
function named(gaps: readonly Gap[], what: string): readonly Gap[] {
  const first = gaps.slice(0, GAPS_NAMED).map((gap) => ({ what: gap.what.slice(0, 512), why: gap.why.slice(0, 2000) }));
  const more = gaps.length - first.length;
  return more === 0 ? first : [...first, { what: `${more} more`, why: `there are ${gaps.length} ${what}` }];
}

function label({ name, version, architecture, revision }: ExportedPackage): string {
  return `${name} ${version} (${architecture}) of ${revision.name}`;
}
