import type { GenericFileEntry, MirrorFilter, RepositoryFormatId, RepositoryMode } from '@thimble/protocol';
import type { RepositoryDefinition, TrustAnchor } from '@thimble/content';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { PublicKey } from './public-key.ts';

/** A repository as it is stored. */
export interface RepositoryRow {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly format: RepositoryFormatId;
  readonly uris: string[];
  readonly mirrorList: string | null;
  readonly suite: string;
  readonly components: string[];
  readonly architectures: string[];
  readonly signature: 'metadata' | 'packages';
  readonly files: GenericFileEntry[];
  readonly mode: RepositoryMode;
  readonly filter: MirrorFilter;
  readonly enabled: boolean;
  readonly intervalHours: number;
  readonly addedAt: Date;
  readonly addedBy: string;
  /** Of the newest revision; 0: none yet. */
  readonly sequence: number;
  readonly newestDate: Date | null;
  readonly askedAt: Date | null;
  readonly acceptFaultId: string | null;
  readonly attemptedAt: Date | null;
  readonly nextAt: Date | null;
  readonly checkedAt: Date | null;
  readonly changedAt: Date | null;
  readonly running: RunningSync | null;
  readonly verifiedAs: string | null;
  readonly mirroredSequence: number;
  readonly mirrorNextAt: Date | null;
  readonly mirroring: RunningSync | null;
}

/** What is under way, or died under way: `beatAt` tells which. */
export interface RunningSync {
  readonly startedAt: string;
  readonly beatAt: string;
  readonly message: string;
  readonly receivedBytes: number;
  readonly packages: number;
}

const COLUMNS = sql`r.id, r.organisation_id as "organisationId", r.name, r.format, r.uris, r.mirror_list as "mirrorList", r.suite,
  r.components, r.architectures, r.signature, r.files, r.mode, r.filter, r.enabled, r.interval_hours as "intervalHours",
  r.added_at as "addedAt", r.added_by as "addedBy", r.sequence, r.newest_date as "newestDate", r.asked_at as "askedAt",
  r.accept_fault_id as "acceptFaultId", r.attempted_at as "attemptedAt", r.next_at as "nextAt", r.checked_at as "checkedAt",
  r.changed_at as "changedAt", r.running, r.verified_as as "verifiedAs", r.mirrored_sequence as "mirroredSequence",
  r.mirror_next_at as "mirrorNextAt", r.mirroring`;

/** Living repositories that match, by name. */
export async function readRepositories(
  within: Kysely<Tables>,
  where: RawBuilder<unknown>,
): Promise<readonly RepositoryRow[]> {
  const { rows } = await sql<RepositoryRow>`
    select ${COLUMNS} from content_repository r where r.removed_at is null and ${where}
    order by r.name collate "C", r.id`.execute(within);
  return rows;
}

/** @throws HttpProblem 404, also for one of another organisation. */
export async function repositoryNamed(
  within: Kysely<Tables>,
  organisationId: string,
  id: string,
): Promise<RepositoryRow> {
  const [row] = await readRepositories(within, sql`r.organisation_id = ${organisationId} and r.id = ${id}`);
  if (row === undefined)
    throw new HttpProblem(404, 'unknown-repository', { detail: 'There is no such repository, or it was removed.' });
  return row;
}

export function definitionOf(
  row: Omit<RepositoryDefinition, 'files'> & Pick<RepositoryRow, 'files'>,
): RepositoryDefinition {
  const { format, uris, mirrorList, suite, components, architectures, signature, files } = row;
  return {
    format,
    uris,
    mirrorList,
    suite,
    components,
    architectures,
    signature,
    ...(format === 'generic' ? { files } : {}),
  };
}

/** A key that was approved, with what people see of it. */
export interface AnchorRow extends TrustAnchor {
  readonly repositoryId: string;
  readonly userIds: string[];
  readonly createdAt: Date | null;
  readonly expiresAt: Date | null;
}

export async function readAnchors(
  within: Kysely<Tables>,
  repositoryIds: readonly string[],
): Promise<readonly AnchorRow[]> {
  const { rows } = await sql<AnchorRow>`
    select repository_id as "repositoryId", kind, fingerprint, name, material, user_ids as "userIds",
      key_created_at as "createdAt", key_expires_at as "expiresAt"
    from content_trust_anchor where repository_id = any(${[...repositoryIds]}::uuid[])
    order by repository_id, fingerprint`.execute(within);
  return rows;
}

/** Revocation and weakness were judged when it was approved; what is signed with it is judged each time. */
export function toPublicKey({
  kind,
  fingerprint,
  name,
  material,
  userIds,
  createdAt,
  expiresAt,
}: AnchorRow): PublicKey {
  return {
    kind,
    fingerprint,
    name,
    material,
    userIds,
    createdAt,
    expiresAt,
    keyId: kind === 'openpgp' ? fingerprint.slice(-16) : null,
    revoked: false,
    weakness: null,
  };
}
